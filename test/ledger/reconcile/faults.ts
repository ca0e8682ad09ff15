import type { ConversionEvent } from '../../../services/contract/event.ts';
import type { Money } from '../../../services/contract/money.ts';
import type { Reason } from '../../../services/ledger/reconcile/reasons.ts';
import { anEvent } from '../../support/events.ts';
import { asCame, type Ground, type MadeSale } from './month.ts';

export type Fault = (ground: Ground) => Partial<MadeSale>;

/** A fault in a sale that both sides tell: it changes one of them. */
interface PairFault {
  make: (ground: Ground) => void;
  reason: Reason | Reason[];
  /** Two that touch the amounts would hide each other. */
  touches?: 'amounts';
  /** Comes with no other. */
  alone?: boolean;
  /** Whether it can be healed. */
  keeps?: boolean;
}

const later = (at: Date, minutes: number) => new Date(at.getTime() + minutes * 60_000).toISOString();

/** Half of an amount and so on, to its last digit. */
const times = ({ amount, currency }: Money, numerator: bigint, denominator: bigint): Money => {
  const [whole = '0', fraction = ''] = amount.split('.');
  const units = (BigInt(whole + fraction.padEnd(8, '0')) * numerator) / denominator;
  const digits = units.toString().padStart(9, '0');
  const decimals = digits.slice(-8).replace(/0+$/, '');
  return { amount: digits.slice(0, -8) + (decimals && `.${decimals}`), currency };
};

const all = ['saleAmount', 'commission', 'localSaleAmount', 'localCommission'] as const;

export const pairFaults: Record<string, PairFault> = {
  'status behind': { reason: 'status-behind', make: ({ postback }) => void (postback.status = 'pending') },
  'rounded to cents': {
    reason: 'rounding',
    touches: 'amounts',
    make: ({ postback, row }) => {
      postback.commission = { amount: '2.975', currency: 'USD' };
      row.commission = { amount: '2.98', currency: 'USD' };
    },
  },
  'converted at another rate': {
    reason: 'exchange-rate',
    touches: 'amounts',
    make: ({ row }) => {
      row.saleAmount = times(row.saleAmount!, 103n, 100n);
      row.commission = times(row.commission!, 103n, 100n);
    },
  },
  'another currency': {
    reason: 'currency',
    touches: 'amounts',
    make: ({ postback }) => {
      for (const name of all.slice(0, 2)) postback[name] = { ...postback[name]!, currency: 'SGD' };
    },
  },
  'adjusted, with a date': {
    reason: 'adjustment',
    touches: 'amounts',
    make: ({ row, at }) => {
      row.updatedAt = later(at, 3_000);
      row.commission = times(row.commission!, 3n, 5n);
      row.localCommission = times(row.localCommission!, 3n, 5n);
    },
  },
  'part taken back': {
    reason: 'adjustment',
    touches: 'amounts',
    make: ({ row }) => {
      for (const name of all) row[name] = times(row[name]!, 1n, 2n);
    },
  },
  'another day': {
    reason: 'day',
    make: ({ postback, at }) => void (postback.occurredAt = later(at, 8 * 60)),
  },
  'another publisher': { reason: 'publisher', make: ({ row }) => void (row.publisherRef = 'DEEP-1') },
  'marked a test': { reason: 'test-mark', make: ({ postback }) => void (postback.test = true) },
  'commission not sent': {
    reason: 'amount-missing',
    touches: 'amounts',
    make: ({ postback }) => {
      delete postback.commission;
      delete postback.localCommission;
    },
  },
  'a hint': { reason: 'confirmed', make: ({ postback }) => void (postback.verified = false) },
  'another commission, no one knows why': {
    reason: 'unexplained',
    touches: 'amounts',
    alone: true,
    keeps: false,
    make: ({ row }) => {
      row.commission = times(row.commission!, 4n, 5n);
      row.localCommission = times(row.localCommission!, 4n, 5n);
    },
  },
  'report behind': {
    reason: 'report-behind',
    alone: true,
    keeps: false,
    make: ({ row }) => void (row.status = 'pending'),
  },
  'report behind, with dates': {
    reason: 'report-behind',
    alone: true,
    keeps: false,
    make: ({ row, postback, at }) => {
      row.updatedAt = later(at, 10);
      row.status = 'paid';
      postback.updatedAt = later(at, 4_000);
      postback.receivedAt = later(at, 4_001);
    },
  },
};

