import type { Zone } from 'luxon';
import { UsageError } from '../../linkshare/errors.ts';
import { readPeriod } from '../../linkshare/period.ts';
import { readRegion, readZone } from '../../linkshare/regions.ts';
import type { Scope } from '../../linkshare/report/about.ts';
import { groupings, type Grouping } from '../../linkshare/report/groups.ts';
import { readStatus } from '../../linkshare/statuses.ts';
import { checkPrint, type PrintOptions } from './print.ts';
import type { CommonOptions } from './session.ts';

export interface ReportOptions extends CommonOptions, PrintOptions {
  region?: string;
  zone?: string;
  status?: string[];
  format?: string;
  export_format?: string;
  by?: string;
  out: string;
  publishersTo?: string;
  fresh?: boolean;
}

export type Format = 'table' | 'excel' | 'csv' | 'json';

/** A report as it was asked for. */
export interface Asked {
  scope: Scope;
  zone: Zone;
  formats: Format[];
  /** What standard output gets, where it is not a table. */
  print: 'json' | 'csv' | undefined;
  by: Grouping | undefined;
  out: string;
  publishersTo: string | undefined;
  /** What the user should know before it begins. */
  notes: string[];
}

const formats: Record<string, Format[]> = {
  table: ['table'],
  excel: ['excel'],
  xlsx: ['excel'],
  csv: ['csv'],
  json: ['json'],
  all: ['table', 'excel', 'csv'],
};

/** Reads what the user wants. Throws UsageError for everything that makes no sense, before anything is fetched. */
export function readReportOptions(start: string, end: string, options: ReportOptions): Asked {
  checkPrint(options);
  const print = options.json ? 'json' : options.csv ? 'csv' : undefined;
  const region = options.region === undefined ? undefined : readRegion(options.region);
  const zoneName = options.zone ?? region?.zone ?? 'UTC';
  const zone = readZone(zoneName);
  const read = (options.status ?? []).map(readStatus);
  const scope: Scope = {
    period: readPeriod(start, end, zone),
    zone: zoneName,
    region,
    statuses: [...new Set(read.map(({ status }) => status))],
  };
  const wanted = readFormat(options, print !== undefined || options.publishersTo !== undefined);
  return {
    scope,
    zone,
    formats: print ? wanted.filter((format) => format !== 'table') : wanted,
    print,
    by: readGrouping(options.by),
    out: options.out,
    publishersTo: options.publishersTo,
    notes: read.flatMap(({ note }) => note ?? []),
  };
}

function readFormat({ format, export_format: earlier, json, csv }: ReportOptions, quiet: boolean): Format[] {
  if (format !== undefined && earlier !== undefined)
    throw new UsageError('--export_format is the earlier name of --format: take one.');
  const word = format ?? earlier;
  if (word === undefined) return quiet && (json || csv) ? [] : ['table'];
  const known = formats[word.toLowerCase()];
  if (known) return known;
  throw new UsageError(`"${word}" is no format: there are table, excel, csv, json and all.`);
}

function readGrouping(text: string | undefined): Grouping | undefined {
  if (text === undefined) return undefined;
  const grouping = groupings.find((each) => each === text.toLowerCase());
  if (grouping) return grouping;
  throw new UsageError(`A report is broken down by ${groupings.join(', ')}, not by "${text}".`);
}
