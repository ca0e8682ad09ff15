import type { Input } from '@pulumi/pulumi';
import type { cloudrunv2 } from '@pulumi/gcp/types/input.js';
import type { Partner } from '../services/manifest/compile.ts';
import type { TopicName } from './bus.ts';
import type { StackConfig } from './config.ts';
import { manifestVariable } from './limits.ts';
import { labelsOf } from './names.ts';

interface Args {
  partner: Partner;
  account: Input<string>;
  topics: Record<TopicName, Input<string>>;
  config: StackConfig;
}

/** Seconds that the server gives a sender to send a request whole: services/runtime/http.ts. */
const requestSeconds = 30;

/**
 * Requests that one instance works on at a time. One process keeps 256 in flight at full speed (npm run bench); beyond that they would
 * wait for each other, so Cloud Run starts another.
 */
const concurrency = 250;

/** What Cloud Run runs for a partner. What its manifest says under `deploy` counts; the rest is good for a few postbacks a second. */
export function serviceTemplate({ partner, account, topics, config }: Args): cloudrunv2.ServiceTemplate {
  const { memory = '512Mi', minInstances = '0', maxInstances = '20' } = partner.manifest.deploy ?? {};
  return {
    serviceAccount: account,
    labels: labelsOf(config, { partner: partner.id }),
    scaling: { minInstanceCount: Number(minInstances), maxInstanceCount: Number(maxInstances) },
    maxInstanceRequestConcurrency: concurrency,
    // Our own 503, and the line in the journal, come first: Cloud Run's cut would leave neither.
    timeout: `${Math.ceil(partner.answerWithin / 1000) + requestSeconds}s`,
    containers: [
      {
        image: partner.id === config.canary ? (config.canaryImage ?? config.image) : config.image,
        args: ['gateway'],
        envs: Object.entries(variablesOf(partner, topics, config)).map(([name, value]) => ({ name, value })),
        resources: { cpuIdle: true, startupCpuBoost: true, limits: { cpu: '1', memory } },
        ports: { containerPort: 8080 },
        startupProbe: {
          httpGet: { path: '/health/ready', port: 8080 },
          periodSeconds: 1,
          timeoutSeconds: 1,
          failureThreshold: 30,
        },
        livenessProbe: {
          httpGet: { path: '/health/live', port: 8080 },
          periodSeconds: 60,
          timeoutSeconds: 5,
        },
      },
    ],
  };
}

const variablesOf = (
  partner: Partner,
  topics: Args['topics'],
  { project }: StackConfig,
): Record<string, Input<string>> => ({
  MANIFEST: manifestVariable(partner.id, partner.manifest),
  GOOGLE_CLOUD_PROJECT: project,
  CONVERSIONS_TOPIC: topics.conversions,
  QUARANTINE_TOPIC: topics.quarantine,
  REFUSED_TOPIC: topics.refused,
  // The load balancer adds the sender's address and its own: https://cloud.google.com/load-balancing/docs/https#x-forwarded-for_header
  TRUSTED_HOPS: '2',
});
