import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi';
import { ProjectBucketConfig } from '@pulumi/gcp/logging/projectBucketConfig.js';
import { ProjectSink } from '@pulumi/gcp/logging/projectSink.js';
import type { StackConfig } from './config.ts';
import { partnerServices } from './names.ts';

/** Days. The journal holds raw requests, so it may not stay longer. */
const retentionDays = 30;

/**
 * Google's own request logs hold whole URLs, and a URL may hold a secret. Every sink of a stack has these; `npm test` refuses one that
 * has not. Cloud Run cannot be told not to write them (https://cloud.google.com/run/docs/logging#excluding_logs), so no sink keeps them.
 */
export const requestLogExclusions = [
  {
    name: 'partner-requests',
    description: 'Request logs of partner services hold URLs, and URLs hold secrets',
    filter: `resource.type="cloud_run_revision" AND resource.labels.service_name=~"${partnerServices}" AND log_id("run.googleapis.com/requests")`,
  },
  {
    name: 'load-balancer-requests',
    description: 'Logging is off on every backend; should somebody switch it on, nothing is kept',
    filter: 'resource.type="http_load_balancer" AND log_id("requests")',
  },
];

/** What Google's own sink leaves out: these have a bucket of their own. https://cloud.google.com/logging/docs/default-settings */
const auditLogs = ['activity', 'system_event', 'access_transparency'].flatMap((log) => [
  `cloudaudit.googleapis.com/${log}`,
  `externalaudit.googleapis.com/${log}`,
]);

/** The project's log: kept for 30 days, without what holds URLs. */
export class Logs extends ComponentResource {
  /** Must be there before the first postback comes. */
  readonly sink: ProjectSink;

  constructor(name: string, { project }: StackConfig, options: ComponentResourceOptions) {
    super('linkshare:infra:Logs', name, {}, options);
    const bucket = new ProjectBucketConfig(
      'default',
      { project, location: 'global', bucketId: '_Default', retentionDays },
      { parent: this },
    );
    this.sink = new ProjectSink(
      'default',
      {
        name: '_Default',
        destination: `logging.googleapis.com/projects/${project}/locations/global/buckets/_Default`,
        filter: auditLogs.map((log) => `NOT LOG_ID("${log}")`).join(' AND '),
        exclusions: requestLogExclusions,
        uniqueWriterIdentity: true,
      },
      { parent: this, dependsOn: [bucket] },
    );
    this.registerOutputs();
  }
}
