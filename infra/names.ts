import type { StackConfig } from './config.ts';

/** The Cloud Run service of a partner, its backend and its identity. A partner's id has 19 characters, a service account's 30. */
export const serviceName = (partner: string) => `postback-${partner}`;

/** A secret's id in Secret Manager: what the running service asks for. */
export const secretId = (partner: string, name: string) => `linkshare-${partner}-${name}`;

/** What every resource that takes labels is labelled with. */
export const labelsOf = ({ stack }: Pick<StackConfig, 'stack'>, more: Record<string, string> = {}) => ({
  app: 'linkshare',
  stack,
  ...more,
});

/** The pattern of Cloud Run's service names that are partners'. */
export const partnerServices = '^postback-';

/** The jobs of a partner's report: they fetch it, and compare it with what came. */
export const syncName = (partner: string) => `sync-${partner}`;
export const reconcileName = (partner: string) => `reconcile-${partner}`;

/** The pattern of the names of those jobs. */
export const jobsOfReports = '^(sync|reconcile)-';

/** The command that gives a secret its next version. */
export const fillCommand = (project: string, id: string) =>
  `printf %s "$VALUE" | gcloud secrets versions add ${id} --data-file=- --project=${project}`;
