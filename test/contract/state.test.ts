import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConversionEvent } from '../../services/contract/event.ts';
import { fold, type ConversionState } from '../../services/contract/state.ts';
import type { Status } from '../../services/contract/status.ts';
import { anEvent, eventsOfOne, minutes, unverified, verified } from '../support/events.ts';

const hour = 3_600_000;

/** A verified event received so many minutes after noon. */
const at = (minute: number, status: Status, changes: Partial<ConversionEvent> = {}) =>
  anEvent({ status, receivedAt: minutes(minute), ...changes });

const usd = (amount: string) => ({ amount, currency: 'USD' });

function stateOf(...history: ConversionEvent[]): ConversionState {
  const state = fold(history, hour);
  if (!state) throw new Error('an empty history has no state');
  return state;
}
const statusOf = (...history: ConversionEvent[]) => stateOf(...history).status;

/** What an event or a state says, without when and how it was reported. */
function saysOf(told: ConversionState) {
  const { receivedAt, updatedAt, via, verified, extra, ...says } = told;
  return says;
}

test('without events there is no state', () => {
  expect(fold([], hour)).toBeUndefined();
});

test('the state of one event is what it says, without its request', () => {
  const { version, id, raw, ...rest } = anEvent({ orderId: 'o1', extra: { note: 'x' } });
  expect(stateOf(anEvent({ orderId: 'o1', extra: { note: 'x' } }))).toEqual(rest);
});

describe('states that follow each other', () => {
  test.each<[string, ConversionEvent[], Status]>([
    ['a decision follows pending', [at(0, 'pending'), at(1, 'approved')], 'approved'],
    ['any decision follows any', [at(0, 'rejected'), at(1, 'approved'), at(2, 'reversed')], 'reversed'],
    ['pending is no news after a decision', [at(0, 'approved'), at(1, 'pending')], 'approved'],
    ['however late it comes', [at(0, 'approved'), at(100_000, 'pending')], 'approved'],
    ['nor after a freeze', [at(0, 'on_hold'), at(300, 'pending')], 'on_hold'],
    [
      'pending with a newer update time is',
      [at(0, 'approved', { updatedAt: minutes(-10) }), at(1, 'pending', { updatedAt: minutes(-5) })],
      'pending',
    ],
    [
      'pending with an older update time came too late',
      [at(0, 'approved', { updatedAt: minutes(-5) }), at(1, 'pending', { updatedAt: minutes(-10) })],
      'approved',
    ],
    [
      'frozen and freed by reports within the window: no report is a late retry',
      [
        at(0, 'approved', { via: 'report' }),
        at(5, 'on_hold', { via: 'report' }),
        at(10, 'approved', { via: 'report' }),
      ],
      'approved',
    ],
    [
      'frozen, then freed after the window',
      [at(0, 'approved'), at(90, 'on_hold'), at(120, 'approved')],
      'approved',
    ],
    [
      'within the window it is a late retry',
      [at(0, 'approved'), at(30, 'on_hold'), at(59, 'approved')],
      'on_hold',
    ],
    ['just within', [at(0, 'approved'), at(30, 'on_hold'), at(60, 'approved')], 'on_hold'],
    [
      'just after',
      [at(0, 'approved'), at(30, 'on_hold'), at(60, 'approved', { receivedAt: '2026-11-24T13:00:00.001Z' })],
      'approved',
    ],
    [
      'freed within the window, by a newer update time',
      [
        at(0, 'approved', { updatedAt: minutes(-3) }),
        at(1, 'on_hold', { updatedAt: minutes(-2) }),
        at(2, 'approved', { updatedAt: minutes(-1) }),
      ],
      'approved',
    ],
    [
      'a retry with its old update time changes nothing, however late',
      [
        at(0, 'approved', { updatedAt: minutes(-3) }),
        at(1, 'on_hold', { updatedAt: minutes(-2) }),
        at(10_000, 'approved', { updatedAt: minutes(-3) }),
      ],
      'on_hold',
    ],
    [
      'update times count, not the order of arrival',
      [at(0, 'paid', { updatedAt: minutes(-1) }), at(50, 'approved', { updatedAt: minutes(-60) })],
      'paid',
    ],
    [
      'an earlier word that brings other news is no retry',
      [at(0, 'approved'), at(1, 'on_hold'), at(2, 'approved', { commission: usd('3') })],
      'approved',
    ],
  ])('%s', (_, history, status) => {
    expect(statusOf(...history)).toBe(status);
    expect(statusOf(...history.toReversed())).toBe(status);
  });

  test('the window is counted from when a state was kept: a retry in between does not put its return off', () => {
    const [sold, frozen, retried, freed] = [
      at(0, 'approved'),
      at(10, 'on_hold'),
      at(50, 'approved'),
      at(100, 'approved'),
    ] as const;
    expect(statusOf(sold, frozen, freed), 'as the gateway keeps it: it drops the retry').toBe('approved');
    expect(statusOf(sold, frozen, retried, freed), 'as two instances may keep it').toBe('approved');
  });

  test('another window, another verdict', () => {
    const history = [at(0, 'approved'), at(30, 'on_hold'), at(59, 'approved')];
    expect([fold(history, 0)?.status, fold(history, 2 * hour)?.status]).toEqual(['approved', 'on_hold']);
  });
});

