import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decide, partner, type Data, type Sent } from '../../support/manifest.ts';
import { verifier, type Circumstances } from '../../support/verify.ts';

const sale = 'id=1&status=ok';
const secret = 'postback-token';

/** Where a shared secret may stand, and a request that brings it there. */
const places: [name: string, at: string, changes: Data, bring: (token: string) => Sent][] = [
  ['query', 'token', {}, (token) => ({ query: `${sale}&token=${encodeURIComponent(token)}` })],
  [
    'query beside a form',
    'query.token',
    {},
    (token) => ({ query: `token=${encodeURIComponent(token)}`, form: sale }),
  ],
  ['form', 'token', {}, (token) => ({ form: `${sale}&token=${encodeURIComponent(token)}` })],
  ['JSON', 'auth.token', {}, (token) => ({ json: { id: 1, status: 'ok', auth: { token } } })],
  ['header', 'header.x-key', {}, (token) => ({ query: sale, headers: { 'x-key': token } })],
  ['header, in upper case', 'header.X-Key', {}, (token) => ({ query: sale, headers: { 'x-key': token } })],
  [
    'path',
    'path.token',
    { path: '/acme/{token}' },
    (token) => ({ query: sale, path: `/acme/${encodeURIComponent(token)}` }),
  ],
  [
    'bearer',
    'header.authorization.bearer',
    {},
    (token) => ({ query: sale, headers: { authorization: `Bearer ${token}` } }),
  ],
  [
    'basic',
    'header.authorization.basic',
    {},
    (token) => ({
      query: sale,
      headers: { authorization: `Basic ${Buffer.from(token).toString('base64')}` },
    }),
  ],
];

describe.each(places)('a secret in the %s', (_, at, changes, bring) => {
  const verdict = verifier({ secret, at }, changes);

  test('lets a request through', () => {
    expect(verdict(bring('s3cret'))).toBe('verified');
  });

  test.each(['S3cret', 's3cre', 's3crett', 's3cret!', 'x', '***'])('but not %j', (wrong) => {
    expect(verdict(bring(wrong))).toBe('refused: brings a wrong secret');
  });

  test.each(['s3cret\u0000', '\u0000'])('nor what no text may hold: %j', (wrong) => {
    expect(verdict(bring(wrong))).toMatch(/^refused: brings (no|a wrong)/);
  });

  test('of which two live during a rotation: either', () => {
    const live = { [secret]: ['new', 's3cret'] };
    expect(['new', 's3cret', 'old'].map((token) => verdict(bring(token), { live }))).toEqual([
      'verified',
      'verified',
      'refused: brings a wrong secret',
    ]);
  });

  test('is wrong where none is live', () => {
    expect(verdict(bring('s3cret'), { live: { [secret]: [] } })).toBe('refused: brings a wrong secret');
  });

  test('is no proof when it is an unfilled macro', () => {
    if (at.endsWith('.basic'))
      return expect(verdict(bring('{token}'))).toBe('refused: brings a wrong secret');
    expect(verdict(bring('{token}'))).toBe(`refused: brings no ${at}`);
  });
});

describe('a request that brings no secret', () => {
  test.each<[string, string, Sent]>([
    ['none', 'token', { query: sale }],
    ['an empty one', 'token', { query: `${sale}&token=` }],
    ['another name', 'token', { query: `${sale}&Token=s3cret` }],
    ['in the query beside a form', 'token', { query: 'token=s3cret', form: sale }],
    ['in the query beside JSON', 'token', { query: 'token=s3cret', json: { id: 1, status: 'ok' } }],
    ['in the body, when it belongs in the query', 'query.token', { form: `${sale}&token=s3cret` }],
    [
      'in a header of another kind',
      'header.authorization.bearer',
      { query: sale, headers: { authorization: 'Basic s3cret' } },
    ],
    [
      'in a header without a kind',
      'header.authorization.bearer',
      { query: sale, headers: { authorization: 's3cret' } },
    ],
    ['as a structure', 'token', { json: { id: 1, status: 'ok', token: ['s3cret'] } }],
  ])('%s', (_, at, sent) => {
    expect(verifier({ secret, at })(sent)).toBe(`refused: brings no ${at}`);
  });

  test('of several places says all of them', () => {
    const verdict = verifier([{ secret, at: 'token' }, { secret: 'other', at: 'header.x-key' }]); // prettier-ignore
    expect(verdict({ query: sale })).toBe('refused: brings no token or header.x-key');
  });
});

describe('a secret that comes twice', () => {
  const verdict = verifier({ secret, at: 'token' });

  test('is one if both are equal', () => {
    expect(verdict({ query: `${sale}&token=s3cret&token=s3cret` })).toBe('verified');
    expect(verdict({ query: `${sale}&token=x&token=x` })).toBe('refused: brings a wrong secret');
  });

  test.each(['token=s3cret&token=x', 'token=x&token=s3cret', 'token=s3cret&token=s3cret&token=x'])(
    'is refused if they differ: %s',
    (tokens) => {
      expect(verdict({ query: `${sale}&${tokens}` })).toBe('refused: brings several different secrets');
    },
  );

  test('is refused if a header brings two', () => {
    const bearer = verifier({ secret, at: 'header.authorization.bearer' });
    expect(bearer({ query: sale, headers: { authorization: ['Bearer s3cret', 'Bearer x'] } })).toBe(
      'refused: brings several different secrets',
    );
  });
});

