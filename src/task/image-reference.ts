import { quoted } from './message.ts';

// The grammar of container runtimes (the "reference" grammar of the distribution project), without the form that names
// an image by its id. The text is split first, so no pattern below has two ways to read a character.
const registryPattern =
  /^(?:[A-Za-z0-9](?:-*[A-Za-z0-9])*(?:\.[A-Za-z0-9](?:-*[A-Za-z0-9])*)*|\[[0-9a-fA-F:]{2,39}\])(?::\d{1,5})?$/;
const pathPartPattern = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

/**
 * The registry that an image names, with its port; undefined when it names none and the runtime's default is meant.
 *
 * Runtimes take the part before the first '/' for a registry when it holds a '.', a ':' or a capital letter, or is
 * `localhost`; else it is the first part of the repository's path.
 */
export function registryOf(image: string): string | undefined {
  const slash = image.indexOf('/');
  if (slash < 0) return undefined;
  const first = image.slice(0, slash);
  return /[.:A-Z]/.test(first) || first === 'localhost' ? first : undefined;
}

/** Says why no runtime could pull this image; undefined when one could. */
export function imageFault(image: string): string | undefined {
  if (image === '') return `is empty: name the image to run, such as 'alpine:3.22'`;
  if (image.length > 1024) return `has ${image.length} characters: at most 1024 are right`;
  const stray = /[^!-~]/u.exec(image);
  if (stray !== null) return `${quoted(image)} has ${quoted(stray[0])} in it: only visible ASCII characters are right`;

  const registry = registryOf(image);
  if (registry !== undefined && !registryPattern.test(registry)) {
    return `${quoted(image)} does not begin with a registry: write it as 'host/path' or 'host:port/path'`;
  }
  const afterRegistry = registry === undefined ? image : image.slice(registry.length + 1);
  const { text: named, tail: digest } = splitTail(afterRegistry, '@');
  const { text: path, tail: tag } = splitTail(named, ':');
  if (digest !== undefined && !digestPattern.test(digest)) {
    return `${quoted(image)} has a wrong digest: write it as '@sha256:' and 64 hexadecimal digits`;
  }
  if (tag !== undefined && !tagPattern.test(tag)) {
    return `${quoted(image)} has a wrong tag: write 1 to 128 letters, digits, '_', '.' or '-' after the ':'`;
  }
  if (path.length <= 255 && path.split('/').every((part) => pathPartPattern.test(part))) return undefined;
  return `${quoted(image)} is not an image: write it as 'registry/path:tag', the path in lower case`;
}

function splitTail(text: string, mark: string): { readonly text: string; readonly tail: string | undefined } {
  const index = text.indexOf(mark);
  return index < 0 ? { text, tail: undefined } : { text: text.slice(0, index), tail: text.slice(index + 1) };
}