describe('fields', () => {
  test('what an event does not bring stays as it was', () => {
    const state = stateOf(
      at(0, 'pending', { orderId: 'o1', saleAmount: usd('10'), partnerStatus: 'New' }),
      at(1, 'approved', { commission: usd('1') }),
    );
    expect(state).toMatchObject({
      status: 'approved',
      orderId: 'o1',
      saleAmount: usd('10'),
      commission: usd('1'),
      partnerStatus: 'New',
    });
  });

  test('the name of an offer stays when only its id comes again', () => {
    const state = stateOf(
      at(0, 'pending', { offer: { id: '5', name: 'Shoes' } }),
      at(1, 'approved', { offer: { id: '5' } }),
    );
    expect(state.offer).toEqual({ id: '5', name: 'Shoes' });
  });

  test('but not when it is another offer', () => {
    const state = stateOf(
      at(0, 'pending', { offer: { id: '5', name: 'Shoes' } }),
      at(1, 'approved', { offer: { id: '6' } }),
    );
    expect(state.offer).toEqual({ id: '6' });
  });

  test('what is known of a product stays, too', () => {
    const state = stateOf(
      at(0, 'pending', { product: { id: '6', name: 'Boots' } }),
      at(1, 'approved', { product: { quantity: '2' } }),
    );
    expect(state.product).toEqual({ id: '6', name: 'Boots', quantity: '2' });
  });

  test('an amount is replaced whole: its currency goes with it', () => {
    const state = stateOf(
      at(0, 'approved', { saleAmount: { amount: '40', currency: 'MYR' } }),
      at(1, 'approved', { saleAmount: usd('10') }),
    );
    expect(state.saleAmount).toEqual(usd('10'));
  });

  test('a mended sub id is news', () => {
    const state = stateOf(
      at(0, 'approved', { subIds: ['wrong', 'x'] }),
      at(1, 'approved', { subIds: ['right', 'x'] }),
    );
    expect(state.subIds).toEqual(['right', 'x']);
  });

  test('a sub id that comes later fills its slot, an empty one empties none', () => {
    const state = stateOf(
      at(0, 'approved', { subIds: ['a', '', 'c'] }),
      at(1, 'approved', { subIds: ['', 'b'] }),
    );
    expect(state.subIds).toEqual(['a', 'b', 'c']);
  });

  test('what is kept beside is collected', () => {
    const state = stateOf(
      at(0, 'pending', { extra: { a: '1', b: '2' } }),
      at(1, 'approved', { extra: { b: '3' } }),
    );
    expect(state.extra).toEqual({ a: '1', b: '3' });
  });

  test('what equals the current state adds nothing, not even its time', () => {
    const first = at(0, 'approved', { orderId: 'o1' });
    expect(stateOf(first, at(500, 'approved', { orderId: 'o1' }))).toEqual(stateOf(first));
    expect(stateOf(first, at(500, 'approved', { orderId: 'o1', updatedAt: minutes(400) }))).toEqual(
      stateOf(first),
    );
    expect(stateOf(first, at(500, 'approved'))).toEqual(stateOf(first));
  });
});

