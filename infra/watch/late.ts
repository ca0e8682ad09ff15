import type { CustomResourceOptions } from '@pulumi/pulumi';
import type { StackConfig } from '../config.ts';
import { syncName } from '../names.ts';
import type { ScheduledPartner } from '../partners.ts';
import { alert } from './alert.ts';
import { executions } from './ledger-alerts.ts';

/** Cloud Monitoring waits for what does not come for so long: https://cloud.google.com/monitoring/alerts/concepts-indepth#duration */
const longestMs = 23.5 * 3_600_000;

/**
 * Tells that a report has had no good run for twice as long as it should take, and an hour. Of one that is fetched less than twice a day that
 * cannot be seen here: its failures are told, and Cloud Scheduler's.
 */
export function lateAlert(
  { id, report }: ScheduledPartner,
  config: StackConfig,
  options: CustomResourceOptions,
): void {
  const patience = 2 * report.every + 3_600_000;
  if (patience > longestMs) return;
  const name = syncName(id);
  const seconds = Math.ceil(patience / 60_000) * 60;
  alert(
    `${name}-late`,
    {
      title: `the report of ${id} is late`,
      severity: 'ERROR',
      says: `No run of job \`${name}\` has ended well for ${Math.round(seconds / 3_600)} h. Look at its executions and their log; start one by hand: \`gcloud run jobs execute ${name}\`. It takes up where the last good one ended.`,
      conditions: [
        {
          displayName: 'no good run',
          conditionAbsent: {
            filter: executions(`resource.label.job_name="${name}"`, 'succeeded'),
            duration: `${seconds}s`,
            aggregations: [
              { alignmentPeriod: '300s', perSeriesAligner: 'ALIGN_SUM', crossSeriesReducer: 'REDUCE_SUM' },
            ],
          },
        },
      ],
    },
    config,
    options,
  );
}
