import { ComponentResource, interpolate, type ComponentResourceOptions, type Input } from '@pulumi/pulumi';
import type { Dataset } from '@pulumi/gcp/bigquery/dataset.js';
import { IamMember } from '@pulumi/gcp/bigquery/iamMember.js';
import { Table } from '@pulumi/gcp/bigquery/table.js';
import { Subscription } from '@pulumi/gcp/pubsub/subscription.js';
import type { Topic } from '@pulumi/gcp/pubsub/topic.js';
import type { StackConfig } from './config.ts';
import { labelsOf } from './names.ts';

/** The columns that a BigQuery subscription writes: https://cloud.google.com/pubsub/docs/create-bigquery-subscription#write_message_metadata */
const columns = [
  { name: 'subscription_name', type: 'STRING' },
  { name: 'message_id', type: 'STRING' },
  { name: 'publish_time', type: 'TIMESTAMP' },
  // Texts, not JSON: what BigQuery cannot read as JSON it would not take, and it rounds long numbers.
  { name: 'data', type: 'STRING' },
  { name: 'attributes', type: 'STRING' },
].map((column) => ({ ...column, mode: 'NULLABLE' }));

/** 400 days, in milliseconds. */
const expirationMs = 400 * 86_400_000;

interface Args {
  topic: Topic;
  dataset: Dataset;
  /** Pub/Sub's own identity, which writes. */
  agent: Input<string>;
  config: StackConfig;
}

/** A table in BigQuery that keeps every message of a topic as it was published, by the day, for 400 days. */
export class Archive extends ComponentResource {
  readonly table: Table;
  readonly subscription: Subscription;

  constructor(name: string, { topic, dataset, agent, config }: Args, options: ComponentResourceOptions) {
    super('linkshare:infra:Archive', name, {}, options);
    const labels = labelsOf(config);
    this.table = new Table(
      name,
      {
        datasetId: dataset.datasetId,
        tableId: name,
        schema: JSON.stringify(columns),
        timePartitioning: { type: 'DAY', field: 'publish_time', expirationMs },
        // A query that names no days would read, and cost, all of them.
        requirePartitionFilter: true,
        deletionProtection: config.production,
        labels,
      },
      { parent: this, protect: config.production },
    );
    const mayWrite = new IamMember(
      `${name}-pubsub`,
      {
        datasetId: dataset.datasetId,
        tableId: this.table.tableId,
        role: 'roles/bigquery.dataEditor',
        member: agent,
      },
      { parent: this },
    );
    this.subscription = new Subscription(
      `${name}-bigquery`,
      {
        name: `${name}-bigquery`,
        topic: topic.id,
        bigqueryConfig: {
          table: interpolate`${this.table.project}.${this.table.datasetId}.${this.table.tableId}`,
          writeMetadata: true,
        },
        // While BigQuery is away or refuses, messages wait as long as they may; the alert on the oldest one is hours away from that.
        messageRetentionDuration: `${31 * 86_400}s`,
        // A subscription that nobody used for 31 days would be deleted, and with it whatever a quiet partner sends on day 32.
        expirationPolicy: { ttl: '' },
        labels,
      },
      { parent: this, dependsOn: [mayWrite] },
    );
    this.registerOutputs();
  }
}