describe('what is proven goes before what is not', () => {
  const hint = at(0, 'pending', { verified: false, commission: usd('99'), clickId: 'forged' });

  test('a report replaces what an unverified postback set', () => {
    const report = at(10, 'approved', { via: 'report', verified: true, commission: usd('1') });
    expect(stateOf(hint, report)).toEqual(stateOf(report));
  });

  test('also a report that came first', () => {
    const report = at(-10, 'approved', { via: 'report', verified: true, commission: usd('1') });
    expect(stateOf(hint, report)).toEqual(stateOf(report));
  });

  test('so does a verified postback', () => {
    const proven = at(10, 'approved', { commission: usd('1') });
    expect(stateOf(hint, proven)).toEqual(stateOf(proven));
  });

  test('an unverified one changes nothing, even with a newer update time', () => {
    const proven = at(0, 'approved', { updatedAt: minutes(-10) });
    const forged = at(50, 'reversed', { verified: false, updatedAt: minutes(40) });
    expect(stateOf(proven, forged)).toEqual(stateOf(proven));
  });

  test('unverified ones alone are folded like any', () => {
    const later = at(10, 'approved', { verified: false });
    expect(stateOf(hint, later)).toMatchObject({ status: 'approved', verified: false, clickId: 'forged' });
  });

  test('and are never shown as verified', () => {
    fc.assert(
      fc.property(fc.array(unverified, { minLength: 1 }), (events) => {
        expect(stateOf(...events).verified).toBe(false);
      }),
    );
  });
});

/** A change of amounts: told apart by `adds`. */
const change = (minute: number, amount: string, adds: string, changes: Partial<ConversionEvent> = {}) =>
  at(minute, 'adjusted', { adds, commission: usd(amount), ...changes });

