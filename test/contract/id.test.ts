import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conversionEvent, type ConversionEvent } from '../../services/contract/event.ts';
import { conversionKey, eventId, hash } from '../../services/contract/id.ts';
import { anEvent, anyEvent, aRawRequest, eventsOfOne, minutes } from '../support/events.ts';

/** An event with every field of the contract in it. */
const full: ConversionEvent = {
  ...anEvent(),
  key: 'acme/main/1/2',
  account: 'main',
  lineId: '2',
  orderId: 'o1',
  clickId: 'c1',
  publisherRef: 'MKK-home',
  subIds: ['a', 'b'],
  offer: { id: '5', name: 'Shoes' },
  product: { id: '6', name: 'Boots', quantity: '1' },
  partnerStatus: 'Approved',
  adds: 'r1',
  saleAmount: { amount: '10', currency: 'USD' },
  commission: { amount: '1', currency: 'USD' },
  localSaleAmount: { amount: '40', currency: 'MYR' },
  localCommission: { amount: '4', currency: 'MYR' },
  occurredAt: minutes(-60),
  clickedAt: minutes(-90),
  updatedAt: minutes(-1),
  extra: { note: 'x' },
  rawIn: 'f'.repeat(32),
};

/** For each field that is reported: other values it may have. */
const changes: Partial<Record<keyof ConversionEvent, unknown[]>> = {
  key: ['acme/main/1/3'],
  partner: ['acne'],
  account: ['other', undefined],
  conversionId: ['2', '01', '1 '],
  lineId: ['3', undefined],
  orderId: ['o2', undefined],
  clickId: ['c2', undefined],
  publisherRef: ['MKK', undefined],
  subIds: [[], ['a'], ['b', 'a'], ['a,b'], ['a', 'b', 'c'], ['', 'a', 'b'], ['a', 'B']],
  offer: [undefined, {}, { id: '5' }, { id: '5', name: 'shoes' }, { id: 'Shoes', name: '5' }],
  product: [undefined, { id: '6', name: 'Boots', quantity: '2' }, { id: '6', name: 'Boots' }],
  status: ['pending', 'rejected', 'reversed', 'paid', 'on_hold', 'adjusted'],
  partnerStatus: ['approved', undefined],
  adds: ['r2', undefined],
  saleAmount: [undefined, { amount: '10.01', currency: 'USD' }, { amount: '10', currency: 'EUR' }],
  commission: [undefined, { amount: '0', currency: 'USD' }],
  localSaleAmount: [undefined, { amount: '41', currency: 'MYR' }],
  localCommission: [undefined, { amount: '4', currency: 'SGD' }],
  occurredAt: [undefined, minutes(-61)],
  clickedAt: [undefined, minutes(-91)],
  updatedAt: [undefined, minutes(-2)],
  verified: [false],
  test: [true],
  via: ['report'],
};

/** For each field that says when and how it came: other values it may have. */
const circumstances: Partial<Record<keyof ConversionEvent, unknown[]>> = {
  version: [2],
  id: ['0'.repeat(32)],
  receivedAt: [minutes(500)],
  extra: [{}, { note: 'y' }],
  raw: [undefined, { ...aRawRequest, method: 'POST' }],
  rawIn: [undefined, 'e'.repeat(32)],
};

test('every field of the contract is either reported or a circumstance', () => {
  const fields = [...Object.keys(changes), ...Object.keys(circumstances)];
  expect(fields.sort()).toEqual(Object.keys(conversionEvent.shape).sort());
});

const cases = (table: typeof changes) =>
  Object.entries(table).flatMap(([field, values]) =>
    values.map((value) => [field, JSON.stringify(value) ?? 'nothing', value] as const),
  );

describe('another value of a reported field is another event', () => {
  test.each(cases(changes))('%s: %s', (field, _, value) => {
    expect(eventId({ ...full, [field]: value })).not.toBe(eventId(full));
  });

  test('and no two of these are the same', () => {
    const ids = cases(changes).map(([field, , value]) => eventId({ ...full, [field]: value }));
    expect(new Set([...ids, eventId(full)]).size).toBe(ids.length + 1);
  });

  test('the same text in another field too', () => {
    expect(eventId(anEvent({ orderId: 'x' }))).not.toBe(eventId(anEvent({ clickId: 'x' })));
  });
});

