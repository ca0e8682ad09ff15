import type { StackConfig } from '../config.ts';
import { jobsOfReports } from '../names.ts';
import { above, logLine, type Alert } from './alert.ts';

const ofLedger = 'resource.type="cloud_run_revision" AND resource.labels.service_name="ledger"';
const ofDatabase = (metric: string, { project }: StackConfig) =>
  `resource.type="cloudsql_database" AND metric.type="cloudsql.googleapis.com/database/${metric}" AND resource.label.database_id="${project}:ledger"`;

/** Of a job's executions that ended: "failed" or "succeeded". */
export const executions = (jobs: string, result: string) =>
  `resource.type="cloud_run_job" AND metric.type="run.googleapis.com/job/completed_execution_count" AND metric.label.result="${result}" AND ${jobs}`;
const failed = (title: string, jobs: string) =>
  above({
    title,
    filter: executions(`resource.label.job_name=monitoring.regex.full_match("${jobs}")`, 'failed'),
    above: 0,
    groupBy: ['resource.label.job_name'],
  });

/** An error in the log of a job that fetches or compares a report. */
const saidByReport = (message: string) =>
  logLine(
    message,
    `resource.type="cloud_run_job" AND resource.labels.job_name=~"${jobsOfReports}" AND severity>=ERROR AND jsonPayload.message="${message}"`,
  );

/** What the ledger, the jobs beside it and their database tell. */
export const ledgerAlerts = (config: StackConfig): Record<string, Alert> => ({
  'ledger-5xx': {
    title: 'the ledger does not record',
    severity: 'CRITICAL',
    says: 'It answers pushes with 5xx: `jsonPayload.message="not recorded yet"` in its log says why, mostly the database. Nothing is lost: messages wait in Pub/Sub and come again, for 16 hours; then they go to `ledger-dead`.',
    conditions: [
      above({
        title: 'more than 10 in 15 minutes',
        filter:
          'resource.type="cloud_run_revision" AND metric.type="run.googleapis.com/request_count" AND resource.label.service_name="ledger" AND metric.label.response_code_class="5xx"',
        above: 10,
        over: 900,
        groupBy: ['resource.label.service_name'],
      }),
    ],
  },
  'ledger-dead': {
    title: 'messages were set aside',
    severity: 'ERROR',
    says: 'The ledger did not take them in 100 attempts. They are in subscription `ledger-dead`, and in their topic for 31 days. Mend the ledger, then have it take them again: README of infra, "Replaying".',
    conditions: [
      above({
        title: 'one is there',
        filter:
          'resource.type="pubsub_subscription" AND metric.type="pubsub.googleapis.com/subscription/num_undelivered_messages" AND resource.label.subscription_id="ledger-dead"',
        above: 0,
        align: 'ALIGN_MAX',
        reduce: 'REDUCE_MAX',
        groupBy: ['resource.label.subscription_id'],
      }),
    ],
  },
  poison: {
    title: 'a message is no message of ours',
    severity: 'ERROR',
    says: 'It was acknowledged and is kept with its reason in table `poison`. A gateway that is newer than the ledger, or somebody who publishes by hand. Once the ledger reads it, have it take it again: README of infra, "Replaying".',
    conditions: [logLine('poison', `${ofLedger} AND severity>=ERROR AND jsonPayload.message="poison"`)],
    onLog: true,
  },
  'postbacks-off': {
    title: "a publisher's postbacks are switched off",
    severity: 'WARNING',
    says: 'They failed too often in a row; the line in the log names the publisher and why. What comes now waits. Talk to them, try `publisher test-postback`, then `publisher postback --on`.',
    conditions: [
      logLine(
        'switched off',
        `${ofLedger} AND severity>=ERROR AND jsonPayload.message="postbacks switched off"`,
      ),
    ],
    onLog: true,
  },
  reports: {
    title: 'a report was not fetched',
    severity: 'ERROR',
    says: "The job's log says why: a secret without a version, a token that was revoked, a network that is away. The next run takes up where the last good one ended, so nothing is missed; until then hints wait for their proof.",
    conditions: [failed('sync', 'sync-.*'), failed('reconcile', 'reconcile-.*')],
  },
  schedule: {
    title: 'a report could not be started',
    severity: 'ERROR',
    says: 'Cloud Scheduler was refused: the line in its log says by whom. Start it by hand (`gcloud run jobs execute sync-<id>`), and look at the rights of `linkshare-schedule` on the job.',
    conditions: [logLine('refused', 'resource.type="cloud_scheduler_job" AND severity>=ERROR')],
    onLog: true,
  },
  unexplained: {
    title: 'postbacks and report differ, and nobody knows why',
    severity: 'ERROR',
    says: 'More differences without a reason than usual: `linkshare reconcile` shows each with what mends it. A manifest that maps a status or an amount otherwise than the report does is the usual cause.',
    conditions: [saidByReport('reconciliation: too many unexplained')],
    onLog: true,
  },
  'not-whole': {
    title: 'a report was compared in part',
    severity: 'ERROR',
    says: 'It broke off before its end: `why` of the line in the log says where. What was not read is `not compared`, so no sale is called missing for it. Reconcile again once the network answers: `gcloud run jobs execute reconcile-<id>`.',
    conditions: [saidByReport('reconciliation: the report is not whole')],
    onLog: true,
  },
  database: {
    title: "the ledger's database is short of something",
    severity: 'ERROR',
    says: 'Processor or connections: a larger `databaseTier`, after a look at Query Insights. Disk: it grows by itself, so look for what fills it. A failover: it is back already; look whether it comes again.',
    conditions: [
      share('processor: 90% for 15 minutes', 'cpu/utilization', 0.9, config),
      share('disk: 90%', 'disk/utilization', 0.9, config),
      share('connections: 80 of 100', 'postgresql/num_backends', 80, config),
      above({
        title: 'failover',
        filter: ofDatabase('auto_failover_request_count', config),
        above: 0,
        groupBy: ['resource.label.database_id'],
      }),
    ],
  },
  backup: {
    title: "the ledger's database was not backed up",
    severity: 'ERROR',
    says: 'The nightly backup failed; the line in the log says why. Make one by hand: `gcloud sql backups create --instance=ledger`.',
    conditions: [
      logLine(
        'failed',
        'resource.type="cloudsql_database" AND protoPayload.methodName="cloudsql.instances.automatedBackup" AND (severity>=ERROR OR protoPayload.metadata.windowStatus=~"FAIL")',
      ),
    ],
    onLog: true,
  },
});

function share(title: string, metric: string, most: number, config: StackConfig) {
  return above({
    title,
    filter: ofDatabase(metric, config),
    above: most,
    over: 900,
    align: 'ALIGN_MEAN',
    // Connections are counted for each database of the instance.
    reduce: 'REDUCE_SUM',
    groupBy: ['resource.label.database_id'],
  });
}
