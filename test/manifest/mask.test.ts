import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RawRequest } from '../../services/contract/raw.ts';
import { secretPlaces } from '../../services/manifest/mask.ts';
import type { LiveSecrets } from '../../services/manifest/verify/proof.ts';
import { canary, partner, request, type Data, type Sent } from '../support/manifest.ts';
import { saying } from '../support/verify.ts';

const everywhere: Data = {
  path: '/acme/{token}/event',
  verify: [
    { secret: 'one', at: 'token or query.auth or data.key' },
    { secret: 'two', at: 'header.authorization.bearer' },
    { secret: 'three', at: 'header.x-key' },
    { secret: 'four', at: 'path.token' },
  ],
};
const basic: Data = { verify: { secret: 'one', at: 'header.authorization.basic' } };
const signed: Data = { verify: { secret: 'key', at: 'header.x-sig.v1', by: 'hmac-sha256' } };

function masked(sent: Sent, changes: Data = everywhere, live: LiveSecrets = () => [canary]): RawRequest {
  const headers = { 'x-token': undefined, ...sent.headers };
  return partner(changes).mask(request({ path: '/acme/x/event', ...sent, headers }), live);
}

const wrong = 'wrong-but-perhaps-right-elsewhere';

describe('what stands where a secret is expected is masked, right or wrong', () => {
  test.each<[string, Sent, Data, Partial<RawRequest>]>([
    ['query', { query: `a=1&token=${wrong}&b=2` }, everywhere, { query: 'a=1&token=***&b=2' }],
    ['query, by another name', { query: `auth=${wrong}` }, everywhere, { query: 'auth=***' }],
    ['query, with an encoded name', { query: `%74oken=${wrong}` }, everywhere, { query: '%74oken=***' }],
    [
      'query, twice',
      { query: `token=${wrong}&token=${wrong}2` },
      everywhere,
      { query: 'token=***&token=***' },
    ],
    ['query, without a value', { query: 'token&a' }, everywhere, { query: 'token=***&a' }],
    [
      'query, with an equals sign in it',
      { query: `token=${wrong}=&a=1` },
      everywhere,
      { query: 'token=***&a=1' },
    ],
    ['query, beside a body', { query: `token=${wrong}`, form: 'a=1' }, everywhere, { query: 'token=***' }],
    ['path', { path: `/acme/${wrong}/event` }, everywhere, { path: '/acme/***/event' }],
    [
      'path, with a slash behind',
      { path: `/acme/${wrong}/event/` },
      everywhere,
      { path: '/acme/***/event/' },
    ],
    ['header', { headers: { 'x-key': wrong } }, everywhere, { headers: { 'x-key': '***' } }],
    ['headers', { headers: { 'x-key': [wrong, `${wrong}2`] } }, everywhere, { headers: { 'x-key': '***' } }],
    [
      'bearer',
      { headers: { authorization: `Bearer ${wrong}` } },
      everywhere,
      { headers: { authorization: '***' } },
    ],
    [
      'basic',
      { headers: { authorization: `Basic ${btoa(wrong)}` } },
      basic,
      { headers: { authorization: '***' } },
    ],
    ['form', { form: `a=1&token=${wrong}` }, everywhere, { body: 'a=1&token=***' }],
    ['JSON', { json: `{"a": 1, "token" : "${wrong}"}` }, everywhere, { body: '{"a": 1, "token" : "***"}' }],
    [
      'JSON, further in',
      { json: `{"data":{"key":"${wrong}","x":[1]}}` },
      everywhere,
      { body: '{"data":{"key":"***","x":[1]}}' },
    ],
    [
      'JSON, with quotes in it',
      { json: `{"token":"a\\"${wrong}\\"b","x":1}` },
      everywhere,
      { body: '{"token":"***","x":1}' },
    ],
    [
      'JSON, as a number',
      { json: '{"token":12345678,"x":1}' },
      everywhere,
      { body: '{"token":"***","x":1}' },
    ],
    ['JSON that ends early', { json: `{"token":"${wrong}` }, everywhere, { body: '{"token":"***"' }],
  ])('%s', (_, sent, changes, expected) => {
    expect(masked(sent, changes)).toMatchObject(expected);
  });

  test('in JSON, under a name written with escapes', () => {
    expect(JSON.stringify(masked({ json: `{"t\\u006fken":"${wrong}"}` }))).not.toContain(wrong);
  });

  test('in JSON, as a list, without harm to what follows', () => {
    const { body } = masked({ json: `{"token":["${wrong}"],"id":"1"}` });
    expect(body).not.toContain(wrong);
    expect(JSON.parse(body!)).toMatchObject({ id: '1' });
  });

  test('in a form that is not UTF-8', () => {
    const { body } = masked({ body: Buffer.from(`token=${wrong}&n=caf\xe9`, 'latin1') });
    expect(Buffer.from(body!, 'base64').toString('latin1')).not.toContain(wrong);
  });
});

