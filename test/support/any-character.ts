import fc from 'fast-check';

/**
 * Any character, half of a surrogate pair too.
 *
 * fast-check has a unit `binary` of its own, which lacks those halves and takes a second to set up.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.nat(0x10ffff).map((codePoint) => String.fromCodePoint(codePoint));
