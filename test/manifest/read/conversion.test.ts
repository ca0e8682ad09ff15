import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conversionEvent } from '../../../services/contract/event.ts';
import { decide, eventOf, partner, reasonsOf, whyNot, type Data } from '../../support/manifest.ts';

const get = (query: string) => ({ query });
const status = (words: Data) => ({ status: { from: 'status', ...words } });
const statusOf = (words: Data, query: string) => eventOf(status(words), get(`id=1&${query}`)).status;

describe('a status', () => {
  test.each([
    [{ approved: 'Approved' }, 'status=Approved', 'approved'],
    [{ approved: 'Approved' }, 'status=approved', 'approved'],
    [{ pending: ['Pending', 'Yet to Consume'] }, 'status=yet+to+consume', 'pending'],
    [{ approved: '1', rejected: '-1' }, 'status=1', 'approved'],
    [{ approved: '1', rejected: '-1' }, 'status=-1', 'rejected'],
    [{ approved: 'on_*', reversed: 'on_refund' }, 'status=on_refund', 'reversed'],
    [{ approved: 'A', default: 'pending' }, '', 'pending'],
    [{ approved: 'A', default: 'pending' }, 'status=A', 'approved'],
  ])('under %o: %s is %s', (words, query, ours) => {
    expect(statusOf(words, query)).toBe(ours);
  });

  test('keeps their own word, as they wrote it', () => {
    expect(eventOf(status({ approved: 'approved' }), get('id=1&status=APPROVED')).partnerStatus).toBe(
      'APPROVED',
    );
  });

  test('that was not sent has no word of theirs', () => {
    expect(eventOf(status({ approved: 'A', default: 'pending' }), get('id=1'))).not.toHaveProperty(
      'partnerStatus',
    );
  });

  test.each([
    [
      'a word that stands nowhere',
      {},
      'status=Odd',
      { why: 'is a word this manifest does not know', value: 'Odd' },
    ],
    [
      'with a default too',
      { default: 'pending' },
      'status=Odd',
      { why: 'is a word this manifest does not know', value: 'Odd' },
    ],
    ['none', {}, 'x=1', { why: 'was not sent' }],
    ['an empty one', { default: 'pending' }, 'status=', { why: 'came empty' }],
    [
      'an unfilled macro',
      { default: 'pending' },
      'status=%7Bstatus%7D',
      { why: 'is a macro that was not filled in', value: '{status}' },
    ],
    [
      'two',
      {},
      'status=A&status=B',
      { why: 'status was sent more than once, with different values', value: 'A | B' },
    ],
  ])('%s is never guessed', (_, words, query, reason) => {
    expect(whyNot(status({ approved: 'A', rejected: 'B', ...words }), get(`id=1&${query}`))).toEqual([
      { field: 'status', ...reason },
    ]);
  });

  test.each(['status?', '{status?}', '{status}{detail?}', 'status? detail?', 'status or detail?'])(
    'from %s that does not come loses no sale: it is quarantined, or such a manifest does not load',
    (from) => {
      const manifest = () => partner({ fields: { status: { from, approved: 'A' } } });
      let loaded;
      try {
        loaded = manifest();
      } catch {
        return;
      }
      expect(reasonsOf(decide(loaded, get('id=1')))).toMatchObject([{ field: 'status' }]);
    },
  );

  test('of more than 512 characters is quarantined, even if it begins with a word that is known', () => {
    expect(whyNot(status({ approved: 'ok*' }), get(`id=1&status=ok${'x'.repeat(600)}`))).toMatchObject([
      { field: 'status', why: 'is longer than 512 characters' },
    ]);
  });

  test('that is ignored makes the request a probe, whatever else it lacks', () => {
    const ignoring = partner({
      fields: { ...status({ approved: 'A', ignored: 'on_rebill_*' }), commission: 'c USD' },
    });
    expect(decide(ignoring, get('status=on_rebill_paused'))).toEqual({
      is: 'probe',
      why: '"on_rebill_paused" is no conversion',
    });
  });
});

describe('a conversion id', () => {
  test.each(['id?', '{id?}', '{id}-{line?}', '{id?}-{line?}', 'id? line?', 'id or other?'])(
    'from %s that does not come makes no event: it is quarantined, or such a manifest does not load',
    (conversionId) => {
      let loaded;
      try {
        loaded = partner({ fields: { conversionId } });
      } catch {
        return;
      }
      expect(reasonsOf(decide(loaded, get('status=ok')))).toMatchObject([{ field: 'conversionId' }]);
    },
  );

  test.each(['true', 'false'])('is never %s, which would be the id of all sales', (id) => {
    expect(whyNot({}, { json: `{"id":${id},"status":"ok"}` })).toMatchObject([{ field: 'conversionId' }]);
  });

  test('may be made of two', () => {
    const event = eventOf({ conversionId: '{id}-{line?}' }, get('id=1&line=2&status=ok'));
    expect(event).toMatchObject({ conversionId: '1-2', key: 'acme//1-2/' });
  });
});

