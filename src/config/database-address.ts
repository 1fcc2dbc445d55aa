import { isIP } from 'node:net';
import { textKind } from './kinds.ts';
import { Secret } from './secret.ts';
import type { Kind, Parsed } from './setting.ts';

/** Where the database is and how to log in there. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: Secret;
  readonly database: string;
  readonly tls: DatabaseTls;
}

/**
 * How the connection is protected: not at all, encrypted to whoever answers, or encrypted to a server whose certificate
 * and host name were checked, by the system's authorities or by those in `caFile` (a path of PEM text).
 */
export type DatabaseTls =
  | { readonly mode: 'off' }
  | { readonly mode: 'required' }
  | { readonly mode: 'verify'; readonly caFile: string | undefined };

const tlsModes = ['off', 'required', 'verify'] as const;

const form =
  'mysql://user:password@host:port/database?tls=off|required|verify&tlsCa=/path, special characters percent-encoded';

/** The database's address; without `tls`, a server on this machine is spoken to in plain, any other is verified. */
export const databaseAddress: Kind<DatabaseAddress> = textKind(form, parseDatabaseUrl);

function parseDatabaseUrl(text: string): Parsed<DatabaseAddress> {
  const url = URL.parse(text);
  if (url === null) return invalid('it is no URL; are special characters in the password percent-encoded?');
  if (url.protocol !== 'mysql:') return invalid('it does not start with mysql://');
  if (url.hostname === '') return invalid('the host is missing');
  if (url.hash !== '') return invalid("it contains a '#'; in a password it is written %23");
  const user = decoded(url.username);
  const password = decoded(url.password);
  const database = decoded(url.pathname.slice(1));
  if (user === undefined || password === undefined || database === undefined)
    return invalid('a % is not followed by two hex digits');
  if (user === '') return invalid('the user is missing');
  if (!/^[^/\\.\s]{1,64}$/.test(database)) return invalid('the name of the database is missing or impossible');
  // mysql2 wants an IPv6 address bare; in a URL it stands in brackets.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const tls = readTls(url.searchParams, host);
  if (tls.result === 'invalid') return tls;
  const port = url.port === '' ? 3306 : Number(url.port);
  if (port === 0) return invalid('port 0 cannot be connected to');
  return { result: 'valid', value: { host, port, user, password: new Secret(password), database, tls: tls.value } };
}

function readTls(parameters: URLSearchParams, host: string): Parsed<DatabaseTls> {
  for (const name of parameters.keys()) {
    // The name is not shown: after an unescaped '?' in a password it would be a part of it.
    if (name !== 'tls' && name !== 'tlsCa') return invalid('a parameter other than tls and tlsCa');
    if (parameters.getAll(name).length > 1) return invalid(`${name} is there twice`);
  }
  const caFile = parameters.get('tlsCa') ?? undefined;
  if (caFile === '') return invalid('tlsCa is empty');
  const given = parameters.get('tls');
  const mode = given === null ? defaultMode(host, caFile) : tlsModes.find((known) => known === given);
  if (mode === undefined) return invalid(`tls is none of ${tlsModes.join(', ')}`);
  // mysql2 checks the certificate of an address against the name localhost.
  if (mode === 'verify' && isIP(host) !== 0 && !isLoopback(host))
    return invalid('a certificate can be checked for a host name only, not for an address; or set tls=required or off');
  if (mode === 'verify') return { result: 'valid', value: { mode, caFile } };
  if (caFile !== undefined) return invalid(`tlsCa has no use with tls=${mode}`);
  return { result: 'valid', value: { mode } };
}

function defaultMode(host: string, caFile: string | undefined): 'off' | 'verify' {
  return caFile === undefined && isLoopback(host) ? 'off' : 'verify';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // The only error there is: a malformed escape, which the caller reports.
    return undefined;
  }
}

function invalid(problem: string): { readonly result: 'invalid'; readonly problem: string } {
  return { result: 'invalid', problem };
}
