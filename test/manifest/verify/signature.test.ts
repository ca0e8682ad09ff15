import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sent } from '../../support/manifest.ts';
import { hmac, verifier } from '../../support/verify.ts';

const key = { secret: 'key' };
const body = 'id=1&status=ok';
const live = { key: ['s3cret'] };
const mac = hmac('sha256', 's3cret', body);
const misfit = 'refused: brings a signature that does not fit';
const incomplete = 'refused: leaves out something that is signed';

describe('a signature in any usual writing', () => {
  const base64 = mac.toString('base64');
  const url = mac.toString('base64url');

  test.each([
    ['hex', 'header.x-sig', mac.toString('hex')],
    ['hex in upper case', 'header.x-sig', mac.toString('hex').toUpperCase()],
    ['base64', 'header.x-sig', base64],
    ['base64 without its end', 'header.x-sig', base64.replace('=', '')],
    ['base64 for URLs', 'header.x-sig', url],
    ['labelled hex', 'header.x-sig.sha256', `sha256=${mac.toString('hex')}`],
    ['labelled base64', 'header.x-sig.v1', `v1,${base64}`],
    ['one of a list', 'header.x-sig.v1', `v1,${'A'.repeat(43)}= v1,${base64} v1a,${'B'.repeat(43)}=`],
    [
      'one of a list with a time',
      'header.x-sig.v1',
      `t=1795521600,v1=${'0'.repeat(64)},v1=${mac.toString('hex')}`,
    ],
  ])('%s', (_, at, signature) => {
    const verdict = verifier({ ...key, at, by: 'hmac-sha256' });
    expect(verdict({ form: body, headers: { 'x-sig': signature } })).toBe('verified');
    expect(verdict({ form: `${body}&`, headers: { 'x-sig': signature } })).toBe(misfit);
  });

  test('in the query or in the body itself', () => {
    const query = verifier({ ...key, at: 'query.sig', by: 'hmac-sha256' });
    expect(query({ form: body, query: `sig=${encodeURIComponent(base64)}` })).toBe('verified');
    const inBody = verifier({ ...key, at: 'sig', by: 'hmac-sha256', of: '{id}|{status}' });
    expect(inBody({ form: `${body}&sig=${hmac('sha256', 's3cret', '1|ok').toString('hex')}` })).toBe(
      'verified',
    );
  });
});

describe('what is nearly a signature is none', () => {
  const base64 = mac.toString('base64');
  const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const at = last.indexOf(base64[42]!);
  const sameBytes = `${base64.slice(0, 42)}${last[at ^ 1]}=`;

  test('the example of spare bits decodes to the same bytes', () => {
    expect(Buffer.from(sameBytes, 'base64')).toEqual(mac);
  });

  test.each([
    ['base64 with other spare bits', sameBytes],
    ['base64 with a sign that decoders skip', `${base64.slice(0, 9)}!${base64.slice(9)}`],
    ['base64 with a space', `${base64.slice(0, 9)} ${base64.slice(9)}`],
    ['base64 of the hex', Buffer.from(mac.toString('hex')).toString('base64')],
    ['hex cut short', mac.toString('hex').slice(0, 62)],
    ['hex and more', `${mac.toString('hex')}00`],
    ['a label that nobody asked for', `sha256=${mac.toString('hex')}`],
    ['another algorithm', hmac('sha512', 's3cret', body).toString('hex')],
    ['another secret', hmac('sha256', 'secret', body).toString('hex')],
    ['a plain hash', '0'.repeat(64)],
    ['the secret itself', 's3cret'],
  ])('%s', (_, signature) => {
    const verdict = verifier({ ...key, at: 'header.x-sig', by: 'hmac-sha256' });
    expect(verdict({ form: body, headers: { 'x-sig': signature } })).toBe(misfit);
  });
});

