import { ComponentResource, type ComponentResourceOptions, type Resource } from '@pulumi/pulumi';
import { Service } from '@pulumi/gcp/cloudrunv2/service.js';
import { TopicIAMMember } from '@pulumi/gcp/pubsub/topicIAMMember.js';
import { Account } from '@pulumi/gcp/serviceaccount/account.js';
import type { Partner } from '../services/manifest/compile.ts';
import type { Bus, TopicName } from './bus.ts';
import type { StackConfig } from './config.ts';
import { labelsOf, serviceName } from './names.ts';
import { Secrets } from './secrets.ts';
import { serviceTemplate } from './service-template.ts';

interface Args {
  partner: Partner;
  bus: Bus;
  /** What must be there before a postback can come: see Logs. */
  after: Resource[];
  config: StackConfig;
}

/**
 * One partner's gateway: a Cloud Run service that nothing but the load balancer reaches, with an identity of its own that may read this
 * partner's secrets and publish, and nothing more.
 */
export class PartnerService extends ComponentResource {
  readonly id: string;
  readonly identity: Account;
  readonly secrets: Secrets;
  /** By region; all are called the same. */
  readonly services: Record<string, Service>;

  constructor({ partner, bus, after, config }: Args, options: ComponentResourceOptions) {
    super('linkshare:infra:PartnerService', partner.id, {}, options);
    const name = serviceName(partner.id);
    this.id = partner.id;
    this.identity = new Account(
      name,
      { accountId: name, displayName: `Gateway of ${partner.manifest.name}` },
      { parent: this },
    );
    const { member } = this.identity;
    this.secrets = new Secrets(partner.id, { partner, reader: member, config }, { parent: this });
    const rights = Object.entries(bus.topics).map(
      ([topic, { id }]) =>
        new TopicIAMMember(
          `${name}-${topic}`,
          { topic: id, role: 'roles/pubsub.publisher', member },
          { parent: this },
        ),
    );
    const topics = Object.fromEntries(
      Object.entries(bus.topics).map(([topic, { id }]) => [topic, id]),
    ) as Record<TopicName, (typeof bus.topics)[TopicName]['id']>;
    const template = serviceTemplate({ partner, account: this.identity.email, topics, config });
    const dependsOn = [...after, ...bus.subscriptions, ...rights, ...this.secrets.access];
    this.services = Object.fromEntries(
      [config.region, ...config.standbyRegions].map((location) => [
        location,
        new Service(
          location === config.region ? name : `${name}-${location}`,
          {
            name,
            location,
            template,
            labels: labelsOf(config, { partner: partner.id, stage: partner.manifest.stage ?? 'live' }),
            // Both together: no address of Cloud Run's own, and none but a load balancer of this project gets in.
            // https://cloud.google.com/run/docs/securing/ingress
            ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
            defaultUriDisabled: true,
            // Partners have no Google identity. This says so without `allUsers`, which many organisations forbid.
            invokerIamDisabled: true,
            deletionProtection: config.production,
          },
          { parent: this, dependsOn },
        ),
      ]),
    );
    this.registerOutputs();
  }
}
