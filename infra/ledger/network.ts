import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi';
import { GlobalAddress } from '@pulumi/gcp/compute/globalAddress.js';
import { Network as Vpc } from '@pulumi/gcp/compute/network.js';
import { Subnetwork } from '@pulumi/gcp/compute/subnetwork.js';
import { Connection } from '@pulumi/gcp/servicenetworking/connection.js';
import type { cloudrunv2 } from '@pulumi/gcp/types/input.js';
import type { StackConfig } from '../config.ts';

/**
 * What Cloud Run takes addresses from. It holds two for each instance, and a job's for some minutes after its end; 1,024 are room for 500
 * at once, and it takes no less than a /26. https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
 */
const range = '10.40.0.0/22';

/**
 * The private network between the ledger, its jobs and its database: nobody else is in it, and nothing comes in from outside. Cloud Run
 * reaches it by Direct VPC egress, Cloud SQL by private services access.
 */
export class Network extends ComponentResource {
  readonly vpc: Vpc;
  /** Must be there before the database: it gets its address by it. */
  readonly peering: Connection;
  /** How a service or a job gets in. */
  readonly access: cloudrunv2.ServiceTemplateVpcAccess;

  constructor(name: string, { region }: StackConfig, options: ComponentResourceOptions) {
    super('linkshare:infra:Network', name, {}, options);
    const parent = { parent: this };
    this.vpc = new Vpc('ledger', { name: 'linkshare-ledger', autoCreateSubnetworks: false }, parent);
    const network = this.vpc.id;
    const subnetwork = new Subnetwork(
      'ledger',
      { name: 'linkshare-ledger', region, network, ipCidrRange: range, privateIpGoogleAccess: true },
      parent,
    );
    const reserved = new GlobalAddress(
      'ledger-services',
      {
        name: 'linkshare-ledger-services',
        purpose: 'VPC_PEERING',
        addressType: 'INTERNAL',
        prefixLength: 20,
        network,
      },
      parent,
    );
    this.peering = new Connection(
      'ledger-services',
      {
        network,
        service: 'servicenetworking.googleapis.com',
        reservedPeeringRanges: [reserved.name],
        // Google keeps it for days after the last database is gone, and a deletion would fail until then.
        deletionPolicy: 'ABANDON',
      },
      parent,
    );
    // What is not private goes out as ever: Google's APIs, publishers' hosts, networks' reports.
    const interfaces = [{ network: this.vpc.name, subnetwork: subnetwork.name }];
    this.access = { networkInterfaces: interfaces, egress: 'PRIVATE_RANGES_ONLY' };
    this.registerOutputs();
  }
}
