import type { ColumnType, Generated, Kysely } from 'kysely';
import type { RuleKind } from './publishers/attribution.ts';
import type { ExchangeTables } from './exchange/tables.ts';
import type { OutboundTables } from './outbound/tables.ts';
import type { PayoutRule } from './payouts/payout.ts';
import type { ReconcileTables } from './reconcile/tables.ts';

/** A time that the database gives where none is said. */
type Written = ColumnType<Date, Date | undefined, never>;

/** Every event, for ever: what is true of a conversion is folded from these, so a row of `conversions` can always be made again. */
interface Events {
  id: string;
  key: string;
  partner: string;
  received_at: ColumnType<Date, Date | string, never>;
  /** The event as JSON. Text: JSON types refuse \u0000, and what was sent is kept as it was sent. */
  data: string;
  seq: Generated<number>;
  /** Its request is gone: past its time, or erased. */
  bare: ColumnType<boolean, boolean | undefined>;
}

/** Conversions whose person is erased, and whose they were then: that stays, since what told so is gone. */
interface ErasedConversions {
  key: string;
  publisher: string;
  attributed_by: string;
  attribution_rule: number | null;
  erased_at: Written;
}

/** One row per conversion: its state, who brought it and what they are owed. Amounts are exact; in one currency each. */
export interface Conversions {
  key: string;
  partner: string;
  conversion_id: string;
  line_id: string | null;
  order_id: string | null;
  click_id: string | null;
  offer_id: string | null;
  status: string;
  verified: boolean;
  test: boolean;
  sale_amount: string | null;
  sale_currency: string | null;
  commission_amount: string | null;
  commission_currency: string | null;
  occurred_at: Date | null;
  first_received_at: Date;
  last_received_at: Date;
  /** How many events it is folded from. */
  events: number;
  /** What is true of it now (ConversionState), as JSON. */
  state: string;
  /** Who earns it; the house account, if nobody else can claim it. */
  publisher: string;
  /** How it was found out whose it is: click, exact, prefix, pattern, offer or house; and by which rule. */
  attributed_by: string;
  attribution_rule: number | null;
  payout_amount: string | null;
  payout_currency: string | null;
  payout_rule: number | null;
  /** Why nothing is owed (yet), or null. */
  payout_held: string | null;
  payable_at: Date | null;
  /** What its publisher is paid in; null: the currency of what the payout is reckoned of. */
  pay_in: string | null;
  /** The stored rates by which the payout was converted, and by which its cost was. */
  payout_exchange: number | null;
  cost_exchange: number | null;
  /** The payout in the commission's currency: what is left of the commission is our margin. */
  payout_cost: string | null;
  changed_at: Written;
}

/** What could not be recorded, with its reason: acknowledged, so that it blocks nobody. */
interface Poison {
  id: string;
  source: string;
  data: string;
  why: string;
  stored_at: Written;
}

/** How far the embedded bus is read. */
interface Cursors {
  topic: string;
  seq: number;
}

/** Authentic requests that could not be read; `outcome` is what the last replay made of one. */
interface Quarantine {
  id: string;
  partner: string;
  received_at: ColumnType<Date, Date | string, never>;
  verified: boolean;
  /** The QuarantineRecord as JSON. */
  record: string;
  stored_at: Written;
  replayed_at: Date | null;
  outcome: string | null;
}

/** Requests that failed verification; released only by a named person, with a reason. */
interface Refused {
  id: string;
  partner: string;
  conversion_id: string;
  received_at: ColumnType<Date, Date | string, never>;
  /** The RefusedRecord as JSON. */
  record: string;
  stored_at: Written;
  released_at: Date | null;
  released_by: string | null;
  reason: string | null;
}

interface Publishers {
  id: string;
  name: string;
  status: ColumnType<string, string | undefined>;
  contacts: ColumnType<string, string | undefined>;
  /** The currency that they are paid in; null: in that of what a payout is reckoned of. */
  pay_in: ColumnType<string | null, string | null | undefined>;
  created_at: Written;
}

interface AttributionRules {
  id: Generated<number>;
  publisher: string;
  kind: RuleKind;
  value: string;
  partner: string | null;
  priority: ColumnType<number, number | undefined>;
  since: string | null;
  until: string | null;
  removed_at: Date | null;
}

interface Clicks {
  id: string;
  publisher: string;
  made_at: Written;
}

interface PayoutRules {
  id: Generated<number>;
  publisher: string | null;
  partner: string | null;
  offer: string | null;
  kind: PayoutRule['kind'];
  rate: string | null;
  fixed: string | null;
  cap: string | null;
  minimum: string | null;
  currency: string | null;
  hold_days: ColumnType<number, number | undefined>;
  since: string | null;
  until: string | null;
  made_at: Written;
  removed_at: Date | null;
}

interface ApiKeys {
  hash: string;
  publisher: string;
  name: string;
  made_at: Written;
  revoked_at: Date | null;
}

/** Who changed what of a publisher, a rule or a statement; before and after as JSON. */
interface Audit {
  seq: Generated<number>;
  at: Written;
  who: string;
  what: string;
  subject: string;
  before: string | null;
  after: string | null;
}

/** A closed month of one publisher in one currency. It is never changed: what changes later goes to a later one. */
interface Statements {
  id: Generated<number>;
  publisher: string;
  month: string;
  currency: string;
  total: string;
  closed_at: Written;
  closed_by: string;
}

interface StatementLines {
  statement: number;
  key: string;
  amount: string;
  reason: string;
}

/** Our side of a line of a statement, in the currency of the commission: what it adds to what earlier statements say of the conversion. */
interface StatementCommissions {
  statement: number;
  key: string;
  currency: string;
  commission: string;
  cost: string;
}

export interface LedgerTables extends OutboundTables, ExchangeTables, ReconcileTables {
  events: Events;
  conversions: Conversions;
  erased: ErasedConversions;
  poison: Poison;
  quarantine: Quarantine;
  refused: Refused;
  cursors: Cursors;
  publishers: Publishers;
  attribution_rules: AttributionRules;
  clicks: Clicks;
  payout_rules: PayoutRules;
  api_keys: ApiKeys;
  audit: Audit;
  statements: Statements;
  statement_lines: StatementLines;
  statement_commissions: StatementCommissions;
}

/** The ledger's database: embedded or PostgreSQL, the same statements on both. */
export type Ledger = Kysely<LedgerTables>;