test('a secret of any length, sent by anyone, is masked or refused without harm', () => {
  const token = partner({ verify: { secret: 'one', at: 'token' } });
  const long = 'x'.repeat(120_000);
  const before = process.cpuUsage();
  for (const form of [
    `id=1&id=2&token=${long}`,
    `id=1&status=ok&token=${long}`,
    `id=${long}&token=${long}`,
  ]) {
    const decision = token.decide(request({ form }), () => [canary], new Date());
    expect(decision).toMatchObject({ is: 'refused', why: 'brings a wrong secret' });
    expect(JSON.stringify(decision).length).toBeLessThan(10_000);
  }
  expect(process.cpuUsage(before).user, 'microseconds of work').toBeLessThan(1_000_000);
});

test('signatures stay: they are no secrets', () => {
  const headers = { 'x-sig': 't=1,v1=abcdef' };
  expect(masked({ headers, form: 'a=1' }, signed).headers).toMatchObject(headers);
  expect(secretPlaces(partner(signed).manifest)).toEqual([]);
});

/** Secrets as generators, people and Basic write them. */
const secrets = [
  'canary7f3a9c2e',
  'can/ary+7f=3a9c',
  'user:pa$$ word&7f',
  'cänary-ü-7f3a',
  'quote"back\\slash-7f',
  "p!'()*~7f3a9c",
];
const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
const rfc3986 = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The ways in which a live secret may stand in a text that is kept. */
const writings: [string, (secret: string) => string][] = [
  ['percent-encoded', encodeURIComponent],
  ['percent-encoded in lower case', (secret) => lower(encodeURIComponent(secret))],
  ['percent-encoded by the letter of RFC 3986', rfc3986],
  ['as browsers write forms', (secret) => new URLSearchParams({ a: secret }).toString().slice(2)],
];

