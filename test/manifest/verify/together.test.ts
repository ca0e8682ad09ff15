import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { partner, problemsOf, type Data } from '../../support/manifest.ts';
import { setupOf } from '../../../services/manifest/setup.ts';
import { hmac, verifier } from '../../support/verify.ts';

const live = { token: ['t0ken'], key: ['k3y'] };
const sale = 'id=1&status=ok';
const sig = createHash('md5').update('1:k3y').digest('hex');
const md5: Data = { secret: 'key', at: 'sig', by: 'md5', of: '{id}:{secret}', unsigned: ['status'] };
const token: Data = { secret: 'token', at: 'token' };

describe.each<[string, Data]>([
  ['a token, and a signature beside it', { ...token, and: md5 }],
  ['a signature, and a token beside it', { ...md5, and: [token] }],
])('%s', (_, way) => {
  const verdict = verifier(way);
  const sent = (query: string) => verdict({ query: `${sale}${query}` }, { live });

  test('both let a request through', () => {
    expect(sent(`&token=t0ken&sig=${sig}`)).toBe('verified');
  });

  test.each([
    ['no signature', '&token=t0ken', 'refused: brings no sig'],
    ['no token', `&sig=${sig}`, 'refused: brings no token'],
    ['a wrong token', `&token=x&sig=${sig}`, 'refused: brings a wrong secret'],
    [
      'a wrong signature',
      `&token=t0ken&sig=${sig.replace(/^./, 'x')}`,
      'refused: brings a signature that does not fit',
    ],
  ])('%s does not', (_, query, why) => {
    expect(sent(query)).toBe(why);
  });

  test('neither is no proof of this kind', () => {
    expect(sent('')).toMatch(/^refused: brings no/);
  });
});

test('half of it is not forgiven by "none"', () => {
  const verdict = verifier([
    { ...token, and: md5 },
    { none: 'the old address', until: '2027-01-01' },
  ]);
  expect(verdict({ query: sale }, { live })).toBe('unverified');
  expect(verdict({ query: `${sale}&sig=${sig}` }, { live })).toBe('refused: brings no token');
});

test('a list of ways still means any one of them', () => {
  const body: Data = { secret: 'key', at: 'header.x-sig', by: 'hmac-sha256' };
  const verdict = verifier([{ ...token, and: md5 }, body]);
  const json = '{"id":1,"status":"ok"}';
  const headers = { 'x-sig': hmac('sha256', 'k3y', json).toString('hex') };
  expect(verdict({ json, headers }, { live })).toBe('verified');
  expect(verdict({ query: `${sale}&token=t0ken&sig=${sig}` }, { live })).toBe('verified');
});

test('a time that is too long ago is refused whatever else is right', () => {
  const timed: Data = { secret: 'key', at: 'sig', by: 'hmac-sha256', of: '{id}.{ts}', sentAt: 'ts', unsigned: ['status'] }; // prettier-ignore
  const verdict = verifier({ ...token, and: timed });
  const query = (ts: number) => `${sale}&token=t0ken&ts=${ts}&sig=${hmac('sha256', 'k3y', `1.${ts}`).toString('hex')}`; // prettier-ignore
  const at = '2026-11-24T12:00:00Z';
  const seconds = Date.parse(at) / 1000;
  expect(verdict({ query: query(seconds) }, { live, at })).toBe('verified');
  expect(verdict({ query: query(seconds - 600) }, { live, at })).toMatch(/^refused: was signed more than 5m/);
});

describe('what is said of it when it loads', () => {
  test('a signature beside a secret may leave the id unsigned, if it says so', () => {
    const weak: Data = { ...md5, of: '{status}:{secret}' };
    const unsigned = ['conversionId'];
    expect(problemsOf({ verify: { ...token, and: { ...weak, unsigned } } })).toEqual([]);
    expect(problemsOf({ verify: { ...token, and: { ...weak, unsigned: undefined } } })).toEqual([
      expect.stringMatching(
        /^verify\.and \| verify: the signature does not cover conversionId \(id\): name it/,
      ),
    ]);
    expect(problemsOf({ verify: { ...weak, unsigned } })).toEqual([
      expect.stringMatching(/^verify\.of \| verify: the signature does not cover conversionId/),
    ]);
  });

  test.each<[string, Data, string]>([
    ['no word of its own', { ...token, and: { secret: 'b' } }, 'verify.and | verify: "at" is missing (or say "none" and why)'],
    ['one in a list', { ...token, and: [md5, { at: 'x' }] }, 'verify.and.1 | verify: "secret" is missing (or say "none" and why)'],
    ['beside none', { none: 'they cannot', until: '2027-01-01', and: token }, 'verify.and | verify: "and" has no meaning beside "none"'],
    ['none itself', { ...token, and: { none: 'x' } }, 'verify.and.none | verify.and: unknown key "none"; known are secret'],
  ])('%s', (_, verify, problem) => {
    expect(problemsOf({ verify })[0]).toContain(problem);
  }); // prettier-ignore
});

test('both secrets are asked for, masked, and the token is part of what is pasted', () => {
  const both = partner({ verify: { ...md5, and: token }, setup: { where: 'x', paste: 'id={id}' } });
  expect(both.secretNames).toEqual(['key', 'token']);
  const request = { method: 'GET', path: '/acme/event', query: `${sale}&token=wrong`, headers: {}, body: Buffer.from('') }; // prettier-ignore
  expect(both.mask(request, () => ['t0ken']).query).toBe(`${sale}&token=***`);
  expect(setupOf(both, 'https://x.com', (name) => live[name as 'key'][0]!).url).toBe(
    'https://x.com/acme/event?token=t0ken&id={id}',
  );
});
