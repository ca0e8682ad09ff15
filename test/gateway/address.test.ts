import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { senderAddress } from '../../services/gateway/address.ts';

const from = (peer: string, forwarded?: string) =>
  ({
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

it.each([
  ['the peer, without proxies', from('198.51.100.7', '203.0.113.1'), 0, '198.51.100.7'],
  ['IPv4 on a dual-stack socket', from('::ffff:198.51.100.7'), 0, '198.51.100.7'],
  ['what one proxy wrote', from('10.0.0.1', '198.51.100.7'), 1, '198.51.100.7'],
  ['what the outermost of two proxies wrote', from('10.0.0.1', '198.51.100.7, 10.0.0.2'), 2, '198.51.100.7'],
  [
    'never what the sender wrote further left',
    from('10.0.0.1', '192.0.2.1, 192.0.2.2, 198.51.100.7'),
    1,
    '198.51.100.7',
  ],
  ['unknown, if there are fewer entries than proxies', from('10.0.0.1', '198.51.100.7'), 2, undefined],
  ['unknown, without the header', from('10.0.0.1'), 1, undefined],
  ['unknown, if the entry is empty', from('10.0.0.1', '198.51.100.7,'), 1, undefined],
])('the sender is %s', (_, request, hops, address) => {
  expect(senderAddress(request, hops)).toBe(address);
});
