import { chart } from './chart.ts';
import { ledgerCharts } from './ledger-charts.ts';
import { metricType, quarantineFilters } from './metrics.ts';

const counter = (name: string) => `resource.type="cloud_run_revision" AND metric.type="${metricType(name)}"`;
const ofRun = (metric: string) =>
  `resource.type="cloud_run_revision" AND metric.type="run.googleapis.com/${metric}" AND resource.label.service_name=monitoring.regex.full_match("postback-.*")`;
const service = ['resource.label.service_name'];

const charts = [
  chart('What became of postbacks', [{ filter: counter('postbacks'), groupBy: ['metric.label.outcome'] }]),
  chart('Postbacks by partner', [{ filter: counter('postbacks'), groupBy: ['metric.label.partner'] }]),
  chart(
    'Quarantined, by what could not be read',
    Object.keys(quarantineFilters).map((reason) => ({ filter: counter(`quarantined-${reason}`), groupBy: ['metric.label.partner'], legend: `${reason} \${metric.labels.partner}` })), // prettier-ignore
  ),
  chart('Answers at the front door', [
    {
      filter:
        'resource.type="https_lb_rule" AND metric.type="loadbalancing.googleapis.com/https/request_count" AND resource.label.url_map_name="linkshare"',
      groupBy: ['metric.label.response_code'],
    },
  ]),
  chart('Slowest in a hundred, milliseconds', [{ filter: ofRun('request_latencies'), groupBy: service, align: 'ALIGN_DELTA', reduce: 'REDUCE_PERCENTILE_99' }], 'LINE'), // prettier-ignore
  chart('Instances', [{ filter: ofRun('container/instance_count'), groupBy: service, align: 'ALIGN_MAX' }], 'LINE'), // prettier-ignore
  chart(
    'Oldest message that waits, seconds',
    [
      {
        filter:
          'resource.type="pubsub_subscription" AND metric.type="pubsub.googleapis.com/subscription/oldest_unacked_message_age"',
        groupBy: ['resource.label.subscription_id'],
        align: 'ALIGN_MAX',
        reduce: 'REDUCE_MAX',
      },
    ],
    'LINE',
  ),
  {
    title: 'Not kept, quarantined, refused: the lines',
    logsPanel: {
      filter:
        'resource.type="cloud_run_revision" AND resource.labels.service_name=~"^postback-" AND jsonPayload.outcome=("not kept" OR "quarantined" OR "refused")',
    },
  },
];

/** The dashboard as Cloud Monitoring reads it: two tiles a row; the ledger's come last, where there is one. */
export const dashboard = ({ ledger }: { ledger: boolean }) => ({
  displayName: 'LinkShare: postbacks',
  mosaicLayout: {
    columns: 12,
    tiles: [...charts, ...(ledger ? ledgerCharts : [])].map((widget, i) => ({
      xPos: (i % 2) * 6,
      yPos: Math.floor(i / 2) * 4,
      width: 6,
      height: 4,
      widget,
    })),
  },
});
