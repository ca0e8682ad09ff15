import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RawRequest } from '../../services/contract/raw.ts';
import { allCanary, canary, decide, now, partner, reasonsOf, request } from '../support/manifest.ts';

const sale = JSON.stringify({ id: 'A-1', status: 'ok', lines: [1] });
const form = (text: string) => `Payload=${encodeURIComponent(text)}&id=outer&status=ok`;

describe('a document in one parameter', () => {
  const to = partner({ open: 'Payload', fields: { orderId: 'order?' } });

  test('is what the fields are read from, in a form or in the query', () => {
    for (const sent of [{ form: form(sale) }, { query: form(sale) }])
      expect(decide(to, sent)).toMatchObject({ is: 'conversions', events: [{ conversionId: 'A-1' }] });
  });

  test('and from nothing else: what stands beside it fills no gap', () => {
    const decision = decide(to, { form: form('{"status":"ok"}') });
    expect(reasonsOf(decision)).toMatchObject([{ field: 'conversionId', why: 'was not sent' }]);
  });

  test.each([
    ['is missing', 'id=outer&status=ok', 'Payload was not sent'],
    ['is empty', 'Payload=&id=outer&status=ok', 'Payload came empty'],
    [
      'comes twice',
      `${form('{"id":1}')}&Payload=x`,
      'Payload was sent more than once, with different values',
    ],
    ['is no JSON', 'Payload=x&id=outer&status=ok', 'the body is not JSON (position 0)'],
  ])('that %s is put aside', (_, sent, why) => {
    for (const each of [{ form: sent }, { query: sent }])
      expect(reasonsOf(decide(to, each))[0]).toMatchObject({ why });
  });

  test('does not come with a probe', () => {
    expect(decide(to, {})).toMatchObject({ is: 'probe' });
  });

  test('names the sale of a refused request', () => {
    const decision = decide(to, { form: form(sale), headers: { 'x-token': 'wrong' } });
    expect(decision).toMatchObject({ is: 'refused', record: { conversionId: 'A-1' } });
  });

  test('shows no token that stands beside it', () => {
    const token = partner({
      open: 'Payload',
      verify: [
        { secret: 'key', at: 'token' },
        { none: 'x', until: '2027-01-01' },
      ],
    });
    const reason = reasonsOf(
      decide(token, { form: `${form(JSON.stringify({ id: 1, status: `x${canary}` }))}&token=${canary}` }),
    )[0];
    expect(JSON.stringify(reason)).not.toContain(canary);
  });
});

describe('what comes encrypted', () => {
  const verify = {
    secret: 'ins-key',
    secretIs: 'sha1',
    at: 'notification',
    by: 'aes-256-cbc',
    iv: 'iv',
    unsigned: 'all',
  };
  const to = partner({ verify });
  const seal = (text: string, secret = canary) => {
    const key = createHash('sha1').update(secret).digest('hex').slice(0, 32);
    const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16, 7));
    const notification = Buffer.concat([cipher.update(text), cipher.final()]).toString('base64');
    return { notification, iv: Buffer.alloc(16, 7).toString('base64') };
  };
  const misfit = { is: 'refused', why: 'brings what our secret does not open' };

  test('is opened, and read', () => {
    expect(decide(to, { json: seal(sale) })).toMatchObject({
      is: 'conversions',
      events: [{ conversionId: 'A-1', verified: true }],
    });
  });

  test('fills no gap from what stands beside it', () => {
    const decision = decide(to, { json: { ...seal('{"status":"ok"}'), id: 'outer' } });
    expect(reasonsOf(decision)).toMatchObject([{ field: 'conversionId', why: 'was not sent' }]);
  });

  test.each<[string, object, object]>([
    ['with another secret', seal(sale, 'other'), misfit],
    ['not as JSON', seal('id=A-1&status=ok'), misfit],
    ['as a mere text', seal('"A-1"'), misfit],
    ['as nothing', seal(''), misfit],
    ['cut short', { ...seal(sale), notification: seal(sale).notification.slice(0, 20) }, misfit],
    [
      'with a sign that decoders skip',
      { ...seal(sale), notification: `!${seal(sale).notification}` },
      misfit,
    ],
    ['without a vector', { ...seal(sale), iv: '' }, { why: 'brings no readable iv' }],
    ['with a short vector', { ...seal(sale), iv: 'AAAA' }, misfit],
    ['without a text', { iv: seal(sale).iv, id: 'outer', status: 'ok' }, { why: 'brings no notification' }],
  ])('is refused when it comes %s', (_, json, expected) => {
    expect(decide(to, { json })).toMatchObject({ is: 'refused', ...expected });
  });

  test('opens with either secret of a rotation, and with no empty one', () => {
    const under = (...live: string[]) => decide(to, { json: seal(sale) }, { secrets: () => live }).is;
    expect(under('new', canary)).toBe('conversions');
    expect(under('')).toBe('refused');
    expect(decide(to, { json: seal(sale, '') }, { secrets: () => [''] }).is).toBe('refused');
  });

  describe('and is read again from its record', () => {
    const raw: RawRequest = {
      ...to.mask(request({ json: { ...seal(sale), id: 'outer', status: 'ok' } }), allCanary),
    };

    test('with the secret: the same sale', () => {
      const decision = to.reread(raw, { is: 'verified' }, now, allCanary);
      expect(decision).toMatchObject({
        is: 'conversions',
        events: [{ conversionId: 'A-1', verified: true }],
      });
    });

    test('without it: nothing that stood beside it', () => {
      for (const secrets of [undefined, () => ['other']])
        expect(reasonsOf(to.reread(raw, { is: 'verified' }, now, secrets))).toEqual([
          { field: 'request', why: 'the body is encrypted, and no live secret opens it' },
        ]);
    });
  });
});
