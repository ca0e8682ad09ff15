/** The migration that brought exchange rates, and what payouts cost us; it has run: it is never changed. */
export const exchangeTables: string[] = [
  `alter table publishers add column pay_in text`,
  `create table exchange_rates (
    id bigserial primary key,
    from_currency text not null,
    to_currency text not null,
    day date not null,
    rate numeric not null check (rate > 0),
    source text not null check (source <> ''),
    made_at timestamptz not null default clock_timestamp(),
    made_by text not null,
    removed_at timestamptz,
    check (from_currency <> to_currency)
  )`,
  `create index exchange_rates_by_day on exchange_rates (day)`,
  `alter table conversions
    add column pay_in text,
    add column payout_exchange bigint references exchange_rates (id),
    add column cost_exchange bigint references exchange_rates (id),
    add column payout_cost numeric`,
  `update conversions set payout_cost = payout_amount where payout_currency = commission_currency`,
  `create table statement_commissions (
    statement bigint not null references statements (id),
    key text not null references conversions (key),
    currency text not null,
    commission numeric not null,
    cost numeric not null,
    primary key (statement, key, currency)
  )`,
  // What months that are closed already say of our side is taken from what is true now.
  `insert into statement_commissions (statement, key, currency, commission, cost)
    select distinct on (l.key) l.statement, l.key, c.commission_currency, c.commission_amount, coalesce(c.payout_cost, 0)
    from statement_lines l join conversions c on c.key = l.key
    where c.commission_amount is not null and c.payout_amount is not null order by l.key, l.statement`,
  `create index statement_commissions_by_key on statement_commissions (key)`,
];
