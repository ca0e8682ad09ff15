import { interpolate, type CustomResourceOptions } from '@pulumi/pulumi';
import type { Job as RunJob } from '@pulumi/gcp/cloudrunv2/job.js';
import { JobIamMember } from '@pulumi/gcp/cloudrunv2/jobIamMember.js';
import { Job } from '@pulumi/gcp/cloudscheduler/job.js';
import type { Account } from '@pulumi/gcp/serviceaccount/account.js';
import type { StackConfig } from '../config.ts';

const hourMs = 3_600_000;

/**
 * When something runs that is due every so many milliseconds, as Cloud Scheduler writes it, in UTC: at a minute, and where it is not hourly
 * in hours, that its name decides, so that fifty reports do not all start at once, and each at the same time whoever else there is. What
 * does not go into an hour or a day runs more often than asked.
 */
export function cronEvery(ms: number, name: string): string {
  const at = hashOf(name);
  const hours = largestDivisor(24, Math.max(1, Math.floor(ms / hourMs)));
  if (ms >= hourMs) return `${at % 60} ${steps(24, hours, Math.floor(at / 60))} * * *`;
  return `${steps(60, largestDivisor(60, Math.max(1, Math.floor(ms / 60_000))), at)} * * * *`;
}

/** Once a day in an hour of UTC, likewise. */
export const cronDaily = (hour: number, name: string): string => `${hashOf(name) % 60} ${hour} * * *`;

const largestDivisor = (of: number, most: number): number =>
  Array.from({ length: of }, (_, i) => of - i).find((each) => each <= most && of % each === 0) ?? 1;

const steps = (of: number, step: number, from: number): string =>
  step === 1 ? '*' : Array.from({ length: of / step }, (_, i) => (from % step) + i * step).join(',');

/** FNV-1a: the same number for the same name on every machine. http://www.isthe.com/chongo/tech/comp/fnv/ */
const hashOf = (name: string): number =>
  [...new TextEncoder().encode(name)].reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619) >>> 0, 2_166_136_261); // prettier-ignore

interface Args {
  job: RunJob;
  cron: string;
  /** Who starts jobs. */
  starter: Account;
  config: StackConfig;
}

/** Has Cloud Scheduler start a job, as an account that may do nothing else with it. */
export function schedule(
  name: string,
  { job, cron, starter, config }: Args,
  options: CustomResourceOptions,
): Job {
  const { project, region } = config;
  const mayStart = new JobIamMember(
    name,
    { name: job.name, location: region, role: 'roles/run.invoker', member: starter.member },
    options,
  );
  return new Job(
    name,
    {
      name,
      region,
      schedule: cron,
      timeZone: 'Etc/UTC',
      // To be started, not to end.
      attemptDeadline: '60s',
      retryConfig: { retryCount: 3, minBackoffDuration: '10s' },
      httpTarget: {
        httpMethod: 'POST',
        uri: interpolate`https://run.googleapis.com/v2/projects/${project}/locations/${region}/jobs/${job.name}:run`,
        oauthToken: { serviceAccountEmail: starter.email },
      },
    },
    { ...options, dependsOn: [mayStart] },
  );
}