const query = (id: string, more = '') => `token=right&id=${id}&status=${more || 'ok'}`;

/** Faults of the whole sale. */
export const faults: Record<string, Fault> = {
  'never arrived': ({ row }) => ({ rows: [anEvent(row)], truth: [['never-arrived']] }),
  'never arrived, an earlier report told it': ({ row }) => ({
    events: [anEvent({ ...row, receivedAt: '2026-11-01T00:00:00.000Z' })],
    rows: [anEvent(row)],
    truth: [['never-arrived']],
  }),
  'one line of an order never arrived': ({ postback, row, id }) => ({
    events: [anEvent(postback)],
    rows: [anEvent(row), anEvent({ ...row, conversionId: `${id}-2` })],
    truth: [['never-arrived']],
  }),
  quarantined: ({ row, id, at }) => ({
    ...asCame(query(id, 'wow'), at),
    rows: [anEvent(row)],
    truth: [['quarantined']],
  }),
  'quarantined, its id under another name': ({ row, id, at }) => ({
    ...asCame(`token=right&conv=${id}&status=ok`, at),
    rows: [anEvent(row)],
    truth: [['quarantined']],
  }),
  'its update quarantined': ({ postback, row, id, at }) => ({
    events: [anEvent({ ...postback, status: 'pending' })],
    ...asCame(query(id, 'wow'), new Date(later(at, 600))),
    rows: [anEvent(row)],
    truth: [['quarantined']],
  }),
  'quarantined once, then told': ({ postback, row, id, at }) => ({
    ...asCame(query(id, 'wow'), new Date(later(at, 1))),
    events: [anEvent(postback)],
    rows: [anEvent(row)],
  }),
  refused: ({ row, id, at }) => ({
    ...asCame(`token=wrong&id=${id}&status=ok`, at),
    rows: [anEvent(row)],
    truth: [['refused']],
  }),
  'its update refused': ({ postback, row, id, at }) => ({
    events: [anEvent({ ...postback, status: 'pending' })],
    ...asCame(`token=wrong&id=${id}&status=ok`, new Date(later(at, 600))),
    rows: [anEvent({ ...row, commission: times(row.commission!, 1n, 2n), localCommission: times(row.localCommission!, 1n, 2n) })], // prettier-ignore
    truth: [['refused']],
  }),
  'a stranger tried it, too': ({ postback, row, id, at }) => ({
    events: [anEvent(postback)],
    ...asCame(`token=wrong&id=${id}&status=ok`, new Date(later(at, 600))),
    rows: [anEvent(row)],
  }),
  'one order under two keys': ({ postback, row, id, at }) => ({
    events: [anEvent(postback), anEvent({ ...postback, conversionId: `${id}-b`, receivedAt: later(at, 6) })],
    rows: [anEvent(row)],
    truth: [['duplicate']],
    heals: false,
  }),
  'the same id under another account': ({ postback, row }) => ({
    events: [anEvent({ ...postback, account: 'A' }), anEvent({ ...postback, account: 'B' })],
    rows: [anEvent({ ...row, account: 'A' })],
    truth: [['duplicate']],
    heals: false,
  }),
  'two rows of one conversion': ({ postback, row }) => ({
    events: [anEvent(postback)],
    rows: [anEvent(row), anEvent({ ...row, saleAmount: times(row.saleAmount!, 1n, 3n) })],
    truth: [['duplicate-row']],
    heals: false,
  }),
  'two rows, of which one is newer': ({ postback, row, at }) => ({
    events: [anEvent(postback)],
    rows: [
      anEvent({ ...row, status: 'pending', updatedAt: later(at, 1) }),
      anEvent({ ...row, updatedAt: later(at, 2) }),
    ],
  }),
  'the same row on two pages': ({ postback, row }) => ({
    events: [anEvent(postback)],
    rows: [anEvent(row), anEvent({ ...row, extra: { page: '2' } })],
  }),
  unknown: ({ postback }) => ({ events: [anEvent(postback)], truth: [['unknown']], heals: false }),
  'one line of an order unknown': ({ postback, row, id }) => ({
    events: [anEvent(postback), anEvent({ ...postback, conversionId: `${id}-2`, saleAmount: times(postback.saleAmount!, 1n, 3n) })], // prettier-ignore
    rows: [anEvent(row)],
    truth: [['unknown']],
    heals: false,
  }),
  'an unconfirmed hint': ({ postback }) => ({
    events: [anEvent({ ...postback, verified: false })],
    truth: [['unconfirmed']],
    heals: false,
  }),
  'left out': ({ postback }) => ({
    events: [anEvent({ ...postback, status: 'rejected' })],
    truth: [['left-out']],
    heals: false,
  }),
  gone: ({ postback, row }) => ({
    events: [anEvent(postback), anEvent({ ...row, receivedAt: '2026-11-01T00:00:00.000Z' })],
    truth: [['gone']],
    heals: false,
  }),
  'an earlier report said otherwise': ({ postback, row }) => ({
    events: [
      anEvent(postback),
      anEvent({ ...row, status: 'on_hold', receivedAt: '2026-11-01T00:00:00.000Z' }),
    ],
    rows: [anEvent(row)],
    truth: [['earlier-report']],
  }),
  'adjusted after an earlier report': ({ postback, row }) => ({
    events: [anEvent(postback), anEvent({ ...row, receivedAt: '2026-11-01T00:00:00.000Z' })],
    rows: [anEvent({ ...row, commission: times(row.commission!, 4n, 5n), localCommission: times(row.localCommission!, 4n, 5n) })], // prettier-ignore
    truth: [['adjustment']],
  }),
  'both rejected, its amounts are nought': ({ postback, row }) => ({
    events: [anEvent({ ...postback, status: 'rejected' })],
    rows: [anEvent({ ...row, status: 'rejected', commission: { amount: '0', currency: 'USD' } })],
  }),
  'told in lines': ({ postback, row }) => ({
    events: [anEvent(postback)],
    rows: ['1', '2'].map((lineId) =>
      anEvent({
        ...row,
        lineId,
        ...Object.fromEntries(all.map((name) => [name, times(row[name]!, 1n, 2n)])),
      }),
    ),
    truth: [['split']],
    heals: false,
  }),
  'an account that the postback does not send': ({ postback, row }) => ({
    events: [anEvent(postback)],
    rows: [anEvent({ ...row, account: 'A' })],
    truth: [['other-identity']],
    heals: false,
  }),
  "the postback's id is the report's order": ({ postback, row, id }) => ({
    events: [anEvent(postback)],
    rows: [anEvent({ ...row, conversionId: `r${id}`, orderId: id })],
    truth: [['other-identity']],
    heals: false,
  }),
  'one order, other lines on each side': ({ postback, row, id }) => ({
    events: [anEvent(postback)],
    rows: [anEvent({ ...row, conversionId: `${id}-x`, saleAmount: times(row.saleAmount!, 1n, 3n) })],
    truth: [['unknown'], ['never-arrived']],
    heals: false,
  }),
  'a test of theirs': ({ postback }) => ({
    events: [anEvent({ ...postback, test: true })],
    truth: [['test']],
    heals: false,
  }),
  'a test in the report': ({ row }) => ({
    rows: [anEvent({ ...row, test: true })],
    truth: [['test']],
    heals: false,
  }),
  'status behind, healed before': ({ postback, row }) => ({
    events: [
      anEvent({ ...postback, status: 'pending' }),
      anEvent({ ...row, receivedAt: '2026-11-01T00:00:00.000Z' }),
    ],
    rows: [anEvent(row)],
    truth: [['status-behind']],
  }),
  'its row is of the month before': ({ postback, row }) => ({
    events: [anEvent({ ...postback, occurredAt: '2026-10-01T01:00:00.000+00:00'.replace('+00:00', 'Z') })],
    rows: [anEvent({ ...row, occurredAt: '2026-09-30T09:00:00.000Z' })],
  }),
  'its row is of this month, the postback of the next': ({ postback, row }) => ({
    events: [anEvent({ ...postback, occurredAt: '2026-10-31T20:00:00.000Z' })],
    rows: [anEvent({ ...row, occurredAt: '2026-10-31T12:00:00.000Z' })],
    truth: [['day']],
  }),
};

export type { ConversionEvent };
