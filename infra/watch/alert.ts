import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import { AlertPolicy } from '@pulumi/gcp/monitoring/alertPolicy.js';
import type { monitoring } from '@pulumi/gcp/types/input.js';
import type { StackConfig } from '../config.ts';
import { labelsOf } from '../names.ts';

export type Condition = Input<monitoring.AlertPolicyCondition>;

export interface Alert {
  title: string;
  /** What it means and what to do now, for whoever is woken by it. */
  says: string;
  severity: 'CRITICAL' | 'ERROR' | 'WARNING';
  conditions: Condition[];
  /** Alerts on lines of the log need a pause between two messages. */
  onLog?: boolean;
}

/** Makes an alert policy. Any one of its conditions is enough. */
export function alert(
  id: string,
  { title, says, severity, conditions, onLog }: Alert,
  config: StackConfig,
  options: CustomResourceOptions,
): AlertPolicy {
  return new AlertPolicy(
    id,
    {
      displayName: `LinkShare: ${title}`,
      documentation: { content: says, mimeType: 'text/markdown', subject: `LinkShare: ${title}` },
      severity,
      combiner: 'OR',
      conditions,
      notificationChannels: config.notificationChannels,
      alertStrategy: {
        autoClose: '86400s',
        ...(onLog && { notificationRateLimit: { period: '3600s' } }),
      },
      userLabels: labelsOf(config),
    },
    options,
  );
}

interface Threshold {
  title: string;
  filter: Input<string>;
  /** More than this. */
  above: number;
  /** Seconds over which it is added up. */
  over?: number;
  /** How points become one: sums, if nothing is said. */
  align?: 'ALIGN_SUM' | 'ALIGN_MEAN' | 'ALIGN_MAX' | 'ALIGN_NEXT_OLDER';
  reduce?: 'REDUCE_SUM' | 'REDUCE_MAX' | 'REDUCE_COUNT_FALSE';
  groupBy?: string[];
}

/** A condition: a sum over a while, for each partner or whatever it is grouped by, is above a number. */
export const above = ({
  title,
  filter,
  above: thresholdValue,
  over = 300,
  align = 'ALIGN_SUM',
  reduce = 'REDUCE_SUM',
  groupBy = ['metric.label.partner'],
}: Threshold): Condition => ({
  displayName: title,
  conditionThreshold: {
    filter,
    comparison: 'COMPARISON_GT',
    thresholdValue,
    duration: '0s',
    trigger: { count: 1 },
    aggregations: [
      {
        alignmentPeriod: `${over}s`,
        perSeriesAligner: align,
        crossSeriesReducer: reduce,
        groupByFields: groupBy,
      },
    ],
  },
});

/** A condition: a line of the log. The only one of its alert: Cloud Monitoring takes no other beside it. */
export const logLine = (title: string, filter: Input<string>): Condition => ({
  displayName: title,
  conditionMatchedLog: { filter },
});
