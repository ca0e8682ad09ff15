import {
  ComponentResource,
  interpolate,
  type ComponentResourceOptions,
  type Output,
  type Resource,
} from '@pulumi/pulumi';
import { Dataset } from '@pulumi/gcp/bigquery/dataset.js';
import { getProjectOutput } from '@pulumi/gcp/organizations/getProject.js';
import { Subscription } from '@pulumi/gcp/pubsub/subscription.js';
import { Topic } from '@pulumi/gcp/pubsub/topic.js';
import { Archive } from './archive.ts';
import type { StackConfig } from './config.ts';
import { labelsOf } from './names.ts';

const day = 86_400;

/** How long a topic keeps what was published, to be read again from any time in it. Google's most is 31 days. */
const retention = { conversions: 31 * day, quarantine: 31 * day, refused: 7 * day };
export type TopicName = keyof typeof retention;
const topicNames = Object.keys(retention) as TopicName[];

/** Kept in BigQuery; what was refused is a stranger's word and goes after its 7 days. */
const archived = ['conversions', 'quarantine'] as const;

/**
 * The topics that gateways publish to, and what keeps their messages. They have no schema: a message that a schema refuses would be a
 * sale answered with 503, and the contract is checked where it is made. The ledger's push subscriptions are the ledger's own (ledger/push.ts).
 */
export class Bus extends ComponentResource {
  readonly topics: Record<TopicName, Topic>;
  readonly dataset: Dataset;
  readonly archives: Record<(typeof archived)[number], Archive>;
  /** Without these nothing may be published: it would be published to nobody. */
  readonly subscriptions: Resource[];
  /** Pub/Sub's own identity, which writes what a subscription asks for. */
  readonly agent: Output<string>;

  constructor(name: string, config: StackConfig, options: ComponentResourceOptions) {
    super('linkshare:infra:Bus', name, {}, options);
    const { region, production } = config;
    const labels = labelsOf(config);
    const kept = { parent: this, protect: production };
    this.topics = record(topicNames, (topic) => new Topic(topic, { name: topic, messageRetentionDuration: `${retention[topic]}s`, labels }, kept)); // prettier-ignore
    this.dataset = new Dataset(
      'linkshare',
      { datasetId: 'linkshare', location: region, description: 'What partners sent, as it came', labels },
      kept,
    );
    const { number } = getProjectOutput({ projectId: config.project }, { parent: this });
    this.agent = interpolate`serviceAccount:service-${number}@gcp-sa-pubsub.iam.gserviceaccount.com`;
    const { dataset, agent } = this;
    this.archives = record(archived, (topic) => new Archive(topic, { topic: this.topics[topic], dataset, agent, config }, { parent: this })); // prettier-ignore
    const refused = new Subscription(
      'refused-review',
      {
        name: 'refused-review',
        topic: this.topics.refused.id,
        // A person reads it, and nobody has to: what nobody releases goes with its topic.
        messageRetentionDuration: `${retention.refused}s`,
        ackDeadlineSeconds: 600,
        expirationPolicy: { ttl: '' },
        labels,
      },
      { parent: this },
    );
    this.subscriptions = [...Object.values(this.archives).map(({ subscription }) => subscription), refused];
    this.registerOutputs();
  }
}

const record = <K extends string, V>(names: readonly K[], make: (name: K) => V) =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<K, V>;
