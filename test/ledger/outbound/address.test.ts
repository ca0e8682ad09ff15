import { describe, expect, it } from 'vitest';
import { createGuard, whyForbidden } from '../../../services/ledger/outbound/address.ts';

describe('an address', () => {
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1', // carrier grade NAT
    '100.100.100.200', // Alibaba's metadata
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16', // Azure's
    '169.254.169.254', // metadata of most clouds
    '169.254.170.2',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192', // Oracle's
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe', // NAT64
    '64:ff9b:1::1',
    '100::1',
    '2001::1', // Teredo
    '2001:db8::1',
    '2002:7f00:1::', // 6to4
    'fc00::1',
    'fd00:ec2::254', // AWS' metadata
    'fd20:ce::254', // Google's
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '5f00::1',
    'localhost',
    '',
  ])('%s is forbidden', (address) => expect(whyForbidden(address)).toMatch(/^is /));

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
    '%s is not',
    (address) => expect(whyForbidden(address)).toBeUndefined(),
  );
});

describe('a lookup', () => {
  const look = (addresses: string[], all: boolean) =>
    new Promise<unknown>((resolve, reject) =>
      createGuard({ allowed: ['127.0.0.1/32'], resolve: async () => addresses }).lookup(
        'p.example',
        { all },
        (error, found, family) => (error ? reject(error) : resolve(all ? found : [found, family])),
      ),
    );

  it('gives all addresses, or the first', async () => {
    const both = ['8.8.8.8', '2606:4700::1111'];
    expect(await look(both, true)).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
    expect(await look(both, false)).toEqual(['8.8.8.8', 4]);
  });

  it('fails if one of them is forbidden, wherever it stands', async () => {
    for (const addresses of [
      ['8.8.8.8', '10.0.0.1'],
      ['10.0.0.1', '8.8.8.8'],
      ['127.0.0.1', '127.0.0.2'],
    ])
      await expect(look(addresses, true)).rejects.toThrow(
        /^not sent: p\.example \(1.*\) is (private|loopback)$/,
      );
  });

  it('lets through what a setting allows, and no more', async () => {
    expect(await look(['127.0.0.1'], false)).toEqual(['127.0.0.1', 4]);
  });
});