describe('every reason is told at once', () => {
  test('one per field', () => {
    const fields = {
      commission: 'payout USD',
      saleAmount: 'sale USD',
      occurredAt: 'at',
      subIds: ['s1', 's2'],
    };
    const reasons = whyNot(fields, get('status=Odd&payout=1,5&sale=&at=soon&s1=%FF&s2=a&s2=b'));
    expect(reasons.map(({ field, why }) => `${field} ${why}`)).toEqual([
      'status is a word this manifest does not know',
      'conversionId was not sent',
      'saleAmount came empty',
      'commission is not a decimal number',
      'occurredAt is not a time this manifest reads',
      'subIds.0 s1 is not UTF-8',
      'subIds.1 s2 was sent more than once, with different values',
    ]);
  });
});

describe('sub ids', () => {
  test.each([
    [['a', 'b', 'c'], 'a=1&b=2&c=3', ['1', '2', '3']],
    [['a', 'b', 'c'], 'c=3', ['', '', '3']],
    [['a', 'b', 'c'], 'a=1&b=&c=%7Bc%7D', ['1']],
    [['a', 'b', 'c'], 'x=1', []],
    [['a or b', '{b}{c?}'], 'b=2', ['2', '2']],
    ['a', 'a=1', ['1']],
  ])('from %o of %s keep their slots: %o', (subIds, query, expected) => {
    expect(eventOf({ subIds }, get(`id=1&status=ok&${query}`)).subIds).toEqual(expected);
  });
});

describe('a test conversion', () => {
  const test_ = { test: { from: 'id', yes: ['test_*', 'demo'] } };

  test.each([
    ['id=test_1', true],
    ['id=TEST_1', true],
    ['id=demo', true],
    ['id=demo1', false],
    ['id=1', false],
    ['id=latest_1', false],
  ])('%s: %s', (query, expected) => {
    expect(eventOf(test_, get(`${query}&status=ok`)).test).toBe(expected);
  });

  test('is none where the mark does not come or comes empty', () => {
    const marked = { test: { from: 'mode', yes: 'test' } };
    for (const query of ['', 'mode=', 'mode=%7Bmode%7D', 'mode=live'])
      expect(eventOf(marked, get(`id=1&status=ok&${query}`)).test).toBe(false);
  });

  test('is every one of a partner that is tried out', () => {
    const decision = decide(partner({ stage: 'test' }), get('id=1&status=ok'));
    expect(decision).toMatchObject({ is: 'conversions', events: [{ test: true }] });
  });

  test('is unreadable where its mark is', () => {
    expect(
      whyNot({ test: { from: 'mode', yes: 'test' } }, get('id=1&status=ok&mode=test&mode=live')),
    ).toMatchObject([{ field: 'test' }]);
  });
});

describe('offer and product', () => {
  const fields = {
    offerId: 'oi',
    offerName: 'on',
    productId: 'pi',
    productName: 'pn',
    quantity: 'q',
  };

  test('are put together from what came', () => {
    expect(eventOf(fields, get('id=1&status=ok&oi=5&on=Shoes&pn=Boots&q=2'))).toMatchObject({
      offer: { id: '5', name: 'Shoes' },
      product: { name: 'Boots', quantity: '2' },
    });
  });

  test('are not there where nothing came', () => {
    const event = eventOf(fields, get('id=1&status=ok&oi='));
    expect(Object.keys(event)).not.toContain('offer');
    expect(Object.keys(event)).not.toContain('product');
  });
});

describe('what is kept beside', () => {
  test('is what came of it, by its place', () => {
    const event = eventOf(
      { extra: ['a', 'b', 'header.x-n'] },
      { ...get('id=1&status=ok&a=1&b='), headers: { 'x-n': '9' } },
    );
    expect(event.extra).toEqual({ a: '1', 'header.x-n': '9' });
  });

  test('is no part of the id of the event', () => {
    const ids = ['a=1', 'a=2', ''].map((more) => eventOf({ extra: ['a'] }, get(`id=1&status=ok&${more}`)).id);
    expect(new Set(ids).size).toBe(1);
  });

  test.each(['constructor', 'toString'])('may be called %s', (name) => {
    const { extra } = eventOf({ extra: [name] }, get(`id=1&status=ok&${name}=1`));
    expect(Object.entries(extra)).toEqual([[name, '1']]);
    expect(Object.entries(eventOf({ extra: [name] }, get('id=1&status=ok')).extra)).toEqual([]);
  });

  test('may not be called __proto__, which readers of JSON drop', () => {
    expect(() => partner({ fields: { extra: ['__proto__'] } })).toThrow(/cannot be kept/);
  });
});

test('whatever texts come in them, mapped fields make an event of the contract or say why not', () => {
  const fields = {
    orderId: 'o',
    clickId: 'c',
    publisherRef: '{p}{q?}',
    subIds: ['s', 't'],
    commission: 'm n',
    occurredAt: 'at Asia/Kuala_Lumpur',
    extra: ['e'],
  };
  const compiled = partner({ fields: { ...fields, status: { from: 'status', approved: '*' } } });
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc.constantFrom('1', 'USD', '2026-11-20', '{x}', '', '1.50'),
  );
  const body = fc.dictionary(
    fc.constantFrom('id', 'status', 'o', 'c', 'p', 'q', 's', 't', 'm', 'n', 'at', 'e'),
    text,
  );
  fc.assert(
    fc.property(body, (json) => {
      const decision = decide(compiled, { json });
      if (decision.is === 'conversions') decision.events.forEach((event) => conversionEvent.parse(event));
      else expect(decision.is === 'probe' ? json : reasonsOf(decision).length).toBeTruthy();
    }),
    { numRuns: 150 },
  );
});
