import type { Output } from '@pulumi/pulumi';
import { noticeDays } from '../partners.ts';
import { above, logLine, type Alert } from './alert.ts';
import { metricType, quarantineFilters } from './metrics.ts';

const counter = (name: string, more = '') =>
  `resource.type="cloud_run_revision" AND metric.type="${metricType(name)}"${more}`;
const outcome = (word: string) => counter('postbacks', ` AND metric.label.outcome="${word}"`);
const edge = (more: string) =>
  `resource.type="https_lb_rule" AND metric.type="loadbalancing.googleapis.com/https/request_count" AND resource.label.url_map_name="linkshare" AND ${more}`;
/** What nobody's path is answered with 404 at `nowhere`: no fault of ours. */
const ours = 'resource.label.backend_target_name=starts_with("postback-")';
const backend = ['resource.label.backend_target_name'];

/** What the log and the load balancer's counters tell, by the alert's id. */
export const alerts: Record<string, Alert> = {
  'not-kept': {
    title: 'postbacks are answered 503',
    severity: 'CRITICAL',
    says: 'The gateway could not keep what came; the senders try again, and the log has every request. Look for `jsonPayload.message="journal"`: its `why` names the cause (Pub/Sub, a secret without a version). Mend it, then replay: README of infra, "Replaying".',
    conditions: [above({ title: 'not kept', filter: outcome('not kept'), above: 0 })],
  },
  refused: {
    title: 'postbacks are refused',
    severity: 'ERROR',
    says: 'Somebody calls with a wrong token or signature. If it is the partner, a token was pasted wrongly or a secret was changed: what names a conversion waits for 7 days in subscription `refused-review`. If it is a stranger, nothing is lost.',
    conditions: [
      above({ title: 'more than 5 in 15 minutes', filter: outcome('refused'), above: 5, over: 900 }),
    ],
  },
  quarantine: {
    title: 'postbacks cannot be read',
    severity: 'ERROR',
    says: 'Kept whole, but not as conversions. `jsonPayload.reasons` in the log says which field and why: a new status word, another way to write times. Mend the manifest, deploy, then replay the quarantine.',
    conditions: Object.keys(quarantineFilters).map((reason) =>
      above({
        title: `quarantined: ${reason}`,
        filter: counter(`quarantined-${reason}`),
        above: 0,
        over: 900,
      }),
    ),
  },
  edge: {
    title: 'the load balancer turns requests away',
    severity: 'CRITICAL',
    says: "429: one address sends more than `edgeRequestsPerMinute`; if it is the partner, list its addresses in the manifest. 5xx without lines in the gateway's log: the service does not start, or cannot be reached.",
    conditions: [
      above({
        title: '429',
        filter: edge(`metric.label.response_code=429 AND ${ours}`),
        above: 0,
        groupBy: backend,
      }),
      above({
        title: '5xx',
        filter: edge(`metric.label.response_code_class=500 AND ${ours}`),
        above: 0,
        groupBy: backend,
      }),
    ],
  },
  unacked: {
    title: 'messages wait',
    severity: 'ERROR',
    says: 'A subscription does not take its messages: BigQuery refuses them (look at the subscription\'s "export" errors), or whoever is pushed to is down. They wait for 31 days.',
    conditions: [
      above({
        title: 'the oldest for 15 minutes',
        // What was refused waits for a person, or for nobody; what was set aside has an alert of its own.
        filter:
          'resource.type="pubsub_subscription" AND metric.type="pubsub.googleapis.com/subscription/oldest_unacked_message_age" AND resource.label.subscription_id!="refused-review" AND resource.label.subscription_id!="ledger-dead"',
        above: 900,
        align: 'ALIGN_MAX',
        reduce: 'REDUCE_MAX',
        groupBy: ['resource.label.subscription_id'],
      }),
    ],
  },
  uptime: {
    title: 'the front door does not answer',
    severity: 'CRITICAL',
    says: 'Asked from outside, a service did not say OK: name, certificate, load balancer, the service itself, or a secret that it lacks ("degraded"; its log says which).',
    conditions: [
      above({
        title: 'two places see it',
        filter:
          'resource.type="uptime_url" AND metric.type="monitoring.googleapis.com/uptime_check/check_passed"',
        above: 1,
        over: 900,
        align: 'ALIGN_NEXT_OLDER',
        reduce: 'REDUCE_COUNT_FALSE',
        groupBy: ['metric.label.check_id', 'resource.label.host'],
      }),
    ],
  },
};

const failedRun = (which: Output<string>) =>
  which.apply((text) => `resource.type="bigquery_dts_config" AND severity>=ERROR AND ${text}`);

/** What the scheduled queries tell by failing. `silenceId` is the number of the one about silence. */
export const scheduleAlerts = (silenceId: Output<string>): Record<string, Alert> => ({
  silent: {
    title: 'a partner is silent',
    severity: 'ERROR',
    says: 'For more than twice its usual longest pause. The line in the log names who and how long (or that the query itself failed). Has its postback been switched off, its URL changed? Ask its report; send a test conversion.',
    conditions: [logLine('silence', failedRun(silenceId.apply((id) => `resource.labels.config_id="${id}"`)))],
    onLog: true,
  },
  ending: {
    title: 'a way of verifying ends',
    severity: 'WARNING',
    says: `Within ${noticeDays} days, or already: the line in the log names the partner and the day. Past it such requests are quarantined. Move the partner to the new way, or set another \`until\` in its manifest.`,
    conditions: [
      logLine('until', failedRun(silenceId.apply((id) => `NOT resource.labels.config_id="${id}"`))),
    ],
    onLog: true,
  },
});