test('a secret with the signs that URLs write otherwise is still itself', () => {
  const odd = { live: { [secret]: ['a+b/c=d e&f%g'] } };
  for (const [name, at, changes, bring] of places.filter(([, at]) => !at.startsWith('header.')))
    expect(verifier({ secret, at }, changes)(bring('a+b/c=d e&f%g'), odd), name).toBe('verified');
});

test('a plus in a path is a plus', () => {
  const verdict = verifier({ secret, at: 'path.token' }, { path: '/acme/{token}' });
  expect(verdict({ path: '/acme/a+b', query: sale }, { live: { [secret]: ['a+b'] } })).toBe('verified');
});

describe('of several places the first that is filled counts', () => {
  const verdict = verifier({ secret, at: 'sha_sign or SHASIGN' });

  test.each([
    ['sha_sign=s3cret', 'verified'],
    ['SHASIGN=s3cret', 'verified'],
    ['sha_sign=&SHASIGN=s3cret', 'verified'],
    ['sha_sign=x&SHASIGN=s3cret', 'refused: brings a wrong secret'],
  ])('%s: %s', (tokens, expected) => {
    expect(verdict({ query: `${sale}&${tokens}` })).toBe(expected);
  });
});

describe('of several ways any one is enough', () => {
  const verdict = verifier([{ secret: 'one', at: 'token' }, { secret: 'two', at: 'header.x-key' }]); // prettier-ignore
  const live = { one: ['1'], two: ['2'] };

  test.each<[string, Sent, string]>([
    ['the first', { query: `${sale}&token=1` }, 'verified'],
    ['the second', { query: sale, headers: { 'x-key': '2' } }, 'verified'],
    ['the second beside a wrong first', { query: `${sale}&token=x`, headers: { 'x-key': '2' } }, 'verified'],
    ['both wrong', { query: `${sale}&token=x`, headers: { 'x-key': 'y' } }, 'refused: brings a wrong secret'],
    ['one for the other', { query: `${sale}&token=2` }, 'refused: brings a wrong secret'],
  ])('%s', (_, sent, expected) => {
    expect(verdict(sent, { live })).toBe(expected);
  });
});

describe('`none`', () => {
  const none = { none: 'the old template has no token', until: '2026-11-30' };
  const verdict = verifier([{ secret, at: 'token' }, none]);

  test.each([
    ['counts for who brings no proof', sale, 'unverified'],
    ['counts for an empty token', `${sale}&token=`, 'unverified'],
    ['counts for an unfilled macro', `${sale}&token=%7Btoken%7D`, 'unverified'],
    ['is not needed with the right token', `${sale}&token=s3cret`, 'verified'],
    ['never forgives a wrong one', `${sale}&token=x`, 'refused: brings a wrong secret'],
    ['nor two different ones', `${sale}&token=s3cret&token=x`, 'refused: brings several different secrets'],
  ])('%s', (_, query, expected) => {
    expect(verdict({ query })).toBe(expected);
  });

  test('does so wherever it stands in the list', () => {
    const first = verifier([none, { secret, at: 'token' }]);
    expect(first({ query: `${sale}&token=x` })).toBe('refused: brings a wrong secret');
    expect(first({ query: `${sale}&token=s3cret` })).toBe('verified');
  });

  test('does not forgive a wrong signature either', () => {
    const signed = verifier([{ secret, at: 'header.x-sig', by: 'hmac-sha256' }, none]);
    expect(signed({ form: sale, headers: { 'x-sig': 'ab' } })).toBe(
      'refused: brings a signature that does not fit',
    );
    expect(signed({ form: sale })).toBe('unverified');
  });
});

