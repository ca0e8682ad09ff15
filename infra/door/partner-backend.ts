import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi';
import { BackendService } from '@pulumi/gcp/compute/backendService.js';
import { RegionNetworkEndpointGroup } from '@pulumi/gcp/compute/regionNetworkEndpointGroup.js';
import type { SecurityPolicy } from '@pulumi/gcp/compute/securityPolicy.js';
import type { Partner } from '../../services/manifest/compile.ts';
import type { StackConfig } from '../config.ts';
import { serviceName } from '../names.ts';
import { addressesOf, isWatched } from '../partners.ts';
import type { PartnerService } from '../partner-service.ts';
import { partnerPolicy } from './armor.ts';

interface Args {
  partner: Partner;
  service: PartnerService;
  /** The policy of partners that name no addresses. */
  shared: SecurityPolicy;
  config: StackConfig;
}

/** What the load balancer knows of one partner: its service in each region, and who may send how much. */
export class PartnerBackend extends ComponentResource {
  readonly id: string;
  readonly backend: BackendService;
  /** Whether its health can be asked for at the front door. */
  readonly watched: boolean;

  constructor({ partner, service, shared, config }: Args, options: ComponentResourceOptions) {
    super('linkshare:infra:PartnerBackend', partner.id, {}, options);
    this.id = partner.id;
    this.watched = isWatched(partner, config);
    const name = serviceName(partner.id);
    const parent = { parent: this };
    const policy = addressesOf(partner).length > 0 ? partnerPolicy(partner, config, parent) : shared;
    const groups = Object.entries(service.services).map(
      ([region, { name: runs }]) =>
        new RegionNetworkEndpointGroup(
          region === config.region ? name : `${name}-${region}`,
          { name, region, networkEndpointType: 'SERVERLESS', cloudRun: { service: runs } },
          parent,
        ),
    );
    this.backend = new BackendService(
      name,
      {
        name,
        loadBalancingScheme: 'EXTERNAL_MANAGED',
        protocol: 'HTTPS',
        backends: groups.map(({ id }) => ({ group: id })),
        securityPolicy: policy.id,
        // Its log would hold URLs, and URLs hold secrets: https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring
        logConfig: { enable: false },
      },
      parent,
    );
    this.registerOutputs();
  }
}
