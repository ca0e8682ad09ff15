import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * The sender's address: the peer itself, or with `hops` proxies in front of us the entry that the outermost of them wrote, counted
 * from the right of X-Forwarded-For. What stands further left was written by the sender. Undefined if there are too few entries, or that one is no address.
 */
export function senderAddress({ socket, headers }: IncomingMessage, hops: number): string | undefined {
  if (hops === 0) return plain(socket.remoteAddress);
  const header = headers['x-forwarded-for'];
  const entries = String(header ?? '').split(',').map((entry) => entry.trim()); // prettier-ignore
  const entry = plain(entries.at(-hops)) ?? '';
  return isIP(entry) ? entry : undefined;
}

/** IPv4 as such, also where a dual-stack socket shows it as IPv6. */
const plain = (address: string | undefined) => address?.replace(/^::ffff:(?=\d+\.)/, '');
