import { chart } from './chart.ts';

const ofLedger = (metric: string) =>
  `resource.type="cloud_run_revision" AND metric.type="run.googleapis.com/${metric}" AND resource.label.service_name="ledger"`;
const ofDatabase = (metric: string) =>
  `resource.type="cloudsql_database" AND metric.type="cloudsql.googleapis.com/database/${metric}" AND resource.label.database_id=ends_with(":ledger")`;
const ofSubscription = (metric: string) =>
  `resource.type="pubsub_subscription" AND metric.type="pubsub.googleapis.com/subscription/${metric}" AND resource.label.subscription_id=monitoring.regex.full_match(".*-ledger|ledger-dead")`;
const database = ['resource.label.database_id'];
const subscription = ['resource.label.subscription_id'];

/** The ledger's rows of the dashboard. */
export const ledgerCharts = [
  chart('The ledger: answers to pushes', [
    { filter: ofLedger('request_count'), groupBy: ['metric.label.response_code'] },
  ]),
  chart('The ledger: messages that wait, and that were set aside', [{ filter: ofSubscription('num_undelivered_messages'), groupBy: subscription, align: 'ALIGN_MAX', reduce: 'REDUCE_MAX' }], 'LINE'), // prettier-ignore
  chart(
    'The database: processor, disk',
    ['cpu/utilization', 'disk/utilization'].map((metric) => ({ filter: ofDatabase(metric), groupBy: database, align: 'ALIGN_MEAN', reduce: 'REDUCE_MAX', legend: metric })), // prettier-ignore
    'LINE',
  ),
  chart('The database: connections', [{ filter: ofDatabase('postgresql/num_backends'), groupBy: database, align: 'ALIGN_MEAN' }], 'LINE'), // prettier-ignore
  chart('Reports: runs by how they ended', [
    {
      filter:
        'resource.type="cloud_run_job" AND metric.type="run.googleapis.com/job/completed_execution_count" AND resource.label.job_name=monitoring.regex.full_match("(sync|reconcile)-.*")',
      groupBy: ['resource.label.job_name', 'metric.label.result'],
    },
  ]),
  {
    title: 'The ledger and the reports: what went wrong',
    logsPanel: {
      filter:
        '((resource.type="cloud_run_revision" AND resource.labels.service_name="ledger") OR (resource.type="cloud_run_job" AND resource.labels.job_name=~"^(sync|reconcile)-|^linkshare-migrate$")) AND severity>=WARNING',
    },
  },
];
