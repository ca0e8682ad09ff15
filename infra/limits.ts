import { ConfigError } from './config-error.ts';
import type { StackConfig } from './config.ts';

/**
 * What a project may have, where Google says no other. A quota that was raised is written under `limits` in the stack's configuration.
 * Google gives load-balancing quotas per project, without a published number: those are what a careful reader may count on, and
 * `gcloud compute project-info describe` shows the true ones.
 */
export const defaultLimits = {
  /** https://cloud.google.com/iam/quotas */
  serviceAccounts: 100,
  /** https://cloud.google.com/run/quotas; cannot be raised. */
  servicesPerRegion: 1_000,
  /** https://cloud.google.com/load-balancing/docs/quotas */
  negsPerRegion: 100,
  backendServices: 50,
  /** https://cloud.google.com/armor/quotas */
  securityPolicies: 10,
  /** https://cloud.google.com/monitoring/quotas */
  uptimeChecks: 100,
  /** https://cloud.google.com/run/quotas; cannot be raised. */
  jobsPerRegion: 1_000,
  /** https://cloud.google.com/scheduler/quotas */
  schedulerJobs: 1_000,
  /** https://cloud.google.com/sql/docs/quotas */
  sqlInstances: 100,
};
export type LimitName = keyof typeof defaultLimits;

/** Bytes of one environment variable: "32 Kb", read as the smaller of its two meanings. https://cloud.google.com/run/quotas */
export const largestVariable = 32_000;

const words: Record<LimitName, { what: string; then: string }> = {
  serviceAccounts: { what: 'service accounts', then: 'raise the quota of iam.googleapis.com, or' },
  servicesPerRegion: { what: 'Cloud Run services in a region', then: 'this one cannot be raised:' },
  negsPerRegion: { what: 'network endpoint groups in a region', then: 'raise NETWORK_ENDPOINT_GROUPS, or' },
  backendServices: { what: 'backend services', then: 'raise BACKEND_SERVICES, or' },
  securityPolicies: { what: 'Cloud Armor policies', then: 'raise SECURITY_POLICIES, or' },
  uptimeChecks: { what: 'uptime checks', then: 'raise the quota of monitoring.googleapis.com, or' },
  jobsPerRegion: { what: 'Cloud Run jobs in a region', then: 'this one cannot be raised:' },
  schedulerJobs: {
    what: 'Cloud Scheduler jobs in a region',
    then: 'raise the quota of cloudscheduler.googleapis.com, or',
  },
  sqlInstances: { what: 'Cloud SQL instances', then: 'raise the quota of sqladmin.googleapis.com, or' },
};

/** What a stack needs of each: its own, and what its partners bring. */
export type Needs = Record<LimitName, number>;

/** The sentence about the limit that is hit hardest, or undefined. `share` of 0.8 asks what is nearly used up. */
export function firstLimitHit(
  needs: Needs,
  { limits }: Pick<StackConfig, 'limits'>,
  share = 1,
): string | undefined {
  const hits = (Object.keys(defaultLimits) as LimitName[])
    .map((name) => ({ name, needed: needs[name], most: limits[name] ?? defaultLimits[name] }))
    .filter(({ needed, most }) => needed > most * share)
    .toSorted((a, b) => b.needed / b.most - a.needed / a.most);
  const [first] = hits;
  if (!first) return undefined;
  const { what, then } = words[first.name];
  return (
    `${first.needed} ${what} are needed and the project may have ${first.most}: ${then} move partners to a stack in another ` +
    `project (infra/README.md, "Past 1000 partners"). Where the quota is another, say so: linkshare:limits: { ${first.name}: .. }`
  );
}

/** A partner's manifest as its service gets it. Throws where Cloud Run would not take it. */
export function manifestVariable(partner: string, manifest: unknown): string {
  const json = JSON.stringify(manifest);
  const bytes = Buffer.byteLength(json);
  if (bytes <= largestVariable) return json;
  throw new ConfigError(
    `partners/${partner}/manifest.yaml: as JSON it has ${bytes} bytes and Cloud Run takes ${largestVariable} in a variable: ` +
      'shorten what is for people (setup, assumed), or make two partners of it',
  );
}