describe('`until` is the last day that counts, in UTC', () => {
  const moments: [string, boolean][] = [
    ['2026-11-30T00:00:00.000Z', true],
    ['2026-11-30T23:59:59.999Z', true],
    ['2026-12-01T00:00:00.000Z', false],
    ['2027-11-30T12:00:00.000Z', false],
  ];
  const old = { secret: 'old', at: 'token', until: '2026-11-30' };
  const live = { old: ['o'], [secret]: ['n'] };

  test.each(moments)('%s for `none`: %s', (at, counts) => {
    const verdict = verifier({ none: 'they cannot', until: '2026-11-30' });
    expect(verdict({ query: sale }, { at })).toBe(
      counts ? 'unverified' : 'verification expired on 2026-11-30',
    );
  });

  test.each(moments)('%s for an old token: %s', (at, counts) => {
    const verdict = verifier([{ secret, at: 'token' }, old]);
    const told = (token: string) => verdict({ query: `${sale}&token=${token}` }, { at, live });
    expect(told('o')).toBe(counts ? 'verified' : 'verification expired on 2026-11-30');
    expect(told('n')).toBe('verified');
    expect(told('x')).toBe('refused: brings a wrong secret');
  });

  test('a new proof beside an expired one is enough', () => {
    const verdict = verifier([old, { secret, at: 'header.x-key' }]);
    const both = { query: `${sale}&token=o`, headers: { 'x-key': 'n' } };
    expect(verdict(both, { at: '2026-12-01T00:00:00Z', live })).toBe('verified');
  });

  test('what came unproven after it is quarantined as unverified: whoever replays it must not make it true', () => {
    const expired = partner({ verify: { none: 'they cannot', until: '2026-11-30' } });
    expect(decide(expired, { query: sale }, { at: new Date('2026-12-01T00:00:00Z') })).toMatchObject({
      is: 'quarantined',
      record: { verified: false, reasons: [{ field: 'verify', why: 'verification expired on 2026-11-30' }] },
    });
  });
});

describe('addresses stand beside a proof and are none', () => {
  const addresses = ['198.51.100.0/24', '2001:db8::/32', '203.0.113.9'];
  const verdict = verifier({ secret, at: 'token', addresses });
  const elsewhere = (address: string) => `refused: comes from ${address}, which is not theirs`;

  test.each([
    ['198.51.100.7', 'verified'],
    ['203.0.113.9', 'verified'],
    ['2001:db8::7', 'verified'],
    ['::ffff:198.51.100.7', 'verified'],
    ['198.51.101.7', elsewhere('198.51.101.7')],
    ['203.0.113.10', elsewhere('203.0.113.10')],
    ['unknown', elsewhere('unknown')],
  ])('the right secret from %s: %s', (address, expected) => {
    expect(verdict({ query: `${sale}&token=s3cret`, address })).toBe(expected);
  });

  test('nor is an address that is not known', () => {
    expect(verdict({ query: `${sale}&token=s3cret` })).toBe(elsewhere('an unknown address'));
  });

  test('a wrong secret from the right address is wrong', () => {
    expect(verdict({ query: `${sale}&token=x`, address: '198.51.100.7' })).toBe(
      'refused: brings a wrong secret',
    );
    expect(verdict({ query: sale, address: '198.51.100.7' })).toBe('refused: brings no token');
  });

  test('beside `none` they make no event verified', () => {
    const none = verifier({ none: 'they cannot', until: '2026-11-30', addresses });
    expect(none({ query: sale, address: '198.51.100.7' })).toBe('unverified');
    expect(none({ query: sale, address: '192.0.2.1' })).toBe(elsewhere('192.0.2.1'));
  });
});

describe('the hint of a wrong secret', () => {
  const hintOf = (token: string, live = ['s3cret']) => {
    const decision = decide(
      partner({ verify: { secret, at: 'token' } }),
      { query: `${sale}&token=${token}` },
      { secrets: () => live },
    );
    return decision.is === 'refused' ? decision.record?.secretHint : undefined;
  };

  test('is 8 hex digits, the same for the same and different for another', () => {
    expect(hintOf('wrong')).toMatch(/^[0-9a-f]{8}$/);
    expect(hintOf('wrong')).toBe(hintOf('wrong'));
    expect(hintOf('wrong')).not.toBe(hintOf('Wrong'));
  });

  test('does not depend on an older secret that still lives', () => {
    expect(hintOf('wrong', ['s3cret', 'old'])).toBe(hintOf('wrong'));
  });

  test('tells nothing to who does not know the right one', () => {
    const digests = ['md5', 'sha1', 'sha256', 'sha512'].map((name) =>
      createHash(name).update('wrong').digest('hex'),
    );
    expect(digests.some((digest) => digest.includes(hintOf('wrong')!))).toBe(false);
    expect(hintOf('wrong', ['another'])).not.toBe(hintOf('wrong'));
  });

  test('is not there where there is no right one, nor for a signature', () => {
    expect(hintOf('wrong', [])).toBeUndefined();
    const signed = partner({
      verify: { secret, at: 'sig', by: 'hmac-sha256', of: '{id}', unsigned: ['status'] },
    });
    const decision = decide(signed, { query: `${sale}&sig=ab` });
    expect(decision).toMatchObject({ is: 'refused', record: { conversionId: '1' } });
    expect(decision.is === 'refused' && decision.record).not.toHaveProperty('secretHint');
  });
});

test('an empty secret opens nothing', () => {
  const empty: Circumstances = { live: { [secret]: [''] } };
  const shared = verifier({ secret, at: 'token' });
  expect(shared({ query: `${sale}&token=` }, empty)).toBe('refused: brings no token');
  const basic = verifier({ secret, at: 'header.authorization.basic' });
  expect(basic({ query: sale, headers: { authorization: 'Basic ' } }, empty)).toMatch(/^refused/);
});
