import { extname } from 'node:path';
import type { Partner } from '../../manifest/compile.ts';
import { wrongUse } from '../failure.ts';
import { createLog } from '../../runtime/log.ts';
import type { Here } from '../linkshare/screen.ts';
import type { Options } from './commands.ts';
import type { Begun, ReportPage } from './compare.ts';
import { fetchedPages, isFetched } from './fetched.ts';
import { csvPages, jsonPage, linesOfEvents } from './files.ts';

export type Report = (asked: Begun) => AsyncIterable<ReportPage>;

/** Where the report comes from: a file, or the network. Throws, for the user, where there is neither. */
export function reportOf(options: Options, partner: Partner, { env }: Here): Report {
  const { file, project } = options;
  if (file === undefined && isFetched(partner)) return (asked) => fetchedPages(partner, asked, { env, project, log: toStderr() }); // prettier-ignore
  if (file === undefined)
    throw wrongUse(`${partner.id} has no report that can be fetched: download it and name it with --file`);
  const kind = extname(file).toLowerCase();
  if (kind === '.jsonl') return () => linesOfEvents(file);
  if (kind !== '.csv' && kind !== '.json')
    throw wrongUse(`"${file}" is no report: it ends in .csv, .json (a page as the network sends it) or .jsonl (events)`); // prettier-ignore
  const { report } = partner;
  if (!report) throw wrongUse(`${partner.id} has no report: its manifest says nothing of one, so a file of it cannot be read`); // prettier-ignore
  const account = accountOf(options, partner);
  const read = (page: string) => report.read(page, account, new Date());
  return () => (kind === '.csv' ? csvPages(file, report.settings.delimiter, read) : jsonPage(file, read));
}

/** A file is of one account. Throws where it is not known of which. */
function accountOf({ account }: Options, { id, report }: Partner): string | undefined {
  const accounts = (report?.accounts ?? []).flatMap((each) => each ?? []);
  if (accounts.length === 0 || (account === undefined && accounts.length === 1)) return accounts[0];
  if (account !== undefined && accounts.includes(account)) return account;
  throw wrongUse(`say with --account whose file it is: ${id} has ${accounts.join(', ')}`);
}

const toStderr = () => createLog({ pretty: true, stream: process.stderr });
