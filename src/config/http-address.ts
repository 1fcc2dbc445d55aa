import { isIPv6 } from 'node:net';
import { textKind } from './kinds.ts';
import type { Kind } from './setting.ts';

/** Where a server of ours listens; port 0 takes any that is free. */
export interface HttpAddress {
  readonly host: string;
  readonly port: number;
}

const pattern = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9.-]{1,253})):(\d{1,5})$/;

export const httpAddress: Kind<HttpAddress> = textKind('host:port, such as 0.0.0.0:8080 or [::1]:8080', (text) => {
  const [, ipv6, name, portText] = pattern.exec(text) ?? [];
  const host = ipv6 === undefined || isIPv6(ipv6) ? (ipv6 ?? name) : undefined;
  const port = Number(portText);
  if (host === undefined || port > 65_535) return { result: 'invalid' };
  return { result: 'valid', value: { host, port } };
});
