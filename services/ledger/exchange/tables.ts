import type { ColumnType, Generated } from 'kysely';

/** What 1 of a currency is in another on a day (UTC), who said so and who stored it. Never changed: a correction is a newer row. */
interface ExchangeRates {
  id: Generated<number>;
  from_currency: string;
  to_currency: string;
  day: string;
  rate: string;
  source: string;
  made_at: ColumnType<Date, Date | undefined, never>;
  made_by: string;
  removed_at: Date | null;
}

export interface ExchangeTables {
  exchange_rates: ExchangeRates;
}
