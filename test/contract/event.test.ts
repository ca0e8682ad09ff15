import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { conversionEvent } from '../../services/contract/event.ts';
import { quarantineRecord, refusedRecord } from '../../services/contract/records.ts';
import { status } from '../../services/contract/status.ts';
import { anEvent, anyEvent, aRawRequest, minutes } from '../support/events.ts';

const accepts = (value: unknown) => conversionEvent.safeParse(value).success;
const issues = (value: unknown) =>
  conversionEvent.safeParse(value).error?.issues.map(({ path }) => path.join('.'));

test('every event is what it is again after JSON', () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      expect(conversionEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
    }),
  );
});

test('ids of 19 digits survive JSON to the last digit', () => {
  const event = anEvent({ conversionId: '9223372036854775807', orderId: '576653688135258179' });
  const back = conversionEvent.parse(JSON.parse(JSON.stringify(event)));
  expect([back.conversionId, back.orderId]).toEqual(['9223372036854775807', '576653688135258179']);
});

test('only what is added may be negative', () => {
  const adjusted = {
    status: 'adjusted',
    adds: 'r1',
    commission: { amount: '-1.5', currency: 'USD' },
  } as const;
  expect(accepts(anEvent(adjusted))).toBe(true);
});

const event = anEvent();
const { raw, ...bare } = event;

describe('what is no event', () => {
  test.each<[string, unknown, string]>([
    ['an id that is a number', { ...event, conversionId: 576653688135258179 }, 'conversionId'],
    ['an empty conversion id', { ...event, conversionId: '' }, 'conversionId'],
    ['an empty line', { ...event, lineId: '' }, 'lineId'],
    ['an id of 513 characters', { ...event, conversionId: 'x'.repeat(513) }, 'conversionId'],
    ['a sub id of 513 characters', { ...event, subIds: ['a', 'x'.repeat(513)] }, 'subIds.1'],
    ['no sub ids at all', { ...event, subIds: undefined }, 'subIds'],
    ['money as a number', { ...event, saleAmount: { amount: 1.5, currency: 'USD' } }, 'saleAmount.amount'],
    [
      'money that is not shortest',
      { ...event, commission: { amount: '1.50', currency: 'USD' } },
      'commission.amount',
    ],
    ['money without a currency', { ...event, commission: { amount: '1' } }, 'commission.currency'],
    ['a negative amount that is not added', { ...event, commission: { amount: '-1', currency: 'USD' } }, ''],
    ['an adjustment that says not by what', { ...event, status: 'adjusted' }, ''],
    ['money as text', { ...event, commission: '1 USD' }, 'commission'],
    ['a status of theirs', { ...event, status: 'Approved' }, 'status'],
    ['no status', { ...event, status: undefined }, 'status'],
    ['verified in words', { ...event, verified: 'yes' }, 'verified'],
    ['a time without a zone', { ...event, occurredAt: '2026-11-24T12:00:00.000' }, 'occurredAt'],
    ['a time with an offset', { ...event, occurredAt: '2026-11-24T12:00:00.000+08:00' }, 'occurredAt'],
    ['a time without milliseconds', { ...event, updatedAt: '2026-11-24T12:00:00Z' }, 'updatedAt'],
    ['a date', { ...event, occurredAt: '2026-11-24' }, 'occurredAt'],
    ['a day that does not exist', { ...event, occurredAt: '2026-02-30T12:00:00.000Z' }, 'occurredAt'],
    ['an id in upper case', { ...event, id: event.id.toUpperCase().replace(/\d/g, 'A') }, 'id'],
    ['a short id', { ...event, id: event.id.slice(1) }, 'id'],
    ['another version', { ...event, version: 2 }, 'version'],
    ['another way', { ...event, via: 'email' }, 'via'],
    ['extra that is not text', { ...event, extra: { n: 1 } }, 'extra.n'],
    ['a part that nobody knows', { ...event, offer: { id: '1', colour: 'red' } }, 'offer'],
  ])('%s', (_, value, path) => {
    expect(issues(value)).toEqual([path]);
  });

  test('a field that nobody knows', () => {
    expect(accepts({ ...event, saleAmout: { amount: '1', currency: 'USD' } })).toBe(false);
  });
});

test('texts of 512 characters are kept', () => {
  expect(accepts(anEvent({ conversionId: 'x'.repeat(512), subIds: ['', 'x'.repeat(512)] }))).toBe(true);
});

describe('a postback carries its request or the id of the event that does', () => {
  test.each([
    ['its request', { ...bare, raw }, true],
    ['the id of the event that does', { ...bare, rawIn: event.id }, true],
    ['both', { ...bare, raw, rawIn: event.id }, false],
    ['neither', bare, false],
  ])('%s: %#', (_, value, accepted) => {
    expect(accepts(value)).toBe(accepted);
  });

  test('a report need not', () => {
    expect(accepts({ ...bare, via: 'report' })).toBe(true);
  });
});

describe('a record of what is no event', () => {
  const head = { version: 1, id: 'q1', partner: 'acme', receivedAt: minutes(0), raw: aRawRequest };

  test('a quarantined request says why', () => {
    const reasons = [{ field: 'status', why: 'was not sent' }];
    expect(quarantineRecord.safeParse({ ...head, verified: true, reasons }).success).toBe(true);
    expect(quarantineRecord.safeParse({ ...head, verified: true, reasons: [] }).success).toBe(false);
  });

  test('and keeps the verdict of its verification', () => {
    const reasons = [{ field: 'status', why: 'was not sent' }];
    expect(quarantineRecord.safeParse({ ...head, reasons }).success).toBe(false);
  });

  test('a refused request has a conversion id', () => {
    const refused = { ...head, why: 'brings a wrong secret' };
    expect(refusedRecord.safeParse({ ...refused, conversionId: '1' }).success).toBe(true);
    expect(refusedRecord.safeParse(refused).success).toBe(false);
  });
});

describe('the contract can be handed on as JSON Schema', () => {
  const schemas = { conversionEvent, quarantineRecord, refusedRecord };

  test.each(Object.entries(schemas))('%s: closed, and with the fields that it has', (_, schema) => {
    const json = z.toJSONSchema(schema);
    expect(json.additionalProperties).toBe(false);
    expect(Object.keys(json.properties!)).toEqual(Object.keys(schema.shape));
  });

  test('what may be missing is not required', () => {
    const optional = Object.entries(conversionEvent.shape).flatMap(([name, field]) =>
      field.safeParse(undefined).success ? [name] : [],
    );
    const { required = [], properties } = z.toJSONSchema(conversionEvent);
    expect([...required, ...optional].sort()).toEqual(Object.keys(properties!).sort());
  });

  test('its statuses are those of the contract', () => {
    expect(z.toJSONSchema(conversionEvent).properties!.status).toMatchObject({ enum: status.options });
  });
});
