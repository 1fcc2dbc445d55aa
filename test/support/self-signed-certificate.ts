import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and a certificate for an address and names that is its own authority, as PEM. */
export interface SelfSignedCertificate {
  readonly key: string;
  readonly certificate: string;
}

const ecdsaWithSha256 = '06082a8648ce3d040302';
const commonName = '0603550403';
const basicConstraints = '0603551d13';
const subjectAlternativeName = '0603551d11';
const version3 = 'a003020102';

/** Makes one without any program: X.509 (RFC 5280) needs little, and a test machine may lack openssl. */
export function selfSignedCertificate(address = '127.0.0.1', names: readonly string[] = []): SelfSignedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(hex(commonName), tagged(0x0c, Buffer.from('test')))));
  const extensions = sequence(
    sequence(hex(basicConstraints), hex('0101ff'), octets(sequence(hex('0101ff')))),
    sequence(
      hex(subjectAlternativeName),
      octets(sequence(ipAddress(address), ...names.map((other) => tagged(0x82, Buffer.from(other))))),
    ),
  );
  const toBeSigned = sequence(
    hex(version3),
    hex('020101'), // serial number
    sequence(hex(ecdsaWithSha256)),
    name, // issuer
    sequence(time('200101000000Z'), time('491231235959Z')),
    name, // subject
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions),
  );
  const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', toBeSigned, privateKey)]));
  const certificate = sequence(toBeSigned, sequence(hex(ecdsaWithSha256)), signature);
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), certificate: pem(certificate) };
}

function ipAddress(address: string): Buffer {
  return tagged(0x87, Buffer.from(address.split('.').map(Number)));
}

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, ...length(content.length)]), content]);
}

function length(bytes: number): readonly number[] {
  if (bytes < 0x80) return [bytes];
  return bytes < 0x100 ? [0x81, bytes] : [0x82, bytes >> 8, bytes & 0xff];
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function set(part: Buffer): Buffer {
  return tagged(0x31, part);
}

function octets(content: Buffer): Buffer {
  return tagged(0x04, content);
}

function time(text: string): Buffer {
  return tagged(0x17, Buffer.from(text));
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, 'hex');
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
