import { z } from 'zod';

/**
 * A dump is JSON, a line each: a head, a line `{"TABLE": {column: text, ..}}` for each row, and an end. Every value is PostgreSQL's own
 * text for it (times in UTC), so that none loses a digit; what is null is left out.
 */
export const version = 1;

/** The first line. */
export const headSchema = z.strictObject({
  linkshare: z.literal('dump'),
  version: z.number().int(),
  madeAt: z.iso.datetime(),
  /** What had brought the tables to where they were: the ledger's, and the embedded bus's where there is one. */
  migrations: z.strictObject({ ledger: z.array(z.string()).min(1), bus: z.array(z.string()) }),
  /** Each table with its columns. */
  tables: z.record(z.string(), z.array(z.string())),
  /** The last number that each sequence gave. */
  sequences: z.record(z.string(), z.string().regex(/^\d+$/)),
});
export type Head = z.output<typeof headSchema>;

/** The last line: how many rows of each table came before it, and the SHA-256 of all lines before it, as they are written. */
export const endSchema = z.strictObject({
  end: z.strictObject({ rows: z.record(z.string(), z.number().int()), sha256: z.string() }),
});
export type End = z.output<typeof endSchema>['end'];

/** A row: its table, and each column that is not null as PostgreSQL writes it. */
export const rowSchema = z.record(z.string(), z.record(z.string(), z.string()));
export type Row = Record<string, string>;