describe('published vectors', () => {
  const github = { ...key, at: 'header.x-hub-signature-256.sha256', by: 'hmac-sha256' };
  const send = (verify: object, sent: Sent, secret: string) =>
    verifier(verify)(sent, { live: { key: [secret] } });

  test('GitHub', () => {
    const signature = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const headers = { 'x-hub-signature-256': `sha256=${signature}` };
    expect(send(github, { body: 'Hello, World!', headers }, "It's a Secret to Everybody")).toBe('verified');
    expect(send(github, { body: 'Hello, World?', headers }, "It's a Secret to Everybody")).toBe(misfit);
  });

  test('TikTok Shop: the app key goes before the body', () => {
    const verify = { ...key, at: 'header.authorization', by: 'hmac-sha256', of: 'abcdef{body}' };
    const json =
      '{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}';
    const authorization = '5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05';
    expect(send(verify, { json, headers: { authorization } }, '123')).toBe('verified');
    expect(send(verify, { json: json.replace('UNPAID', 'PAID'), headers: { authorization } }, '123')).toBe(
      misfit,
    );
  });

  test.each([
    ['hmac-sha1', 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79'],
    ['hmac-sha256', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    [
      'hmac-sha512',
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
    ],
  ])('RFC 2202 and 4231, case 2: %s', (by, sig) => {
    const verify = { ...key, at: 'sig', by, of: '{q} for {n}?' };
    const verdict = verifier(verify, { fields: { conversionId: 'q' } });
    const query = `status=ok&q=what+do+ya+want&n=nothing&sig=${sig}`;
    expect(verdict({ query }, { live: { key: ['Jefe'] } })).toBe('verified');
  });
});

const sign = (text: string) => hmac('sha256', 's3cret', text).toString('hex');
const told = (of: string, sent: Sent, text: string) =>
  verifier({ ...key, at: 'header.x-sig', by: 'hmac-sha256', of })({
    ...sent,
    headers: { 'x-sig': sign(text), 'x-id': '7', ...sent.headers },
  });

describe('what is signed', () => {
  test.each<[string, Sent, string]>([
    ['{body}', { form: body }, body],
    ['{body}', { form: `${body}&n=%C3%A9+x` }, `${body}&n=%C3%A9+x`],
    ['{header.x-id}.{body}', { form: body }, `7.${body}`],
    ['{query}', { query: `${body}&n=a+b%20c` }, `${body}&n=a+b%20c`],
    ['{path}?{query}', { query: body }, `/acme/event?${body}`],
    ['{id}{status}', { query: `${body}&x=9` }, '1ok'],
    ['{id}', { query: 'id=a+b&status=ok' }, 'a b'],
    ['{query.n}{body}', { query: 'n=5', form: body }, `5${body}`],
  ])('%s of %o', (of, sent, text) => {
    expect(told(of, sent, text)).toBe('verified');
    expect(told(of, sent, `${text} `)).toBe(misfit);
  });

  test.each<[string, string, Sent]>([
    ['an empty body', '{body}', { query: body, method: 'POST', body: '' }],
    ['an empty body beside a time', '{header.x-id}.{body}', { query: body, method: 'POST', body: '' }],
    ['an empty query', '{query}', { query: '', form: body }],
    ['a header that did not come', '{header.x-other}.{body}', { form: body }],
    ['a header that came empty', '{header.x-id}.{body}', { form: body, headers: { 'x-id': '' } }],
    ['a parameter that did not come', '{id}{sum}', { query: body }],
    ['an unfilled macro', '{id}{sum}', { query: `${body}&sum=%7Bsum%7D` }],
    ['a parameter with two values', '{id}', { query: `${body}&id=2` }],
    ['two times in one header', '{header.x-id.t}.{body}', { form: body, headers: { 'x-id': 't=1,t=2' } }],
    ['a parameter only the query has', '{id}{sum}', { query: 'sum=1', form: body }],
  ])('%s is left out of no signature', (_, of, sent) => {
    for (const text of ['', '7.', '1', '.', body]) expect(told(of, sent, text)).toBe(incomplete);
  });
});

test('what may be missing is signed as nothing, and as itself where it comes', () => {
  const sum = `${body}&sum=5`;
  for (const [query, text] of [
    [body, '1:'],
    [sum, '1:5'],
    [`${body}&sum=`, '1:'],
  ] as const) {
    expect(told('{id}:{sum?}', { query }, text)).toBe('verified');
    expect(told('{id}:{sum?}', { query: `${body}&sum=6` }, text)).toBe(misfit);
  }
  expect(told('{id}:{sum?}', { query: body }, '1:5')).toBe(misfit);
});

describe('several signatures', () => {
  const verdict = verifier({ ...key, at: 'sig', by: 'hmac-sha256', of: '{id}' });
  const good = hmac('sha256', 's3cret', '1').toString('hex');

  test('are refused where one is expected', () => {
    expect(verdict({ query: `${body}&sig=${good}&sig=${good.replace(/./g, '0')}` })).toBe(
      'refused: brings several signatures',
    );
  });

  test('of a list none that fits is refused', () => {
    const list = verifier({ ...key, at: 'header.x-sig.v1', by: 'hmac-sha256' });
    expect(list({ form: body, headers: { 'x-sig': `v1=${'0'.repeat(64)},v1=${'1'.repeat(64)}` } })).toBe(
      misfit,
    );
    expect(list({ form: body, headers: { 'x-sig': `v0=${mac.toString('hex')}` } })).toBe(
      'refused: brings no header.x-sig.v1',
    );
  });

  test('by either secret of a rotation fit', () => {
    const both = { live: { key: ['new', 's3cret'] } };
    const header = verifier({ ...key, at: 'header.x-sig', by: 'hmac-sha256' });
    for (const secret of ['new', 's3cret', 'old']) {
      const signature = hmac('sha256', secret, body).toString('hex');
      expect(header({ form: body, headers: { 'x-sig': signature } }, both)).toBe(
        secret === 'old' ? misfit : 'verified',
      );
    }
  });
});

test('without a live secret nothing fits, and an empty one is none', () => {
  const verdict = verifier({ ...key, at: 'header.x-sig', by: 'hmac-sha256' });
  const headers = { 'x-sig': hmac('sha256', '', body).toString('hex') };
  expect(verdict({ form: body, headers }, { live: { key: [] } })).toBe(misfit);
  expect(verdict({ form: body, headers }, { live: { key: [''] } })).toBe(misfit);
});

describe('a signed time of sending', () => {
  const time = {
    sentAt: 'header.x-time',
    of: '{header.x-time}.{body}',
    at: 'header.x-sig',
    by: 'hmac-sha256',
    ...key,
  };
  const at = '2026-11-24T12:00:00.000Z';
  const told = (sentAt: string | undefined, changes = {}, signed = sentAt) => {
    const headers = {
      'x-time': sentAt,
      'x-sig': hmac('sha256', 's3cret', `${signed}.${body}`).toString('hex'),
    };
    return verifier({ ...time, ...changes })({ form: body, headers }, { at, live });
  };
  const seconds = (off: number) => String(Date.parse(at) / 1000 + off);
  const stale = (within: string) => `refused: was signed more than ${within} ago or ahead`;

  test.each([
    ['now', seconds(0), {}, 'verified'],
    ['5 minutes ago', seconds(-300), {}, 'verified'],
    ['5 minutes and a second ago', seconds(-301), {}, stale('5m')],
    ['5 minutes ahead', seconds(300), {}, 'verified'],
    ['5 minutes and a second ahead', seconds(301), {}, stale('5m')],
    ['yesterday', seconds(-86_400), {}, stale('5m')],
    ['30 s ago, within 30 s', seconds(-30), { within: '30s' }, 'verified'],
    ['31 s ago, within 30 s', seconds(-31), { within: '30s' }, stale('30s')],
    ['yesterday, within 2 days', seconds(-86_400), { within: '2d' }, 'verified'],
    ['in milliseconds', String(Date.parse(at) - 300_000), {}, 'verified'],
    ['in milliseconds, one too old', String(Date.parse(at) - 300_001), {}, stale('5m')],
    ['in ISO 8601', '2026-11-24T20:00:00+08:00', {}, 'verified'],
  ])('%s', (_, sentAt, changes, expected) => {
    expect(told(sentAt, changes)).toBe(expected);
  });

  test.each(['yesterday', '2026-11-24 12:00:00', '0', '-1', '17955216000'])(
    'that is no time: %s',
    (sentAt) => {
      expect(told(sentAt)).toBe('refused: brings no readable header.x-time');
    },
  );

  test('that did not come', () => {
    expect(told(undefined)).toMatch(/^refused/);
  });

  test('that someone moved', () => {
    expect(told(seconds(0), {}, seconds(-1000))).toBe(misfit);
  });

  test('in one header with the signature', () => {
    const stripe = {
      ...key,
      at: 'header.x-sig.v1',
      by: 'hmac-sha256',
      of: '{header.x-sig.t}.{body}',
      sentAt: 'header.x-sig.t',
    };
    const t = seconds(-10);
    const v1 = hmac('sha256', 's3cret', `${t}.${body}`).toString('hex');
    const sent = (header: string) =>
      verifier(stripe)({ form: body, headers: { 'x-sig': header } }, { at, live });
    expect(sent(`t=${t},v1=${v1}`)).toBe('verified');
    expect(sent(`t=${seconds(0)},v1=${v1}`)).toBe(misfit);
    expect(sent(`t=${seconds(0)},t=${t},v1=${v1}`)).toMatch(/^refused/);
  });

  test('in the signed body', () => {
    const inBody = { ...key, at: 'header.x-sig', by: 'hmac-sha256', sentAt: 'sent' };
    const sent = (text: string, signed = text) =>
      verifier(inBody)(
        { form: text, headers: { 'x-sig': hmac('sha256', 's3cret', signed).toString('hex') } },
        { at, live },
      );
    expect(sent(`${body}&sent=${seconds(-5)}`)).toBe('verified');
    expect(sent(`${body}&sent=${seconds(-5000)}`)).toBe(stale('5m'));
    expect(sent(`${body}&sent=${seconds(-5)}`, `${body}&sent=${seconds(-5000)}`)).toBe(misfit);
  });
});

/** Every writing of a signature, and which other texts mean the same: the case of hex, and the two alphabets of base64. */
const writings = [
  {
    of: 'hex',
    at: 'header.x-sig',
    write: (m: Buffer) => m.toString('hex'),
    same: (c: string) => c.toLowerCase(),
  },
  {
    of: 'base64',
    at: 'header.x-sig',
    write: (m: Buffer) => m.toString('base64'),
    same: (c: string) => c.replace('-', '+').replace('_', '/'),
  },
  {
    of: 'labelled base64url',
    at: 'header.x-sig.v1',
    write: (m: Buffer) => `v1,${m.toString('base64url')}`,
    same: (c: string) => c.replace('-', '+').replace('_', '/'),
  },
];

/** The text with each bit of each of its bytes turned over. */
const flips = (text: string, from = 0) =>
  Array.from({ length: (text.length - from) * 7 }, (_, i) => {
    const at = from + Math.floor(i / 7);
    const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << (i % 7)));
    return { flipped: text.slice(0, at) + flipped + text.slice(at + 1), was: text[at]!, is: flipped };
  });

