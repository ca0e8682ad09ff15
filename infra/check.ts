import type { Partner } from '../services/manifest/compile.ts';
import { ConfigError } from './config-error.ts';
import type { StackConfig } from './config.ts';
import { firstLimitHit, manifestVariable, type Needs } from './limits.ts';
import { addressesOf, endingSoon, isWatched } from './partners.ts';

/** What can be known before the first resource. Throws ConfigError if the stack would not fit into its project; `warn` hears the rest. */
export function checkStack(
  config: StackConfig,
  partners: readonly Partner[],
  warn: (text: string) => void,
  now = new Date(),
): void {
  for (const { id, manifest } of partners) manifestVariable(id, manifest);
  const needs = needsOf(partners.filter(({ receives }) => receives), config); // prettier-ignore
  const hit = firstLimitHit(needs, config);
  if (hit !== undefined) throw new ConfigError(hit);
  const near = firstLimitHit(needs, config, 0.8);
  if (near !== undefined) warn(`Nearly used up: ${near}`);
  for (const ending of endingSoon(partners, now)) warn(ending);
  if (config.notificationChannels.length === 0)
    warn('linkshare:notificationChannels is empty: no alert reaches anybody');
}

/**
 * A partner brings one of nearly each; the stack itself has an identity for its queries, a backend that leads nowhere, a policy for all; the
 * ledger its service, two jobs, and an identity for each of these and for who pushes.
 */
const needsOf = (partners: readonly Partner[], config: StackConfig): Needs => ({
  serviceAccounts: partners.length + 1 + (config.ledger ? 4 : 0),
  servicesPerRegion: partners.length + (config.ledger ? 1 : 0),
  jobsPerRegion: config.ledger ? 2 : 0,
  schedulerJobs: 0,
  sqlInstances: config.ledger ? 1 : 0,
  negsPerRegion: partners.length,
  backendServices: partners.length + 1,
  securityPolicies: partners.filter((partner) => addressesOf(partner).length > 0).length + 1,
  uptimeChecks: partners.filter((partner) => isWatched(partner, config)).length,
});
