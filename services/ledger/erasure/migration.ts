/** It has run, and is never changed. Conversions whose person is erased, and events whose request is gone. */
export const erasureTables: string[] = [
  `create table erased (
    key text primary key,
    publisher text not null,
    attributed_by text not null,
    attribution_rule bigint,
    erased_at timestamptz not null default clock_timestamp()
  )`,
  `alter table events add column bare boolean not null default false`,
  // Of the time received, to find what is old: events come in its order, so a few pages of index do.
  `create index events_by_time on events using brin (received_at)`,
];