describe.each(writings)('no bit of a request signed in $of can be turned over', ({ at, write, same }) => {
  const verdict = verifier({ ...key, at, by: 'hmac-sha256', of: '{header.x-time}.{body}' });
  const word = fc.stringMatching(/^[A-Za-z0-9 _.-]{1,12}$/);
  const signed = fc.tuple(word, word, fc.stringMatching(/^[!-~]{8,20}$/)).map(([note, time, secret]) => {
    const form = `${body}&note=${note}`;
    const timed = `${time.trim() || '0'}x`;
    return { form, time: timed, secret, signature: write(hmac('sha256', secret, `${timed}.${form}`)) };
  });
  const send = ({
    form,
    time,
    secret,
    signature,
  }: {
    form: string;
    time: string;
    secret: string;
    signature: string;
  }) => verdict({ form, headers: { 'x-sig': signature, 'x-time': time } }, { live: { key: [secret] } });

  test('in its signature, its body, the header that is signed, or the secret', () => {
    fc.assert(
      fc.property(signed, (sent) => {
        expect(send(sent)).toBe('verified');
        const label = at.endsWith('.v1') ? 3 : 0;
        const changed = [
          ...flips(sent.signature, label)
            .filter(({ was, is }) => same(was) !== same(is))
            .map(({ flipped }) => ({ ...sent, signature: flipped })),
          ...flips(sent.form).map(({ flipped }) => ({ ...sent, form: flipped })),
          ...flips(sent.time.slice(0, -1)).flatMap(({ flipped }) =>
            flipped.trim() === flipped ? [{ ...sent, time: `${flipped}x` }] : [],
          ),
          ...flips(sent.secret).map(({ flipped }) => ({ ...sent, secret: flipped })),
        ];
        const passed = changed.filter((other) => !send(other).startsWith('refused'));
        expect(passed).toEqual([]);
      }),
      { numRuns: 4 },
    );
  });
});
