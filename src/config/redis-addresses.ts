import { entriesOf } from './kinds.ts';
import { Secret } from './secret.ts';
import type { Kind, Parsed } from './setting.ts';

/** One of the Redis servers that keep the lock. */
export interface RedisAddress {
  /** `host:port`, for logs: the address itself is a secret. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: Secret | undefined;
  /** The number of the logical database. */
  readonly database: number;
  readonly tls: boolean;
}

const form =
  'redis://user:password@host:port/number or rediss:// for TLS, separated by commas; an odd number of servers, 1 to 9, none twice';

/** The lock's servers: an odd number, because a majority of an even one survives no more failures than with one less. */
export const redisAddresses: Kind<readonly RedisAddress[]> = {
  allowed: form,
  parse: (given) => {
    const texts = entriesOf(given, ',');
    if (texts === undefined || texts.length % 2 === 0 || texts.length > 9) {
      return { result: 'invalid', problem: `${texts?.length ?? 'not a list'} given` };
    }
    const addresses: RedisAddress[] = [];
    for (const [index, text] of texts.entries()) {
      const parsed = parseRedisUrl(text);
      if (parsed.result === 'invalid') return { result: 'invalid', problem: `number ${index + 1}: ${parsed.problem}` };
      // Two databases of one server fail together: they are one voter, whatever their numbers.
      const twin = addresses.find((other) => other.name === parsed.value.name);
      if (twin !== undefined) return { result: 'invalid', problem: `${twin.name} is there twice` };
      addresses.push(parsed.value);
    }
    return { result: 'valid', value: addresses };
  },
};

function parseRedisUrl(text: string): Parsed<RedisAddress> {
  const url = URL.parse(text);
  if (url === null) return invalid('no URL; are special characters in the password percent-encoded?');
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:')
    return invalid('does not start with redis:// or rediss://');
  if (url.hostname === '') return invalid('the host is missing');
  if (url.search !== '' || url.hash !== '')
    return invalid("parameters are not known; '?' and '#' are written %3F and %23");
  const credentials = readCredentials(url);
  if (credentials === undefined) return invalid('a % is not followed by two hex digits');
  const database = /^\/?$/.test(url.pathname) ? 0 : Number(/^\/(\d{1,5})$/.exec(url.pathname)?.[1] ?? Number.NaN);
  if (Number.isNaN(database)) return invalid('the path is no number of a database');
  const port = url.port === '' ? 6379 : Number(url.port);
  if (port === 0) return invalid('port 0 cannot be connected to');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const name = `${url.hostname.toLowerCase()}:${port}`;
  return { result: 'valid', value: { name, host, port, ...credentials, database, tls: url.protocol === 'rediss:' } };
}

function readCredentials(url: URL): Pick<RedisAddress, 'user' | 'password'> | undefined {
  try {
    const user = decodeURIComponent(url.username);
    const password = decodeURIComponent(url.password);
    return {
      user: user === '' ? undefined : user,
      password: password === '' ? undefined : new Secret(password),
    };
  } catch {
    // The only error there is: a malformed escape, which the caller reports.
    return undefined;
  }
}

function invalid(problem: string): { readonly result: 'invalid'; readonly problem: string } {
  return { result: 'invalid', problem };
}
