import type { ConversionEvent } from '../../contract/event.ts';
import type { RawRequest } from '../../contract/raw.ts';
import type { QuarantineRecord } from '../../contract/records.ts';
import type { ConnectorName } from '../connectors.ts';
import type { Decision } from '../decision.ts';
import { parseDuration } from '../duration.ts';
import { compileJudge } from '../judge.ts';
import { compilePath } from '../path.ts';
import { incomingOf } from '../recorded.ts';
import { compileMentions, type Mention } from '../read/mentions.ts';
import { variantsOf } from '../read/reading.ts';
import { Scope } from '../read/scope.ts';
import type { Manifest } from '../schema.ts';
import type { Report } from '../schemaReport.ts';
import { mappedBy } from '../verify/covered.ts';
import { takePage } from './rows.ts';
import { reportSecrets } from './secrets.ts';

export { ReportError } from './rows.ts';

/** The report block of a manifest made ready. */
export interface PartnerReport {
  from: ConnectorName;
  /** Our accounts, each with a report of its own; one without a name, if the manifest tells none apart. */
  accounts: (string | undefined)[];
  settings: Readonly<Record<string, string>>;
  /** Secrets of all accounts that its connector reads; and those of them that it may write. */
  secretNames: string[];
  writes: string[];
  /** Milliseconds after a sale in which the network may still change it. */
  lookback: number;
  /** Milliseconds between two runs; undefined for what is imported by hand. */
  every: number | undefined;
  /**
   * Reads a page as the network sent it, row by row: one that cannot be read becomes a record for the quarantine, and the others go on. The
   * same row again gives the same ids. Throws ReportError where the page as a whole cannot be read.
   */
  read(page: string, account: string | undefined, receivedAt: Date): ReportPage;
  /** Whether a recorded request is a row of this report. */
  owns: (raw: RawRequest) => boolean;
  /** Reads a recorded row again. */
  reread: (raw: RawRequest, receivedAt: Date) => Decision;
  /** Which sale a recorded row names, as far as it can be read. */
  mentions: (raw: RawRequest) => Mention[];
}

/** What a page of a report says. */
export interface ReportPage {
  rows: number;
  events: ConversionEvent[];
  quarantined: QuarantineRecord[];
  /** Rows that are no conversions, by the manifest's `ignored`. */
  ignored: number;
}

/** No method of HTTP that a gateway takes: a record of a row can never be taken for a postback's. */
const method = 'REPORT';

/** Compiles `report:`. Undefined where a manifest has none. */
export function compileReport(manifest: Manifest): PartnerReport | undefined {
  const { report } = manifest;
  if (report === undefined) return undefined;
  const reading = asReading(manifest, report);
  const match = compilePath(reading.path);
  const judge = compileJudge(reading, 'report');
  const mentionsIn = compileMentions(reading);
  const levels = Object.entries(report.each ?? {});
  const beside = placesBeside(reading);
  const { reads, writes } = reportSecrets(report);

  const scopeOf = (raw: RawRequest) => new Scope(incomingOf(raw), match(raw.path));

  function reread(raw: RawRequest, receivedAt: Date): Decision {
    return judge(scopeOf(raw), { is: 'verified' }, receivedAt, () => raw, () => []); // prettier-ignore
  }

  return {
    from: report.from,
    accounts: report.accounts ?? [undefined],
    settings: report.settings ?? {},
    secretNames: reads,
    writes,
    lookback: parseDuration(report.lookback ?? '60d'),
    every: report.from === 'csv' ? undefined : parseDuration(report.every ?? '6h'),
    owns: (raw) => raw.method === method,
    reread,
    mentions: (raw) => mentionsIn(scopeOf(raw)),
    read(page, account, receivedAt) {
      const path = `/${manifest.id}/report${account === undefined ? '' : `/${encodeURIComponent(account)}`}`;
      const { rows, document } = takePage(page, levels, beside);
      const decide = (some: readonly unknown[]) =>
        reread({ method, path, query: '', headers: json, body: document(some) }, receivedAt);
      const decided = rows.map((row) => ({ row, decision: decide([row]) }));
      const twice = contradicting(decided);
      const together = new Set(twice.flat());
      const alone = decided.filter((one) => !together.has(one));
      return inOne(rows.length, [...alone.map(({ decision }) => decision), ...twice.map((some) => decide(some.map(({ row }) => row)))]); // prettier-ignore
    },
  };
}

const json = { 'content-type': 'application/json' };

/** The report as if it were a manifest of its own: what is read there is read as a postback is. */
export const asReading = (
  { id, name, stage, identity }: Manifest,
  { each, fields, variants, accounts }: Report,
): Manifest => ({
  id,
  name,
  stage,
  identity,
  path: accounts ? `/${id}/report/{account}` : `/${id}/report`,
  verify: [],
  each,
  fields,
  variants,
});

/** What the manifest reads beside the rows: only that is kept of a page with each of them. */
function placesBeside(reading: Manifest): string[] {
  const levels = new Set(variantsOf(reading).flatMap(({ each }) => Object.keys(each ?? {})));
  const places = mappedBy(reading).filter(({ field }) => field !== 'each').flatMap((mapped) => mapped.places); // prettier-ignore
  return [...new Set(places)].filter((place) => {
    const [first = '', second] = place.split('.');
    return !levels.has(first) && !(second !== undefined && ['header', 'query', 'path'].includes(first));
  });
}

interface Decided {
  row: unknown;
  decision: Decision;
}

/**
 * Rows of one page that say different things of one sale: they would overwrite each other with every run. Read together, as the items of a
 * postback are, they are put aside together. An update time tells which is true, and a row that is there twice is one.
 */
function contradicting(decided: Decided[]): Decided[][] {
  const events = (one: Decided) => (one.decision.is === 'conversions' ? one.decision.events : []);
  const byKey = Map.groupBy(
    decided.filter((one) => events(one).length > 0),
    (one) => events(one).map(({ key, updatedAt }) => `${key} ${updatedAt ?? ''}`).join(), // prettier-ignore
  );
  return [...byKey.values()].filter((some) => new Set(some.flatMap(events).map(({ id }) => id)).size > 1);
}

function inOne(rows: number, decisions: Decision[]): ReportPage {
  const page: ReportPage = { rows, events: [], quarantined: [], ignored: 0 };
  for (const decision of decisions)
    if (decision.is === 'conversions') page.events.push(...decision.events);
    else if (decision.is === 'quarantined') page.quarantined.push(decision.record);
    else page.ignored += 1;
  return page;
}
