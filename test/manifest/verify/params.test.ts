import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sent } from '../../support/manifest.ts';
import { hmac, verifier } from '../../support/verify.ts';

const misfit = 'refused: brings a signature that does not fit';
const incomplete = 'refused: leaves out something that is signed';
const sign = (text: string) => hmac('sha256', 's3cret', text).toString('hex');
const told = (pair: string, sent: Sent, text: string, at = 'header.x-sig') =>
  verifier({ secret: 'key', at, by: 'hmac-sha256', of: '{params}', pair })({
    ...sent,
    headers: { 'x-sig': sign(text), ...sent.headers },
  });

describe('sorted parameters', () => {
  test.each<[string, string, Sent, string]>([
    ['of the query', '{key}={value}&', { query: 'status=ok&id=1' }, 'id=1&status=ok'],
    [
      'of a form, not the query',
      '{key}={value}&',
      { query: 'a=b', form: 'status=ok&id=1' },
      'id=1&status=ok',
    ],
    [
      'of a flat document',
      '{key}={value}&',
      { json: '{"status":"ok","id":1.10,"b":true,"n":null}' },
      'b=true&id=1.10&status=ok',
    ],
    ['as they are read', '{key}={value}&', { query: 'status=o+k%26&id=1' }, 'id=1&status=o k&'],
    [
      'in the order of their bytes',
      '{key}{value}',
      { query: 'b=1&B=2&a_=3&aa=4&id=1&status=ok' },
      'B2a_3aa4b1id1statusok',
    ],
    ['without the empty ones', '{key}={value}|', { query: 'id=1&x=&status=ok&y' }, 'id=1|status=ok'],
    ['with the empty ones', '{key}={value?}|', { query: 'id=1&x=&status=ok&y' }, 'id=1|status=ok|x=|y='],
    ['in another order of words', '{value}:{key};', { query: 'id=1&status=ok' }, '1:id;ok:status'],
  ])('%s', (_, pair, sent, text) => {
    expect(told(pair, sent, text)).toBe('verified');
    expect(told(pair, sent, `${text} `)).toBe(misfit);
  });

  test('without the signature’s own, wherever it may stand', () => {
    for (const at of ['sig', 'sig or SIG', 'query.sig'])
      expect(told('{key}={value}&', { query: `id=1&sig=${sign('id=1&status=ok')}&status=ok` }, '', at)).toBe(
        'verified',
      );
    const other = `id=1&SIG=x&sig=${sign('id=1&status=ok')}&status=ok`;
    expect(told('{key}={value}&', { query: other }, '', 'sig or SIG')).toBe('verified');
    expect(told('{key}={value}&', { query: other }, '', 'sig')).toBe(misfit);
  });

  test.each<[string, Sent]>([
    ['a name twice', { query: 'id=1&id=2&status=ok' }],
    ['a name twice, with one value', { query: 'id=1&id=1&status=ok' }],
    ['a value that is not UTF-8', { query: 'id=1&status=ok&x=%ff' }],
    ['a structure', { json: { id: 1, status: 'ok', x: { y: 1 } } }],
    ['a list', { json: [{ id: 1 }] }],
    ['no parameter', { query: '' }],
    ['none that is filled', { query: 'id=&status=' }],
    ['a body that is none', { body: 'x', headers: { 'content-type': 'image/png' } }],
  ])('of %s are none', (_, sent) => {
    for (const text of ['', 'id=1&status=ok', 'id=2&status=ok', 'id=&status='])
      expect(told('{key}={value}&', sent, text)).toBe(incomplete);
  });

  test('do not change with the order in which they come', () => {
    const pairs = fc.uniqueArray(
      fc.tuple(fc.stringMatching(/^[a-z]{1,5}$/), fc.stringMatching(/^[a-z0-9]{1,5}$/)),
      { selector: ([key]) => key },
    );
    fc.assert(
      fc.property(pairs, fc.nat(), (drawn, turn) => {
        const all = [
          ...drawn.filter(([key]) => key !== 'id' && key !== 'status'),
          ['id', '1'],
          ['status', 'ok'],
        ].map((pair) => pair.join('='));
        const text = [...all].sort((a, b) => (a.split('=')[0]! < b.split('=')[0]! ? -1 : 1)).join('&');
        const by = turn % all.length;
        expect(
          told('{key}={value}&', { query: [...all.slice(by), ...all.slice(0, by)].join('&') }, text),
        ).toBe('verified');
      }),
    );
  });
});

describe('a raw query', () => {
  const query = (text: string, signed = text, of = '{query}') =>
    verifier({ secret: 'key', at: 'sig', by: 'hmac-sha256', of })({
      query: text.replace('SIG', sign(signed)),
    });

  test('is signed up to the signature', () => {
    expect(query('id=1&status=ok&sig=SIG', 'id=1&status=ok')).toBe('verified');
    expect(query('id=1&status=ok&sig=SIG&key_id=7', 'id=1&status=ok')).toBe('verified');
    expect(query('id=1&status=ok&s%69g=SIG', 'id=1&status=ok')).toBe('verified');
    expect(query('id=1&status=ok&sig=SIG', 'id=1&status=o')).toBe(misfit);
  });

  test('covers nothing behind it', () => {
    expect(query('id=1&sig=SIG&status=ok', 'id=1')).toBe(
      'refused: brings status behind its signature, which does not cover it',
    );
    expect(query('id=1&sig=SIG&st%61tus=ok', 'id=1')).toBe(
      'refused: brings status behind its signature, which does not cover it',
    );
    expect(query('sig=SIG&id=1&status=ok', '')).toMatch(/^refused/);
  });

  test.each([
    ['id=%7B1%7D&status=ok', 'id={1}&status=ok'],
    ['id=a%20b&status=ok', 'id=a b&status=ok'],
    ['id=%C3%BC&status=ok', 'id=ü&status=ok'],
  ])('may be signed as it is read: %s', (text, read) => {
    expect(query(`${text}&sig=SIG`, text)).toBe('verified');
    expect(query(`${text}&sig=SIG`, read)).toBe('verified');
    expect(query(`${text}&sig=SIG`, `${read} `)).toBe(misfit);
  });

  test.each([
    ['an & in a value', 'id=1%26x=2&status=ok', 'id=1&x=2&status=ok'],
    ['an = in a name', 'x%3Did=1&id=1&status=ok', 'x=id=1&id=1&status=ok'],
    ['a plus', 'id=1%2B2&status=ok', 'id=1+2&status=ok'],
    ['a percent sign', 'id=1%2541&status=ok', 'id=1%41&status=ok'],
  ])('but not where another query would be read so too: %s', (_, text, read) => {
    expect(query(`${text}&sig=SIG`, text)).toBe('verified');
    expect(query(`${text}&sig=SIG`, read)).toBe(misfit);
  });
});
