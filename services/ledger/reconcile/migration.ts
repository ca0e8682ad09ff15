/**
 * Migration 006, which has run: it is never changed. What a run compares lies in tables, so that a report of any length needs the memory
 * of a page; after a crash it may be gone (unlogged), since it is fetched again. Runs and what they found stay.
 */
export const reconcileTables: string[] = [
  `create table reconcile_runs (
    id bigserial primary key,
    partner text not null,
    since date not null,
    until date not null,
    zone text not null,
    began_at timestamptz not null default clock_timestamp(),
    began_by text not null,
    complete boolean,
    broke_off text,
    phase text not null default 'report' check (phase in ('report', 'quarantine', 'refused', 'rows', 'conversions', 'done')),
    place text not null default '',
    summary text not null,
    done_at timestamptz
  )`,
  `create index reconcile_runs_by_partner on reconcile_runs (partner, id)`,
  `create unlogged table reconcile_rows (
    run bigint not null,
    id text not null,
    key text not null,
    conversion_id text not null,
    order_id text,
    counts boolean not null,
    data text not null,
    primary key (run, id)
  )`,
  `create index reconcile_rows_by_key on reconcile_rows (run, key)`,
  `create index reconcile_rows_by_conversion on reconcile_rows (run, conversion_id)`,
  `create index reconcile_rows_by_order on reconcile_rows (run, order_id)`,
  `create unlogged table reconcile_waiting (
    run bigint not null,
    id text not null,
    data text not null,
    primary key (run, id)
  )`,
  `create unlogged table reconcile_names (
    run bigint not null,
    name text not null,
    waiting text not null,
    primary key (run, name, waiting)
  )`,
  `create unlogged table reconcile_told (
    run bigint not null,
    key text not null,
    primary key (run, key)
  )`,
  `create table reconcile_differences (
    run bigint not null references reconcile_runs (id) on delete cascade,
    n integer not null,
    data text not null,
    heal text,
    primary key (run, n)
  )`,
  `create index conversions_by_order on conversions (partner, order_id)`,
  `create index conversions_by_day on conversions (partner, (coalesce(occurred_at, first_received_at)), key)`,
];
