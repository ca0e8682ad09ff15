import { z } from 'zod';
import { connectors } from '../../manifest/connectors.ts';
import type { Partner } from '../../manifest/compile.ts';
import { readConfig, readEnvironment, text } from '../../runtime/config.ts';
import type { Log } from '../../runtime/log.ts';
import { fetchReport } from '../../sync/fetchReport.ts';
import { folderSecrets, managedSecrets, type SecretSource } from '../../sync/secrets.ts';
import type { Begun, ReportPage } from './compare.ts';

/** Whether a partner's report can be fetched, and is not a file alone. */
export const isFetched = ({ report }: Partner): boolean =>
  report !== undefined && connectors[report.from].secrets.length > 0;

/** The report of a run's days and those beside them, by the keys of the data folder, or of a project's Secret Manager. */
export async function* fetchedPages(
  partner: Partner,
  { since, until }: Begun,
  { env, project, log }: { env: NodeJS.ProcessEnv; project: string | undefined; log: Log },
): AsyncGenerator<ReportPage> {
  // Networks refuse what is still to come.
  const end = new Date(Math.min(Date.parse(until), Date.now()));
  const secrets = secretsOf(env, project, log);
  yield* fetchReport(partner, { since: new Date(since), until: end }, { secrets, log });
}

function secretsOf(env: NodeJS.ProcessEnv, project: string | undefined, log: Log): SecretSource {
  if (project === undefined) return folderSecrets(readConfig(env).dataDir);
  const { SECRET_MANAGER_HOST } = readEnvironment(z.object({ SECRET_MANAGER_HOST: text.optional() }), env);
  return managedSecrets(project, log, SECRET_MANAGER_HOST);
}
