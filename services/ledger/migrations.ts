import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { erasureTables } from './erasure/migration.ts';
import { exchangeTables } from './exchange/migration.ts';
import { outboundTables } from './outbound/migration.ts';
import { reconcileTables } from './reconcile/migration.ts';

const script = (...statements: string[]): Migration => ({
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});

/** Forward only: a migration that has run anywhere is never changed. The same on PGlite and PostgreSQL. */
export const migrations: Record<string, Migration> = {
  '001-record': script(
    `create table events (
      seq bigserial,
      id text not null,
      key text not null,
      partner text not null,
      received_at timestamptz not null,
      data text not null,
      primary key (id, received_at)
    )`,
    `create index events_by_key on events (key)`,
    `create table conversions (
      key text primary key,
      partner text not null,
      conversion_id text not null,
      line_id text,
      order_id text,
      click_id text,
      offer_id text,
      status text not null,
      verified boolean not null,
      test boolean not null,
      sale_amount numeric,
      sale_currency text,
      commission_amount numeric,
      commission_currency text,
      occurred_at timestamptz,
      first_received_at timestamptz not null,
      last_received_at timestamptz not null,
      events integer not null,
      state text not null,
      publisher text not null,
      attributed_by text not null,
      attribution_rule bigint,
      payout_amount numeric,
      payout_currency text,
      payout_rule bigint,
      payout_held text,
      payable_at timestamptz,
      changed_at timestamptz not null default clock_timestamp()
    )`,
    `create index conversions_by_publisher on conversions (publisher, occurred_at)`,
    `create index conversions_by_partner on conversions (partner, conversion_id)`,
    `create index conversions_by_change on conversions (changed_at desc)`,
    `create table poison (
      id text primary key,
      source text not null,
      data text not null,
      why text not null,
      stored_at timestamptz not null default clock_timestamp()
    )`,
    `create table cursors (topic text primary key, seq bigint not null)`,
  ),
  '002-publishers': script(
    `create table publishers (
      id text primary key,
      name text not null,
      status text not null default 'active' check (status in ('active', 'paused', 'closed')),
      contacts text not null default '{}',
      created_at timestamptz not null default clock_timestamp()
    )`,
    `create table attribution_rules (
      id bigserial primary key,
      publisher text not null references publishers (id),
      kind text not null check (kind in ('exact', 'prefix', 'pattern', 'offer')),
      value text not null check (value <> ''),
      partner text,
      priority integer not null default 0,
      since date,
      until date,
      removed_at timestamptz
    )`,
    `create table clicks (
      id text primary key,
      publisher text not null references publishers (id),
      made_at timestamptz not null default clock_timestamp()
    )`,
    `create table payout_rules (
      id bigserial primary key,
      publisher text references publishers (id),
      partner text,
      offer text,
      kind text not null check (kind in ('share', 'percent', 'fixed')),
      rate numeric check (rate >= 0 and rate <= 100),
      fixed numeric check (fixed >= 0),
      cap numeric check (cap >= 0),
      minimum numeric check (minimum >= 0),
      currency text,
      hold_days integer not null default 0 check (hold_days between 0 and 366),
      since date,
      until date,
      made_at timestamptz not null default clock_timestamp(),
      removed_at timestamptz,
      check ((kind = 'fixed') = (fixed is not null)),
      check ((kind = 'fixed') = (rate is null)),
      check (currency is not null or (fixed is null and cap is null and minimum is null))
    )`,
    `create table api_keys (
      hash text primary key,
      publisher text not null references publishers (id),
      name text not null,
      made_at timestamptz not null default clock_timestamp(),
      revoked_at timestamptz
    )`,
    `create table audit (
      seq bigserial primary key,
      at timestamptz not null default clock_timestamp(),
      who text not null,
      what text not null,
      subject text not null,
      before text,
      after text
    )`,
  ),
  '003-set-aside': script(
    `create table quarantine (
      id text primary key,
      partner text not null,
      received_at timestamptz not null,
      verified boolean not null,
      record text not null,
      stored_at timestamptz not null default clock_timestamp(),
      replayed_at timestamptz,
      outcome text
    )`,
    `create index quarantine_by_partner on quarantine (partner, received_at)`,
    `create table refused (
      id text primary key,
      partner text not null,
      conversion_id text not null,
      received_at timestamptz not null,
      record text not null,
      stored_at timestamptz not null default clock_timestamp(),
      released_at timestamptz,
      released_by text,
      reason text,
      check ((released_at is null) = (released_by is null) and (released_at is null) = (reason is null))
    )`,
    `create index refused_by_partner on refused (partner, received_at)`,
  ),
  '004-statements': script(
    `create table statements (
      id bigserial primary key,
      publisher text not null references publishers (id),
      month text not null check (month ~ '^\\d{4}-(0[1-9]|1[0-2])$'),
      currency text not null,
      total numeric not null,
      closed_at timestamptz not null default clock_timestamp(),
      closed_by text not null,
      unique (publisher, month, currency)
    )`,
    `create table statement_lines (
      statement bigint not null references statements (id),
      key text not null references conversions (key),
      amount numeric not null,
      reason text not null,
      primary key (statement, key)
    )`,
    `create index statement_lines_by_key on statement_lines (key)`,
  ),
  '005-outbound': script(...outboundTables),
  '006-reconcile': script(...reconcileTables),
  '007-exchange': script(...exchangeTables),
  '008-erasure': script(...erasureTables),
};
