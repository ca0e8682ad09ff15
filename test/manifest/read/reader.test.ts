import { describe, expect, test } from 'vitest';
import type { FieldName } from '../../../services/manifest/fields.ts';
import { fieldKinds, fieldNames } from '../../../services/manifest/fields.ts';
import { fail } from '../../../services/manifest/read/fail.ts';
import { fieldReader } from '../../../services/manifest/read/reader.ts';
import { Scope } from '../../../services/manifest/read/scope.ts';
import type { Value } from '../../../services/manifest/schema.ts';
import { request, type Sent } from '../../support/manifest.ts';

function readField(field: FieldName, value: Value, sent: Sent | string) {
  const incoming = request(typeof sent === 'string' ? { query: sent } : sent);
  return fieldReader(field, value)(new Scope(incoming));
}

const usd = (amount: string) => ({ value: { amount, currency: 'USD' } });

describe('a field that must come', () => {
  const must = fieldNames.filter((name) => fieldKinds[name].must);
  const placeOf = (name: FieldName) => (fieldKinds[name].kind === 'money' ? 'x USD' : 'x');

  test('ids, money and times must; what describes the sale need not', () => {
    expect(must).toEqual([
      'account',
      'conversionId',
      'lineId',
      'saleAmount',
      'commission',
      'localSaleAmount',
      'localCommission',
      'occurredAt',
      'clickedAt',
      'updatedAt',
    ]);
  });

  test.each(must)('%s says how it is missing', (name) => {
    const why = (query: string) => readField(name, placeOf(name), query);
    expect(why('y=1')).toEqual({ reason: { field: name, why: 'was not sent' } });
    expect(why('x=')).toEqual({ reason: { field: name, why: 'came empty' } });
    expect(why('x=%7Bx%7D')).toEqual({
      reason: { field: name, why: 'is a macro that was not filled in', value: '{x}' },
    });
  });

  test.each(must.filter((name) => name !== 'conversionId'))(
    '%s may be missing where it is marked so',
    (name) => {
      const place = placeOf(name).replace('x', 'x?');
      for (const query of ['y=1', 'x=', 'x=%7Bx%7D'])
        expect(readField(name, place, query)).toEqual({ value: undefined });
    },
  );

  test.each(must)('%s must come though a part of its template need not', (name) => {
    const place = fieldKinds[name].kind === 'money' ? '{x}{y?} USD' : '{x}{y?}';
    expect(readField(name, place, 'z=1')).toEqual({ reason: { field: name, why: 'was not sent' } });
  });
});

describe('a field that need not come', () => {
  test.each(fieldNames.filter((name) => !fieldKinds[name].must))('%s', (name) => {
    for (const query of ['y=1', 'x=', 'x=%7Bx%7D'])
      expect(readField(name, 'x', query)).toEqual({ value: undefined });
    expect(readField(name, 'x', 'x=1')).toEqual({ value: '1' });
  });

  test('is still unreadable where it is no text', () => {
    expect(readField('clickId', 'x', 'x=1&x=2')).toMatchObject({
      reason: { field: 'clickId', why: 'x was sent more than once, with different values' },
    });
  });
});

describe('a default', () => {
  test.each([
    ['not sent at all', 'y=1', { value: 'main' }],
    ['sent', 'x=1', { value: '1' }],
    ['sent empty', 'x=', { reason: { field: 'account', why: 'came empty' } }],
    [
      'sent as an unfilled macro',
      'x=%7Bx%7D',
      { reason: { field: 'account', why: 'is a macro that was not filled in', value: '{x}' } },
    ],
    ['a later place sent empty', 'z=', { reason: { field: 'account', why: 'came empty' } }],
  ])('applies only to what was not sent at all: %s', (_, query, expected) => {
    expect(readField('account', { from: 'x or z', default: 'main' }, query)).toMatchObject(expected);
  });

  test('does not apply to what may be missing and came empty', () => {
    expect(readField('account', { from: 'x?', default: 'main' }, 'x=')).toEqual({ value: undefined });
    expect(readField('clickId', { from: 'x', default: 'none' }, 'x=')).toEqual({ value: undefined });
  });

  test('does not apply to a parameter that only the query holds beside a body', () => {
    expect(readField('account', { from: 'x', default: 'main' }, { query: 'x=1', form: 'y=1' })).toEqual({
      value: 'main',
    });
  });

  test('is read like a value that was sent', () => {
    expect(readField('commission', { from: 'x USD', default: '00.50' }, '')).toEqual(usd('0.5'));
    expect(readField('occurredAt', { from: 'x Asia/Kuala_Lumpur', default: '2026-01-01' }, '')).toEqual({
      value: '2025-12-31T16:00:00.000Z',
    });
  });

  test.each<[FieldName, Value, string]>([
    ['commission', { from: 'x USD', default: 'free' }, 'default "free" is not a decimal number'],
    ['commission', { from: 'x USD', default: '-1' }, 'default "-1" is negative'],
    ['occurredAt', { from: 'x', default: 'now' }, 'default "now" is not a time this manifest reads'],
    [
      'occurredAt',
      { from: 'x', default: '2026-01-01' },
      'default "2026-01-01" names no zone, and the manifest gives none',
    ],
    [
      'account',
      { from: 'x', default: 'x'.repeat(513) },
      `default "${'x'.repeat(513)}" is longer than 512 characters`,
    ],
  ])('of %s that makes no sense does not load: %o', (field, value, message) => {
    expect(() => fieldReader(field, value)).toThrow(new SyntaxError(message));
  });

  test('of money whose currency comes with the request does not load, and says why', () => {
    expect(() => fieldReader('commission', { from: 'x currency', default: '1' })).toThrow(/currency/);
    expect(() => fieldReader('commission', { from: 'x currency', default: '1' })).not.toThrow(/undefined/);
  });
});

