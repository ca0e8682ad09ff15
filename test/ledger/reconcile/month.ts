import type { ConversionEvent } from '../../../services/contract/event.ts';
import type { QuarantineRecord, RefusedRecord } from '../../../services/contract/records.ts';
import type { Reason } from '../../../services/ledger/reconcile/reasons.ts';
import { request } from '../../support/manifest.ts';
import { partnerFrom } from '../../support/partners.ts';
import { anEvent } from '../../support/events.ts';
import { faults, pairFaults, type Fault } from './faults.ts';

/** The network of these months: its days are Kuala Lumpur's. */
export const acme = partnerFrom(`
id: acme
name: Acme
path: /acme/event
verify: { secret: token, at: query.token }
fields:
  conversionId: id
  orderId: order?
  occurredAt: at? Asia/Kuala_Lumpur
  status: { from: status, approved: ok, pending: new }
`);

/** What came of one sale, and why its sides differ: known to whoever made it. */
export interface MadeSale {
  fault: string;
  /** In the ledger, in the order in which it came. */
  events: ConversionEvent[];
  quarantined: QuarantineRecord[];
  refused: RefusedRecord[];
  /** Rows of the report. */
  rows: ConversionEvent[];
  /** Differences that there are, each by its reasons. */
  truth: Reason[][];
  /** Whether healing makes it good. */
  heals: boolean;
}

/** One sale that both sides tell alike: the ground that faults are made on. */
export interface Ground {
  id: string;
  /** When it was made, UTC. */
  at: Date;
  postback: Partial<ConversionEvent>;
  row: Partial<ConversionEvent>;
  random: () => number;
}

/** A small generator of numbers from 0 to 1 that gives the same ones for the same seed: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** October 2026 in Kuala Lumpur, with every kind of fault at least once, and several at once. */
export function makeMonth(seed: number, sales: number): MadeSale[] {
  const random = randomFrom(seed);
  const kinds = [...Object.keys(faults), ...pairsOfFaults()];
  return Array.from({ length: Math.max(sales, kinds.length * 2) }, (_, n) => {
    const isFaulty = n < kinds.length * 2 || random() < 0.2;
    const kind =
      n < kinds.length * 2 ? kinds[n % kinds.length]! : kinds[Math.floor(random() * kinds.length)]!;
    const ground = groundOf(n, random);
    return isFaulty ? faulty(kind, ground) : told(ground, { fault: 'none', truth: [], heals: true });
  });
}

/** Every two faults of a pair that can come together. */
function pairsOfFaults(): string[] {
  const names = Object.keys(pairFaults);
  return [...names, ...names.flatMap((a, i) => names.slice(i + 1).filter((b) => !clash(a, b)).map((b) => `${a} + ${b}`))]; // prettier-ignore
}

const clash = (a: string, b: string) =>
  [pairFaults[a]!, pairFaults[b]!].every(({ touches }) => touches === 'amounts') ||
  pairFaults[a]!.alone === true || pairFaults[b]!.alone === true; // prettier-ignore

function faulty(kind: string, ground: Ground): MadeSale {
  const whole: Fault | undefined = faults[kind];
  if (whole) return { fault: kind, ...emptySale, ...whole(ground) };
  const reasons: Reason[] = [];
  let heals = true;
  for (const name of kind.split(' + ')) {
    const { make, reason, keeps = true } = pairFaults[name]!;
    make(ground);
    reasons.push(...[reason].flat());
    heals &&= keeps;
  }
  return told(ground, { fault: kind, truth: [[...new Set(reasons)]], heals });
}

const emptySale = { events: [], quarantined: [], refused: [], rows: [], truth: [], heals: true };

/** Half of what needs no row to differ was told by an earlier report too. */
const told = ({ postback, row }: Ground, more: Pick<MadeSale, 'fault' | 'truth' | 'heals'>): MadeSale => ({
  ...emptySale,
  ...more,
  events: [anEvent(postback)],
  rows: [anEvent(row)],
});

/** Sales of the evening in Kuala Lumpur, so that eight hours more are another day; the first and the last day are among them. */
function groundOf(n: number, random: () => number): Ground {
  const day = n % 7 === 0 ? 1 : n % 11 === 0 ? 31 : 1 + Math.floor(random() * 31);
  const at = new Date(Date.UTC(2026, 9, day, 11 + Math.floor(random() * 4), Math.floor(random() * 60), Math.floor(random() * 60))); // prettier-ignore
  const cents = 1_000 + Math.floor(random() * 90_000);
  const id = String(700_000_000 + n * 100);
  const sale: Partial<ConversionEvent> = {
    partner: 'acme',
    conversionId: id,
    orderId: `O-${id}`,
    clickId: `c-${id}`,
    publisherRef: 'MKK-home',
    subIds: ['MKK-home'],
    status: 'approved',
    saleAmount: usd(cents),
    commission: { amount: decimal(cents * 7, 4), currency: 'USD' },
    localSaleAmount: { amount: decimal(cents * 47, 3), currency: 'MYR' },
    localCommission: { amount: decimal(cents * 33, 4), currency: 'MYR' },
    occurredAt: at.toISOString(),
  };
  const postback = { ...sale, receivedAt: new Date(at.getTime() + 300_000).toISOString() };
  const row = { ...sale, via: 'report' as const, verified: true, receivedAt: '2026-11-10T00:00:00.000Z' };
  return { id, at, postback, row, random };
}

export const usd = (cents: number) => ({ amount: decimal(cents, 2), currency: 'USD' });

/** Whole units with so many decimals, as short as can be. */
export function decimal(units: number, decimals: number): string {
  const digits = String(units).padStart(decimals + 1, '0');
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return digits.slice(0, digits.length - decimals) + (fraction && `.${fraction}`);
}

/** What the gateway makes of a request. */
export function asCame(
  query: string,
  at: Date,
): { quarantined: QuarantineRecord[]; refused: RefusedRecord[] } {
  const decision = acme.decide(request({ path: '/acme/event', query }), () => ['right'], at);
  return {
    quarantined: decision.is === 'quarantined' ? [decision.record] : [],
    refused: decision.is === 'refused' && decision.record ? [decision.record] : [],
  };
}