/** Whether a secret can be read from a record, as it stands or by whoever decodes it. */
function shows(record: RawRequest, secret: string): boolean {
  const text = [record.path, record.query, ...Object.values(record.headers), record.body ?? ''].join('\n');
  const plain = record.bodyIn ? Buffer.from(record.body!, 'base64').toString('utf8') : text;
  const decoded = [text, text.replaceAll('+', ' '), plain].map((t) =>
    t.replace(/(%[0-9a-f]{2})+/gi, (hex) => Buffer.from(hex.replaceAll('%', ''), 'hex').toString()),
  );
  const unescaped = decoded.map((t) =>
    t
      .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replace(/\\(["\\/])/g, '$1'),
  );
  return [text, plain, ...decoded, ...unescaped].some((t) => t.includes(secret));
}

describe.each(secrets)('the live secret %s is in no record', (secret) => {
  const live = () => [secret];
  const record = (sent: Sent, changes?: Data) => masked(sent, changes, live);

  test.each(writings)('%s, wherever it stands', (_, write) => {
    const written = write(secret);
    for (const sent of [
      { query: `note=${written}&x=1` },
      { query: `note=before${written}after` },
      { query: written },
      { path: `/acme/x/event/${written}` },
      { form: `note=${written}` },
      { headers: { 'user-agent': `x ${written}` } },
      { form: 'a=1', headers: { 'content-type': `application/x-www-form-urlencoded; ${written}` } },
    ])
      expect(shows(record(sent), secret), JSON.stringify(record(sent))).toBe(false);
  });

  test('plain, in headers and bodies of any kind', () => {
    for (const sent of [
      { headers: { 'user-agent': `x ${secret} y` } },
      { body: secret },
      { body: `<html>${secret}`, headers: { 'content-type': 'text/html' } },
      { body: Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(secret), Buffer.of(0xff)]) },
    ])
      expect(shows(record(sent), secret), JSON.stringify(record(sent))).toBe(false);
  });

  test.each([
    ['as JavaScript writes it', (text: string) => JSON.stringify(text)],
    ['as PHP writes it', (text: string) => JSON.stringify(text).replaceAll('/', '\\/')],
    [
      'in ASCII alone',
      (text: string) =>
        JSON.stringify(text).replace(
          /[\u0080-\uffff]/g,
          (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
        ),
    ],
  ])('in JSON %s', (_, write) => {
    for (const json of [
      `{"note":${write(secret)}}`,
      `{"note":${write(`a${secret}b`)}}`,
      `{"a":[${write(secret)}`,
    ])
      expect(shows(record({ json }), secret), JSON.stringify(record({ json }))).toBe(false);
  });

  test('in Basic, at its place and elsewhere', () => {
    const encoded = Buffer.from(secret).toString('base64');
    const there = record({ headers: { authorization: `Basic ${encoded}` } }, basic);
    const elsewhere = record({ query: `note=${encoded}`, headers: { 'user-agent': encoded } });
    expect(JSON.stringify([there, elsewhere])).not.toContain(encoded);
  });
});

test('of two live secrets of which one begins with the other, nothing is left over', () => {
  for (const both of [
    ['secret', 'secret-and-more'],
    ['secret-and-more', 'secret'],
  ])
    // prettier-ignore
    expect(masked({ query: 'note=secret-and-more' }, signed, () => both).query).toBe('note=***');
});

test('a secret is masked without the label that its console shows before it', () => {
  const live = () => ['whsec_MfKQ9r8GKYqr'];
  expect(masked({ query: 'a=whsec_MfKQ9r8GKYqr&b=MfKQ9r8GKYqr' }, signed, live).query).toBe('a=***&b=***');
});

test('an empty live secret masks nothing', () => {
  expect(masked({ query: 'a=1' }, signed, () => ['']).query).toBe('a=1');
});

describe('everything else stays as it came', () => {
  test('byte for byte', () => {
    const query = 'a=1&&b=%zz&c=+%20&d&=e&token2=x&xtoken=y&note=token=z';
    const body =
      ' {"id" : 1.10,\r\n "token2":"x", "n":"say \\"token\\": \\"x\\"", "id":1.1 , "big":9223372036854775807 ';
    const headers = { 'content-type': 'application/JSON; x', 'user-agent': 'Ünï <x>' };
    expect(
      masked({ method: 'PUT', path: '/acme/%2e/event', query, body, headers, address: '192.0.2.1' }, signed),
    ).toEqual({
      method: 'PUT',
      path: '/acme/%2e/event',
      query,
      headers,
      body,
      address: '192.0.2.1',
    });
    expect(masked({ query, body })).toMatchObject({ query, body });
  });

  test('a byte order mark too: a signature covers it', () => {
    expect(masked({ body: '\uFEFF{"id":1}' }).body).toBe('\uFEFF{"id":1}');
  });

  test('a body that is not UTF-8 is kept in base64', () => {
    const bytes = Uint8Array.of(0x00, 0xff, 0xfe, 0x41, 0xc3);
    expect(masked({ body: bytes })).toMatchObject({
      body: Buffer.from(bytes).toString('base64'),
      bodyIn: 'base64',
    });
  });

  test('an empty body is not there', () => {
    expect(Object.keys(masked({ query: 'a=1' }))).toEqual(['method', 'path', 'query', 'headers']);
  });

  test('whatever was sent', () => {
    const text = fc.string({ unit: 'binary' }).map((t) => t.toWellFormed());
    fc.assert(
      fc.property(fc.webQueryParameters(), fc.oneof(text, fc.uint8Array()), (query, body) => {
        const record = masked({ query, body }, signed, () => ['a secret that nobody sends']);
        expect(record.query).toBe(query);
        const kept = Buffer.from(record.body ?? '', record.bodyIn ?? 'utf8');
        expect(kept.equals(Buffer.from(body as Uint8Array))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('around a secret, whatever stands there', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9.~-]{0,8}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(part, part), { maxLength: 4 }), fc.nat(4), (pairs, at) => {
        const rest = pairs.map(([name, value]) => `${name}x=${value}`);
        const written = (token: string) => rest.toSpliced(at, 0, `token=${token}`).join('&');
        expect(masked({ query: written(canary) }).query).toBe(written('***'));
        expect(masked({ form: written(canary) }).body).toBe(written('***'));
      }),
    );
  });
});

describe('of the headers those are kept that say something', () => {
  const headers = {
    'content-type': 'text/plain',
    'user-agent': 'x',
    cookie: 'session=1',
    'x-forwarded-for': '192.0.2.1',
    authorization: 'Bearer x',
    'x-cloud-trace-context': '1',
  };

  test('the sender and the kind of body, and those that the manifest names', () => {
    expect(masked({ headers }, signed).headers).toEqual({ 'content-type': 'text/plain', 'user-agent': 'x' });
    const fields = { orderId: 'header.X-Order', extra: ['header.x-extra'] };
    const named = saying({ ...signed, fields });
    const sent = { ...headers, 'x-order': '7', 'x-extra': ['a', 'b'], 'x-sig': 'v1=ab' };
    expect(masked({ headers: sent }, named).headers).toEqual({
      'content-type': 'text/plain',
      'user-agent': 'x',
      'x-order': '7',
      'x-extra': 'a,b',
      'x-sig': 'v1=ab',
    });
  });

  test('a name that every object knows is none that was sent', () => {
    const named = saying({ ...signed, fields: { orderId: 'header.constructor' } });
    expect(Object.keys(masked({ headers }, named).headers)).toEqual(['content-type', 'user-agent']);
  });
});
