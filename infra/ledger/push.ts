import { ComponentResource, interpolate, type ComponentResourceOptions, type Resource } from '@pulumi/pulumi';
import type { Service } from '@pulumi/gcp/cloudrunv2/service.js';
import { ServiceIamMember } from '@pulumi/gcp/cloudrunv2/serviceIamMember.js';
import { Subscription } from '@pulumi/gcp/pubsub/subscription.js';
import { SubscriptionIAMMember } from '@pulumi/gcp/pubsub/subscriptionIAMMember.js';
import { Topic } from '@pulumi/gcp/pubsub/topic.js';
import { TopicIAMMember } from '@pulumi/gcp/pubsub/topicIAMMember.js';
import type { Account } from '@pulumi/gcp/serviceaccount/account.js';
import type { Bus, TopicName } from '../bus.ts';
import type { StackConfig } from '../config.ts';
import { labelsOf } from '../names.ts';

/** What the tokens of pushes are made out to: a name of ours, since the service's address is not known before the service is. */
export const audience = 'linkshare-ledger';

/** About 16 hours at 600 s each: longer than a night without anybody. */
const attempts = 100;
const month = `${31 * 86_400}s`;

interface Args {
  bus: Bus;
  service: Service;
  /** Who pushes. */
  pusher: Account;
  config: StackConfig;
}

/**
 * How the ledger gets what gateways and reports publish: Pub/Sub pushes each topic to it, as an account that alone may call it. What it
 * does not take comes again, later each time; after 100 attempts it goes to `ledger-dead`, where an alarm is and nothing is lost.
 */
export class Push extends ComponentResource {
  readonly subscriptions: Subscription[];
  readonly #args: Args;

  constructor(name: string, args: Args, options: ComponentResourceOptions) {
    super('linkshare:infra:Push', name, {}, options);
    this.#args = args;
    const { bus, service, pusher, config } = args;
    const parent = { parent: this };
    const mayCall = new ServiceIamMember(
      'ledger-push',
      { name: service.name, location: service.location, role: 'roles/run.invoker', member: pusher.member },
      parent,
    );
    const labels = labelsOf(config);
    const dead = new Topic('ledger-dead', { name: 'ledger-dead', messageRetentionDuration: month, labels }, { ...parent, protect: config.production }); // prettier-ignore
    // Read by a person; a topic without a subscription keeps nothing for anybody.
    const kept = new Subscription(
      'ledger-dead',
      {
        name: 'ledger-dead',
        topic: dead.id,
        messageRetentionDuration: month,
        expirationPolicy: { ttl: '' },
        labels,
      },
      parent,
    );
    const mayBury = new TopicIAMMember(
      'ledger-dead',
      { topic: dead.id, role: 'roles/pubsub.publisher', member: bus.agent },
      parent,
    );
    const after = [mayCall, kept, mayBury];
    this.subscriptions = Object.keys(bus.topics).map((topic) => this.#subscribe(topic as TopicName, dead, after)); // prettier-ignore
    this.registerOutputs();
  }

  #subscribe(topic: TopicName, dead: Topic, dependsOn: Resource[]): Subscription {
    const { bus, service, pusher, config } = this.#args;
    const name = `${topic}-ledger`;
    const subscription = new Subscription(
      name,
      {
        name,
        topic: bus.topics[topic].id,
        pushConfig: {
          pushEndpoint: interpolate`${service.uri}/push`,
          oidcToken: { serviceAccountEmail: pusher.email, audience },
        },
        // Longer than the service may take to answer, so that nothing comes again while it is being recorded.
        ackDeadlineSeconds: 600,
        retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
        deadLetterPolicy: { deadLetterTopic: dead.id, maxDeliveryAttempts: attempts },
        messageRetentionDuration: topic === 'refused' ? `${7 * 86_400}s` : month,
        expirationPolicy: { ttl: '' },
        labels: labelsOf(config),
      },
      { parent: this, dependsOn },
    );
    // What it moves to `ledger-dead` it must be able to take out of here.
    new SubscriptionIAMMember(
      name,
      { subscription: subscription.name, role: 'roles/pubsub.subscriber', member: bus.agent },
      { parent: this },
    );
    return subscription;
  }
}
