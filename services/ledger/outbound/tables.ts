import type { ColumnType, Generated } from 'kysely';

/** Where a publisher is told of its conversions, and how that goes. */
interface Postbacks {
  publisher: string;
  /** PostbackSettings as JSON. */
  settings: string;
  /** What deliveries are signed with, as JSON: the newest first, the one before until it ends. */
  secrets: ColumnType<string, string | undefined>;
  /** Attempts in a row that found nobody there, and those that failed for whatever reason. */
  outages: ColumnType<number, number | undefined>;
  failures: ColumnType<number, number | undefined>;
  /** Nothing is sent before. */
  paused_until: Date | null;
  off_at: Date | null;
  off_why: string | null;
}

/** One thing that a publisher is told of a conversion. */
interface Deliveries {
  seq: Generated<number>;
  /** Stable: every attempt carries it. */
  id: string;
  publisher: string;
  key: string;
  /** What macros are filled with (Values), as JSON. */
  says: string;
  /** Hash of what the publisher sees of it. */
  said: string;
  state: ColumnType<DeliveryState, DeliveryState | undefined>;
  /** The delivery that says what is true since. */
  newer: string | null;
  attempts: ColumnType<number, number | undefined>;
  due_at: Date;
  /** Whose the attempt under way is, and until when it must have ended. */
  lease: string | null;
  leased_until: Date | null;
  made_at: ColumnType<Date, Date, never>;
  done_at: Date | null;
}
export type DeliveryState = 'waiting' | 'sending' | 'delivered' | 'failed' | 'superseded';

interface DeliveryAttempts {
  delivery: string;
  number: number;
  at: Date;
  ms: number;
  /** What was answered, if anything was. */
  status: number | null;
  answer: string;
  error: string | null;
}

export interface OutboundTables {
  postbacks: Postbacks;
  deliveries: Deliveries;
  delivery_attempts: DeliveryAttempts;
}