describe('when and how it came makes no other event', () => {
  test.each(cases(circumstances))('%s: %s', (field, _, value) => {
    expect(eventId({ ...full, [field]: value })).toBe(eventId(full));
  });
});

/** The same value with the keys of every object in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, reversed(part)] as const);
  return Object.fromEntries(entries.reverse());
}

test('the order of keys makes no difference', () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      expect(eventId(reversed(event) as ConversionEvent)).toBe(eventId(event));
    }),
  );
});

test('a field without a value is a field that is not there', () => {
  expect(eventId({ ...anEvent(), orderId: undefined })).toBe(eventId(anEvent()));
});

test('what comes back from JSON has the id that it had', () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      expect(eventId(JSON.parse(JSON.stringify(event)) as ConversionEvent)).toBe(event.id);
    }),
  );
});

test('two events have one id exactly when they report the same', () => {
  const reported = ({ version, id, receivedAt, extra, raw, rawIn, ...rest }: ConversionEvent) => rest;
  const cameAgain = (event: ConversionEvent) =>
    anEvent({ ...reported(event), receivedAt: minutes(999), extra: { again: 'yes' } });
  const pairs = fc.tuple(eventsOfOne, fc.option(eventsOfOne, { nil: undefined }));
  fc.assert(
    fc.property(pairs, ([a, other]) => {
      const b = other ?? cameAgain(a);
      expect(a.id === b.id).toBe(isDeepStrictEqual(reported(a), reported(b)));
    }),
    { numRuns: 300 },
  );
});

test('the id is the hash of the canonical JSON: a new release must not make news of what was kept', () => {
  const canonical =
    '{"conversionId":"1","extraField":[1,"ä"],"money":{"amount":"1.5","currency":"USD"},"subIds":["a",""],"test":false}';
  const sha256 = createHash('sha256').update(canonical).digest('hex');
  expect(
    hash({
      test: false,
      subIds: ['a', ''],
      money: { currency: 'USD', amount: '1.5' },
      extraField: [1, 'ä'],
      conversionId: '1',
      missing: undefined,
    }),
  ).toBe(sha256.slice(0, 32));
});

test('and covers exactly the reported fields', () => {
  const canonical =
    '{"conversionId":"1","key":"acme//1/","partner":"acme","status":"approved","subIds":[],"test":false,"verified":true,"via":"postback"}';
  expect(eventId(anEvent())).toBe(createHash('sha256').update(canonical).digest('hex').slice(0, 32));
});

describe('a key says which conversion it is', () => {
  test.each([
    [{ partner: 'involve', conversionId: '274691185' }, 'involve//274691185/'],
    [{ partner: 'involve', account: 'IAByteC', conversionId: '1' }, 'involve/IAByteC/1/'],
    [{ partner: 'tiktok', conversionId: '576653688135258178', lineId: '2' }, 'tiktok//576653688135258178/2'],
    [{ partner: 'a', conversionId: 'x/y', lineId: 'z' }, 'a//x%2Fy/z'],
    [{ partner: 'a', conversionId: 'x%2Fy' }, 'a//x%252Fy/'],
    [{ partner: 'a', conversionId: '100%' }, 'a//100%25/'],
    [{ partner: 'a', account: undefined, conversionId: '1', lineId: undefined }, 'a//1/'],
  ])('%o is %s', (identity, key) => {
    expect(conversionKey(identity)).toBe(key);
  });

  const part = fc.string({ unit: fc.constantFrom('/', '%', '2', '5', 'F', 'a'), minLength: 1, maxLength: 5 });
  const identity = fc.record(
    { partner: part, account: part, conversionId: part, lineId: part },
    { requiredKeys: ['partner', 'conversionId'] },
  );

  test('two conversions never share one, whatever slashes and percent signs their ids hold', () => {
    fc.assert(
      fc.property(identity, identity, (a, b) => {
        const same = (['partner', 'account', 'conversionId', 'lineId'] as const).every((p) => a[p] === b[p]);
        expect(conversionKey(a) === conversionKey(b)).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });

  test('and the four parts can be read back from it', () => {
    fc.assert(
      fc.property(identity, (identity) => {
        const [partner, account, conversionId, lineId, ...more] = conversionKey(identity)
          .split('/')
          .map(decodeURIComponent);
        expect({ partner, account, conversionId, lineId, more }).toEqual({
          ...identity,
          account: identity.account ?? '',
          lineId: identity.lineId ?? '',
          more: [],
        });
      }),
    );
  });
});