describe('text', () => {
  test('of 512 characters is kept, of 513 not', () => {
    expect(readField('orderId', 'x', `x=${'o'.repeat(512)}`)).toEqual({ value: 'o'.repeat(512) });
    expect(readField('orderId', 'x', `x=${'o'.repeat(513)}`)).toEqual({
      reason: { field: 'orderId', why: 'is longer than 512 characters', value: 'o'.repeat(200) },
    });
  });

  test('digits stay text', () => {
    expect(readField('conversionId', 'x', { json: '{"x":9223372036854775807}' })).toEqual({
      value: '9223372036854775807',
    });
    expect(readField('conversionId', 'x', { json: '{"x":1e9}' })).toEqual({ value: '1e9' });
    expect(readField('conversionId', 'x', 'x=007')).toEqual({ value: '007' });
  });

  test('is joined as the template says', () => {
    expect(readField('conversionId', '{a}-{b}', 'a=1&b=2')).toEqual({ value: '1-2' });
    expect(readField('offerName', 'a b', 'a=Shoes&b=and+Hats')).toEqual({ value: 'Shoes and Hats' });
  });

  test('that comes twice is the one that `take` says', () => {
    expect(readField('orderId', { from: 'x', take: 'first' }, 'x=1&x=2')).toEqual({ value: '1' });
    expect(readField('orderId', { from: 'x', take: 'last' }, 'x=1&x=2')).toEqual({ value: '2' });
  });
});

describe('money', () => {
  test.each<[string, Sent, object]>([
    ['x USD', { query: 'x=12.50' }, usd('12.5')],
    ['x USD', { json: '{"x":1.10}' }, usd('1.1')],
    ['x USD', { json: '{"x":0.30000000000000004}' }, usd('0.30000000000000004')],
    ['x USD', { json: '{"x":1234567890123456789.5}' }, usd('1234567890123456789.5')],
    ['x c', { query: 'x=1&c=usd' }, usd('1')],
    ['x USD or y USD', { query: 'y=1' }, usd('1')],
    ['x USD or y c', { query: 'y=1&c=MYR' }, { value: { amount: '1', currency: 'MYR' } }],
    ['{x}.{y} USD', { query: 'x=1&y=50' }, usd('1.5')],
    ['data.x data.c', { json: { data: { x: '1', c: 'USD' } } }, usd('1')],
  ])('%s of %o', (place, sent, expected) => {
    expect(readField('commission', place, sent)).toEqual(expected);
  });

  test.each<[string, Sent, string, string]>([
    ['x USD', { query: 'x=1,234.50' }, 'has thousands separators', '1,234.50'],
    ['x USD', { query: 'x=-1' }, 'is negative', '-1'],
    ['x USD', { json: '{"x":1e9}' }, 'is not a decimal number', '1e9'],
    ['x USD', { json: '{"x":true}' }, 'is not a decimal number', 'true'],
    ['x USD', { query: 'x=1+USD' }, 'is not a decimal number', '1 USD'],
    ['x c', { query: 'x=1' }, 'came without c', '1'],
    ['x c?', { query: 'x=1' }, 'came without c', '1'],
  ])('%s of %o is refused', (place, sent, why, value) => {
    expect(readField('commission', place, sent)).toEqual({ reason: { field: 'commission', why, value } });
  });

  test('in a currency that is none is refused, without a word of what was sent', () => {
    const result = readField('commission', 'x c', 'x=1&c=BITCOIN');
    expect(result).toMatchObject({ reason: { field: 'commission' } });
    expect('reason' in result && result.reason.why).toMatch(/is not an ISO 4217 currency/);
    expect('reason' in result && result.reason.why, 'why is answered and logged').not.toContain('BITCOIN');
  });

  test('may be missing though its currency came', () => {
    expect(readField('commission', 'x? c', 'c=USD')).toEqual({ value: undefined });
  });

  test.each(['payout', 'a b USD', 'USD', 'payout USD or other', '{payout}'])(
    'from %j does not load',
    (place) => {
      expect(() => fieldReader('commission', place)).toThrow(
        new SyntaxError(
          `"${place}": money is an amount and its currency, such as "payout USD" or "payout currency"`,
        ),
      );
    },
  );
});