describe('what is added', () => {
  const sale = at(0, 'approved', { commission: usd('10'), saleAmount: usd('100'), partnerStatus: 'SALE' });
  const after = (...events: ConversionEvent[]) => {
    const { status, commission, saleAmount } = stateOf(sale, ...events);
    expect(saleAmount, 'what is not changed stays').toEqual(usd('100'));
    return `${status} ${commission?.amount}`;
  };

  test.each<[string, ConversionEvent[], string]>([
    ['a partial refund leaves the rest of the sale', [change(1, '-2.5', 'r1')], 'approved 7.5'],
    ['two equal ones are two', [change(1, '-2', 'r1'), change(2, '-2', 'r2')], 'approved 6'],
    ['one that is told again is one', [change(1, '-2', 'r1'), change(2, '-2', 'r1')], 'approved 8'],
    ['however late', [change(1, '-2', 'r1'), change(5000, '-2', 'r1')], 'approved 8'],
    ['one that is mended is mended', [change(1, '-2', 'r1'), change(2, '-3', 'r1')], 'approved 7'],
    ['more than there was', [change(1, '-12', 'r1')], 'approved -2'],
    ['a retry of the sale, soon', [change(1, '-2', 'r1'), { ...sale, receivedAt: minutes(2) }], 'approved 8'],
    ['or late, does not undo it', [change(1, '-2', 'r1'), { ...sale, receivedAt: minutes(900) }], 'approved 8'],
    ['nor does a new status of it', [change(1, '-2', 'r1'), at(2, 'paid', { commission: usd('10') })], 'paid 8'],
    ['it does not undo a reversal', [at(1, 'reversed'), change(2, '-2', 'r1')], 'reversed 8'],
    ['a report says what is left', [change(1, '-2', 'r1'), at(2, 'paid', { via: 'report', commission: usd('8') })], 'paid 8'],
    ['and counts what comes again after it once', [change(1, '-2', 'r1'), at(2, 'paid', { via: 'report', commission: usd('8') }), change(90, '-2', 'r1')], 'paid 8'],
    ['and what is new', [change(1, '-2', 'r1'), at(2, 'paid', { via: 'report', commission: usd('8') }), change(90, '-1', 'r2')], 'paid 7'],
    ['in another currency leaves no sum at all', [change(1, '-2', 'r1', { commission: { amount: '-2', currency: 'EUR' } })], 'approved undefined'],
  ])('%s', (_, events, expected) => {
    expect(after(...events)).toBe(expected);
    expect(after(...events.toReversed())).toBe(expected);
  }); // prettier-ignore

  test('before its sale came: adjusted, and no word of the status', () => {
    expect(stateOf(change(0, '-2', 'r1'))).toMatchObject({ status: 'adjusted', commission: usd('-2') });
    const late = at(5, 'pending', { commission: usd('10') });
    expect(stateOf(change(0, '-2', 'r1'), late)).toMatchObject({ status: 'pending', commission: usd('8') });
  });

  test("keeps the partner's word for the status", () => {
    expect(stateOf(sale, change(1, '-2', 'r1', { partnerStatus: 'RFND' })).partnerStatus).toBe('SALE');
  });

  test('where every report adds, statuses follow each other as ever, and no amount is lost to a pending', () => {
    const add = (minute: number, status: Status, amount: string, adds: string) =>
      at(minute, status, { adds, commission: usd(amount) });
    expect(stateOf(add(0, 'approved', '1', 'a'), add(1, 'approved', '1', 'b'), add(2, 'pending', '3', 'c'))).toMatchObject({
      status: 'approved',
      commission: usd('5'),
    });
    expect(stateOf(add(0, 'approved', '1', 'a'), add(1, 'reversed', '-1', 'b'))).toMatchObject({
      status: 'reversed',
      commission: usd('0'),
    });
  }); // prettier-ignore

  test('an unverified one changes nothing', () => {
    expect(after(change(1, '-2', 'r1', { verified: false }))).toBe('approved 10');
  });

  test('the sum is the same in whatever order and however often changes are given', () => {
    const changes = fc.uniqueArray(fc.tuple(fc.integer({ min: -500, max: 500 }), fc.nat(50)), { maxLength: 8 });
    fc.assert(
      fc.property(changes, fc.boolean(), (amounts, reversed) => {
        const events = amounts.map(([cents, minute], i) => change(minute, `${cents / 4}`, `r${i}`));
        const given = [...events, ...events, sale];
        const expected = 10 + amounts.reduce((sum, [cents]) => sum + cents / 4, 0);
        expect(Number(stateOf(...(reversed ? given.reverse() : given)).commission?.amount)).toBe(expected);
      }),
    );
  }); // prettier-ignore
});

const history = fc.array(eventsOfOne, { maxLength: 12 });
const provenHistory = fc.array(verified, { minLength: 1, maxLength: 12 });
/** Histories of a partner that sends no update times. */
const undated = fc.array(
  verified.filter(({ updatedAt }) => updatedAt === undefined),
  { minLength: 1, maxLength: 12 },
);

