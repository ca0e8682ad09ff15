/** Migration 005, which has run: it is never changed. Where publishers are told of conversions, what they are told, and each attempt. */
export const outboundTables: string[] = [
  `create table postbacks (
    publisher text primary key references publishers (id),
    settings text not null,
    secrets text not null default '[]',
    outages integer not null default 0,
    failures integer not null default 0,
    paused_until timestamptz,
    off_at timestamptz,
    off_why text,
    check ((off_at is null) = (off_why is null))
  )`,
  `create table deliveries (
    seq bigserial primary key,
    id text not null unique,
    publisher text not null references publishers (id),
    key text not null,
    says text not null,
    said text not null,
    state text not null default 'waiting' check (state in ('waiting', 'sending', 'delivered', 'failed', 'superseded')),
    newer text,
    attempts integer not null default 0,
    due_at timestamptz not null,
    lease text,
    leased_until timestamptz,
    made_at timestamptz not null,
    done_at timestamptz,
    check ((state = 'sending') = (lease is not null) and (lease is null) = (leased_until is null))
  )`,
  `create index deliveries_by_key on deliveries (key, publisher, seq)`,
  `create index deliveries_by_publisher on deliveries (publisher, seq)`,
  `create index deliveries_waiting on deliveries (publisher, due_at, seq) where state = 'waiting'`,
  `create index deliveries_due on deliveries (due_at) where state = 'waiting'`,
  `create index deliveries_sending on deliveries (publisher, key) where state = 'sending'`,
  `create table delivery_attempts (
    delivery text not null references deliveries (id),
    number integer not null,
    at timestamptz not null,
    ms integer not null,
    status integer,
    answer text not null,
    error text,
    primary key (delivery, number)
  )`,
];