describe('time', () => {
  test.each<[Value, string, string]>([
    ['at', 'at=2026-11-20T13:15:03Z', '2026-11-20T13:15:03.000Z'],
    ['at', 'at=1795266903', '2026-11-21T13:15:03.000Z'],
    ['at Asia/Kuala_Lumpur', 'at=2026-11-20+21:15:03', '2026-11-20T13:15:03.000Z'],
    ['at +08:00', 'at=2026-11-20+21:15:03', '2026-11-20T13:15:03.000Z'],
    ['day time Asia/Kuala_Lumpur', 'day=2026-11-20&time=21:15:03', '2026-11-20T13:15:03.000Z'],
    ['day time', 'day=2026-11-20&time=13:15:03Z', '2026-11-20T13:15:03.000Z'],
    ['at UTC or day Asia/Kuala_Lumpur', 'day=2026-11-20', '2026-11-19T16:00:00.000Z'],
    [{ from: 'at UTC', as: 'dd/MM/yyyy' }, 'at=20/11/2026', '2026-11-20T00:00:00.000Z'],
  ])('%o of %s', (value, query, time) => {
    expect(readField('occurredAt', value, query)).toEqual({ value: time });
  });

  test.each<[Value, string, string]>([
    ['at', 'at=2026-11-20+21:15:03', 'names no zone, and the manifest gives none'],
    ['at', 'at=soon', 'is not a time this manifest reads'],
    ['at', 'at=2026-02-30T00:00:00Z', 'is a date that does not exist'],
    ['at America/New_York', 'at=2026-03-08+02:30', 'does not exist in America/New_York: clocks skip it'],
    [{ from: 'at UTC', as: 'dd/MM/yyyy' }, 'at=2026-11-20', 'is not written as dd/MM/yyyy'],
  ])('%o of %s is refused', (value, query, why) => {
    expect(readField('occurredAt', value, query)).toMatchObject({ reason: { field: 'occurredAt', why } });
  });

  test('"as" is for money and times alone', () => {
    expect(() => fieldReader('orderId', { from: 'x', as: 'yyyy' })).toThrow(
      new SyntaxError('"as" says how money or a time is written, and this is neither'),
    );
  });

  test.each(['at Asia/Kuala_Lumper', 'at America/Newyork', 'at Europe/Berlín', 'at +8:00', 'at +99:00'])(
    'in a zone that is none does not load: %s',
    (place) => {
      expect(() => fieldReader('occurredAt', place)).toThrow(SyntaxError);
    },
  );

  test.each([
    ['HH:mm', 'the day would be that of the clock on the wall'],
    ['dd/MM HH:mm', 'so would the year'],
    ['MM/yyyy', 'so would the day'],
    ['yyyy-MM-dd HH:mm a', 'Luxon throws at such a pattern, whatever it is given'],
    ['DD/MM/YYYY', 'these are the tokens of another library'],
    ['nonsense', 'nothing can be written so'],
  ])('written as %s does not load: %s', (as) => {
    expect(() => fieldReader('occurredAt', { from: 'at UTC', as })).toThrow(SyntaxError);
  });
});

describe('a reason shows what was sent', () => {
  test('cut to 200 characters', () => {
    expect(fail('f', 'w', 'x'.repeat(201)).reason.value).toBe('x'.repeat(200));
  });

  test('without what no database keeps', () => {
    const { value = '' } = fail('f', 'w', `a\u0000b${'x'.repeat(196)}👟`).reason;
    expect(value).toBe(`a\uFFFDb${'x'.repeat(196)}\uFFFD`);
    expect(value.isWellFormed()).toBe(true);
  });

  test('not at all where nothing was', () => {
    expect(fail('f', 'w')).toEqual({ reason: { field: 'f', why: 'w' } });
  });
});