describe('for every history', () => {
  test('the order in which events are given makes no difference', () => {
    const shuffled = history.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
    );
    fc.assert(
      fc.property(shuffled, ([events, others]) => {
        expect(fold(others, hour)).toEqual(fold(events, hour));
      }),
      { numRuns: 200 },
    );
  });

  test('nor that some are given again', () => {
    const repeated = history.chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events)));
    fc.assert(
      fc.property(repeated, ([events, again]) => {
        expect(fold([...again, ...events, ...again], hour)).toEqual(fold(events, hour));
      }),
      { numRuns: 200 },
    );
  });

  test('nor that one which nothing else resembles is delivered again within the window', () => {
    const kept = ({ receivedAt, ...event }: ConversionEvent, later: number): ConversionEvent => ({
      ...event,
      receivedAt: new Date(Date.parse(receivedAt) + later).toISOString(),
    });
    const unlike = fc.uniqueArray(
      verified.filter(({ via, updatedAt }) => via === 'postback' && updatedAt === undefined),
      { selector: ({ id }) => id, minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(unlike, fc.nat(), fc.integer({ min: 0, max: hour }), (events, which, later) => {
        const again = kept(events[which % events.length]!, later);
        expect(fold([...events, again], hour)).toEqual(fold(events, hour));
      }),
      { numRuns: 150 },
    );
  });

  test('unverified events never change a verified conversion', () => {
    fc.assert(
      fc.property(provenHistory, fc.array(unverified), (proven, hints) => {
        expect(fold([...hints, ...proven], hour)).toEqual(fold(proven, hour));
      }),
      { numRuns: 150 },
    );
  });

  test('the event with the newest update time is what is true, in every field that it brings', () => {
    fc.assert(
      fc.property(provenHistory, verified, (events, last) => {
        const newest = anEvent({ ...last, updatedAt: minutes(1000), receivedAt: minutes(1001) });
        const { subIds, offer, ...says } = saysOf(newest) as ConversionEvent;
        const { version, id, raw, ...fields } = says;
        const state = stateOf(...events, newest);
        expect(state).toMatchObject({ ...fields, ...(offer && { offer }) });
        expect(subIds.every((slot, i) => slot === '' || state.subIds[i] === slot)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('nothing in the state was never said', () => {
    fc.assert(
      fc.property(provenHistory, (events) => {
        const state = stateOf(...events);
        for (const field of [
          'status',
          'orderId',
          'clickId',
          'saleAmount',
          'commission',
          'updatedAt',
        ] as const)
          expect([undefined, ...events.map((event) => event[field])]).toContainEqual(state[field]);
      }),
    );
  });

  test('what any event brought is known: no field is lost', () => {
    fc.assert(
      fc.property(undated, (events) => {
        const state = stateOf(...events);
        const first = events.reduce((a, b) => (a.receivedAt <= b.receivedAt ? a : b));
        const same = events.filter(({ receivedAt }) => receivedAt === first.receivedAt);
        fc.pre(same.length === 1);
        for (const field of ['orderId', 'clickId', 'saleAmount', 'partnerStatus'] as const)
          if (first[field] !== undefined) expect(state[field]).toBeDefined();
      }),
    );
  });

  test('a decision without update times is never undone by pending', () => {
    fc.assert(
      fc.property(undated, fc.integer({ min: 0, max: 10_000 }), (events, later) => {
        const before = stateOf(...events);
        fc.pre(before.status !== 'pending');
        const pending = at(301 + later, 'pending', { clickId: 'c9' });
        expect(stateOf(...events, pending)).toEqual(before);
      }),
    );
  });

  test('saying the state once more adds nothing', () => {
    fc.assert(
      fc.property(provenHistory, fc.integer({ min: 1, max: 10_000 }), (events, later) => {
        const state = stateOf(...events);
        const again = anEvent({
          ...state,
          receivedAt: minutes(300 + later),
          updatedAt: minutes(300 + later),
        });
        expect(stateOf(...events, again)).toEqual(state);
      }),
      { numRuns: 150 },
    );
  });
});

test('of two that came in one millisecond the one with the greater id counts, in whatever order they are given', () => {
  const two = [at(0, 'approved'), at(0, 'rejected')] as const;
  const [, later] = two.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  expect([statusOf(two[0], two[1]), statusOf(two[1], two[0])]).toEqual([later?.status, later?.status]);
});

test('two deliveries in one millisecond that differ only in what is kept beside have one state in either order', () => {
  const [one, two] = [
    at(0, 'approved', { extra: { note: 'a' } }),
    at(0, 'approved', { extra: { note: 'b' } }),
  ];
  expect(one.id).toBe(two.id);
  expect(stateOf(one, two)).toEqual(stateOf(two, one));
});
