import { z } from 'zod';
import type { Partner } from '../manifest/compile.ts';
import { factsOf } from '../manifest/connectors.ts';
import { reportOf } from './fetchReport.ts';
import { runSync, type RunParts } from './run.ts';
import { syncStatus } from './status.ts';

export interface SyncContext extends RunParts {
  partners: readonly Partner[];
}

const moment = z
  .union([z.iso.date(), z.iso.datetime()], 'write a day or a time in UTC: 2026-11-24')
  .transform((text) => new Date(text))
  .optional();

const runArgs = z.strictObject({ partner: z.string(), since: moment, until: moment });
const importArgs = z.strictObject({ partner: z.string(), file: z.string() });

/** What can be asked of sync: the command line asks here, through the running server or in the database itself. Rejects for the user. */
export async function operateSync(context: SyncContext, name: string, args: unknown): Promise<unknown> {
  if (name === 'status') return syncStatus(context.db, context.partners);
  if (name === 'run') {
    const { partner: id, since, until } = read(runArgs, args);
    const partner = partnerOf(context, id);
    if (factsOf(reportOf(partner).from).secrets.length === 0) throw new Error(`the report of ${id} is a file: linkshare sync import ${id} <file.csv>`); // prettier-ignore
    return runSync(partner, { ...(since && { since }), ...(until && { until }) }, context);
  }
  if (name === 'import') {
    const { partner: id, file } = read(importArgs, args);
    const partner = partnerOf(context, id);
    if (reportOf(partner).from !== 'csv') throw new Error(`the report of ${id} is fetched: linkshare sync run ${id}`); // prettier-ignore
    return runSync(partner, { since: new Date(0) }, { ...context, file });
  }
  throw new Error(`there is no operation "${name}"`);
}

function read<T extends z.ZodType>(schema: T, args: unknown): z.output<T> {
  const { success, data, error } = schema.safeParse(args);
  if (success) return data;
  throw new Error(error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('\n')); // prettier-ignore
}

function partnerOf({ partners }: SyncContext, id: string): Partner {
  const partner = partners.find((each) => each.id === id);
  if (partner) return partner;
  const named = partners.filter(({ report }) => report).map((each) => each.id);
  throw new Error(`there is no partner "${id}"; those with a report: ${named.join(', ') || 'none'}`);
}
