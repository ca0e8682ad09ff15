import { factsOf, type ConnectorName } from '../manifest/connectors.ts';
import type { Partner } from '../manifest/compile.ts';
import type { ReportPage } from '../manifest/report/compile.ts';
import { reportSecret } from '../manifest/report/secrets.ts';
import type { Log } from '../runtime/log.ts';
import type { Connector } from './connector.ts';
import { connectors as all } from './connectors/index.ts';
import { partsOf, type Period } from './period.ts';
import type { SecretSource } from './secrets.ts';

/** What fetching a report needs of its surroundings. */
export interface FetchParts {
  secrets: SecretSource;
  log: Log;
  signal?: AbortSignal | undefined;
  /** When rows count as received; now, if nothing is said. */
  now?: (() => Date) | undefined;
  /** The file, where the report is one. */
  file?: string | undefined;
  /** Waits so many milliseconds; by a timer, if nothing is said. */
  wait?: ((ms: number) => Promise<unknown>) | undefined;
  connectors?: Readonly<Record<ConnectorName, () => Promise<Connector>>>;
}

/** The pages of a partner's report, of all its accounts. Rejects with a sentence for the user where it cannot be fetched to its end. */
export async function* fetchReport(
  partner: Partner,
  period: Period,
  parts: FetchParts,
): AsyncGenerator<ReportPage> {
  for (const account of reportOf(partner).accounts)
    for (const part of partsOf(period, factsOf(reportOf(partner).from).days))
      yield* fetchPart(partner, account, part, parts);
}

/** A partner's report. Throws, for the user, where there is none. */
export function reportOf({ id, report }: Partner): NonNullable<Partner['report']> {
  if (report) return report;
  throw new Error(`${id} has no report: its manifest has no block of that name`);
}

/** The pages of one account's report of a period that the network gives at once. */
export async function* fetchPart(
  partner: Partner,
  account: string | undefined,
  period: Period,
  { secrets, log, signal, file, wait, now = () => new Date(), connectors = all }: FetchParts,
): AsyncGenerator<ReportPage> {
  const report = reportOf(partner);
  const connect = await connectors[report.from]();
  const named = (name: string) => reportSecret(name, account);
  const pages = connect({
    ...period,
    secret: (name) => secrets.read(partner.id, named(name)),
    writable: (name) => secrets.writable(partner.id, named(name)),
    settings: { ...report.settings, ...(file !== undefined && { file }) },
    log,
    ...(signal && { signal }),
    ...(wait && { wait }),
  });
  for await (const page of pages) {
    signal?.throwIfAborted();
    yield report.read(page, account, now());
  }
}
