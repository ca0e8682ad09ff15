import { interpolate, type CustomResourceOptions, type Output } from '@pulumi/pulumi';
import { CustomService } from '@pulumi/gcp/monitoring/customService.js';
import { Slo } from '@pulumi/gcp/monitoring/slo.js';
import type { StackConfig } from '../config.ts';
import { labelsOf } from '../names.ts';
import { above, type Alert } from './alert.ts';

/** Of a hundred thousand postbacks so many are answered by us, and not with a 5xx, in four weeks. */
const goal = 0.9995;

/** The promise to partners as Cloud Monitoring counts it: at the load balancer, where what never reached a service counts too. */
export function answersSlo(config: StackConfig, options: CustomResourceOptions): Slo {
  const service = new CustomService(
    'postbacks',
    { serviceId: 'linkshare-postbacks', displayName: 'LinkShare: postbacks', userLabels: labelsOf(config) },
    options,
  );
  const requests =
    'metric.type="loadbalancing.googleapis.com/https/request_count" resource.type="https_lb_rule" ' +
    'resource.label.url_map_name="linkshare" resource.label.backend_target_name=starts_with("postback-")';
  return new Slo(
    'answered',
    {
      service: service.serviceId,
      sloId: 'answered',
      displayName: `${goal * 100}% are answered`,
      goal,
      rollingPeriodDays: 28,
      requestBasedSli: {
        goodTotalRatio: {
          totalServiceFilter: requests,
          badServiceFilter: `${requests} metric.label.response_code_class=500`,
        },
      },
      userLabels: labelsOf(config),
    },
    options,
  );
}

/** Hours to look back and how many times faster than allowed: https://sre.google/workbook/alerting-on-slos/ */
const burns = [
  { hours: 1, times: 14.4 },
  { hours: 6, times: 6 },
];

export function burnAlert({ name }: { name: Output<string> }): Alert {
  return {
    title: 'too many postbacks are not answered',
    severity: 'CRITICAL',
    says: "At this rate the month's share of failures is used up within days (14 times the allowed rate: in two). The alerts on 503 and on the load balancer say of which partner.",
    conditions: burns.map(({ hours, times }) =>
      above({
        title: `${times} times the allowed rate over ${hours} h`,
        filter: interpolate`select_slo_burn_rate("${name}", "${hours * 3600}s")`,
        above: times,
        align: 'ALIGN_NEXT_OLDER',
        reduce: 'REDUCE_MAX',
        groupBy: [],
      }),
    ),
  };
}
