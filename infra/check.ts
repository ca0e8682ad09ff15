import type { Partner } from '../services/manifest/compile.ts';
import { ConfigError } from './config-error.ts';
import type { StackConfig } from './config.ts';
import { firstLimitHit, manifestVariable, type Needs } from './limits.ts';
import { addressesOf, endingSoon, isScheduled, isWatched } from './partners.ts';

/** What can be known before the first resource. Throws ConfigError if the stack would not fit into its project; `warn` hears the rest. */
export function checkStack(
  config: StackConfig,
  partners: readonly Partner[],
  warn: (text: string) => void,
  now = new Date(),
): void {
  for (const { id, manifest } of partners) manifestVariable(id, manifest);
  const canary = partners.find(({ id }) => id === config.canary);
  if (canary?.receives === false)
    throw new ConfigError(`linkshare:canary is "${config.canary}", which never calls us: it has no service to try an image on`); // prettier-ignore
  const needs = needsOf(partners, config);
  const hit = firstLimitHit(needs, config);
  if (hit !== undefined) throw new ConfigError(hit);
  const near = firstLimitHit(needs, config, 0.8);
  if (near !== undefined) warn(`Nearly used up: ${near}`);
  const unfetched = config.ledger ? [] : partners.filter(isScheduled);
  if (unfetched.length > 0)
    warn(
      `linkshare:ledger is false: nobody fetches the reports of ${unfetched.map(({ id }) => id).join(', ')}`,
    );
  for (const ending of endingSoon(partners, now)) warn(ending);
  if (config.notificationChannels.length === 0)
    warn('linkshare:notificationChannels is empty: no alert reaches anybody');
}

/**
 * A partner that calls us brings one of nearly each, one whose report is fetched an identity and two jobs with their schedules; the stack itself
 * has an identity for its queries, a backend that leads nowhere, a policy for all; the ledger its service, two jobs, an identity for each of
 * these, for who pushes and for who starts jobs.
 */
function needsOf(all: readonly Partner[], config: StackConfig): Needs {
  const partners = all.filter(({ receives }) => receives);
  const reports = config.ledger ? all.filter(isScheduled).length : 0;
  const ledger = config.ledger ? 1 : 0;
  return {
    serviceAccounts: partners.length + reports + 1 + 5 * ledger,
    servicesPerRegion: partners.length + ledger,
    jobsPerRegion: 2 * reports + 2 * ledger,
    schedulerJobs: 2 * reports,
    sqlInstances: ledger,
    negsPerRegion: partners.length,
    backendServices: partners.length + 1,
    securityPolicies: partners.filter((partner) => addressesOf(partner).length > 0).length + 1,
    uptimeChecks: partners.filter((partner) => isWatched(partner, config)).length,
  };
}
