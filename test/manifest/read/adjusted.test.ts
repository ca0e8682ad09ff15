import { describe, expect, test } from 'vitest';
import { fold } from '../../../services/contract/state.ts';
import { decide, eventsOf, partner, problemsOf, reasonsOf } from '../../support/manifest.ts';

const status = { from: 'type', approved: 'SALE', reversed: 'RFND', adjusted: 'ADJ*' };
const changes = {
  fields: { conversionId: 'id', commission: 'pay USD', status },
  repeat: { distinct: 'ref' },
};
const read = (query: string, manifest: object = changes) => decide(partner({ ...manifest }), { query });
const event = (query: string, manifest?: object) => eventsOf(read(query, manifest))[0]!;
const usd = (amount: string) => ({ amount, currency: 'USD' });

describe('an adjustment', () => {
  test('is a change of the same sale, with the sign that was sent', () => {
    expect(event('id=1&type=ADJUST&pay=-2.50&ref=r1')).toMatchObject({
      key: 'acme//1/',
      status: 'adjusted',
      adds: 'r1',
      commission: usd('-2.5'),
      partnerStatus: 'ADJUST',
    });
    expect(event('id=1&type=ADJUST&pay=2.50&ref=r1').commission).toEqual(usd('2.5'));
  });

  test('of which a second is another event, and a retry is none', () => {
    const ids = ['r1', 'r2', 'r1'].map((ref) => event(`id=1&type=ADJ&pay=-1&ref=${ref}`).id);
    expect(new Set(ids).size).toBe(2);
  });

  test('that comes as a positive amount of its own has its minus written before it', () => {
    const commission = 'pay USD or -{refunded} USD';
    const refund = event('id=1&type=ADJ&refunded=4&ref=r1', {
      ...changes,
      fields: { ...changes.fields, commission },
    });
    expect(refund.commission).toEqual(usd('-4'));
  });

  test('does not wipe the sale', () => {
    const history = [event('id=1&type=SALE&pay=10&ref=s'), event('id=1&type=ADJ&pay=-4&ref=r1'), event('id=1&type=ADJ&pay=-4&ref=r1')]; // prettier-ignore
    expect(fold(history, 3_600_000)).toMatchObject({ status: 'approved', commission: usd('6') });
  });

  test('that does not say which one it is cannot be told from a retry', () => {
    for (const query of ['', '&ref=', '&ref=%7Bref%7D'])
      expect(reasonsOf(read(`id=1&type=ADJ&pay=-1${query}`))[0]?.field).toBe('repeat.distinct');
  });

  test('leaves other events as they are: no sign, nothing added, no word of it needed', () => {
    expect(event('id=1&type=SALE&pay=10')).not.toHaveProperty('adds');
    expect(reasonsOf(read('id=1&type=SALE&pay=-10'))).toEqual([{ field: 'commission', why: 'is negative', value: '-10' }]); // prettier-ignore
  });

  test('several in one request, of one sale, are told apart', () => {
    const items = { ...changes, each: { item: 'items' }, repeat: { distinct: 'item.ref' }, fields: { conversionId: 'id', commission: 'item.pay USD', status } }; // prettier-ignore
    const json = (...refs: string[]) => ({ json: { id: 1, type: 'ADJ', items: refs.map((ref) => ({ ref, pay: -1 })) } }); // prettier-ignore
    expect(eventsOf(decide(partner(items), json('a', 'b'))).map(({ adds }) => adds)).toEqual(['a', 'b']);
    expect(eventsOf(decide(partner(items), json('a', 'a')))).toHaveLength(1);
  });
});

describe('a reversal takes the whole sale back', () => {
  test.each(['10', '-10', '-10.00'])('whether its amount is written %s', (pay) => {
    expect(event(`id=1&type=RFND&pay=${pay}`)).toMatchObject({ status: 'reversed', commission: usd('10') });
  });
});

describe('where every report adds', () => {
  const adding = {
    fields: { conversionId: 'id', commission: 'pay USD', status: { from: 'type', approved: 'SALE', reversed: 'RFND' } },
    repeat: { amounts: 'add', distinct: 'ref' },
  }; // prettier-ignore

  test('each has its status and its sign', () => {
    const queries = ['SALE&pay=10&ref=1', 'SALE&pay=5&ref=2', 'SALE&pay=5&ref=2', 'RFND&pay=-15&ref=3'];
    const history = queries.map((query, minute) => ({
      ...event(`id=1&type=${query}`, adding),
      receivedAt: `2026-11-24T12:0${minute}:00.000Z`,
    }));
    expect(history.map(({ adds }) => adds)).toEqual(['1', '2', '2', '3']);
    expect(fold(history.slice(0, 3), 3_600_000)).toMatchObject({ status: 'approved', commission: usd('15') });
    expect(fold(history, 3_600_000)).toMatchObject({ status: 'reversed', commission: usd('0') });
  });
});

test("a refund's id may stand where another variant has the sale's", () => {
  const sale = { fields: { conversionId: 'id', status: { from: 'type', approved: 'SALE' } } };
  const refund = { when: 'of', fields: { conversionId: 'of', status } };
  const given = { fields: undefined, variants: [refund, sale], repeat: { distinct: 'id' } };
  expect(problemsOf(given)).toEqual([]);
  expect(problemsOf({ ...given, repeat: { distinct: 'of' } }).join()).toContain(`"of" is the sale's own id`);
});

describe('what does not load', () => {
  const hint = 'what is added must be told from a retry: name their id of the change under repeat.distinct';

  test.each<[object, string]>([
    [{ repeat: { amounts: 'add' } }, `repeat.amounts | repeat.amounts: ${hint}`],
    [{ fields: { status } }, `fields.status.adjusted | fields.status.adjusted: ${hint}`],
    [{ fields: { status: undefined }, variants: [{ fields: { status } }] }, `variants.0.fields.status.adjusted | variants.0.fields.status.adjusted: ${hint}`],
    [{ repeat: { distinct: 'ref' } }, 'repeat.distinct | repeat.distinct: nothing is added here; it goes with "amounts: add" or with words under "adjusted"'],
    [{ repeat: { amounts: 'add', distinct: 'ref?' } }, 'repeat.distinct | repeat.distinct: it has to come with every sale: leave out "?"'],
    [{ repeat: { amounts: 'add', distinct: 'headers.ref' } }, 'repeat.distinct | repeat.distinct: "headers.ref": did you mean "header.ref"?'],
    [{ repeat: { amounts: 'add', distinct: 'id' } }, `repeat.distinct | repeat.distinct: "id" is the sale's own id, the same for all its changes`],
    [{ repeat: { amounts: 'plus', distinct: 'ref' } }, 'repeat.amounts | "plus" is none of replace, add'],
    [{ fields: { status: { from: 's', approved: 'a', default: 'adjusted' } } }, 'fields.status.default | "adjusted" is none of pending, approved, rejected, reversed, paid, on_hold'],
  ])('%o', (given, problem) => {
    expect(problemsOf(given as Record<string, unknown>)).toContainEqual(problem);
  }); // prettier-ignore
});
