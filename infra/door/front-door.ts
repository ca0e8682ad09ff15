import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi';
import { GlobalAddress } from '@pulumi/gcp/compute/globalAddress.js';
import { GlobalForwardingRule } from '@pulumi/gcp/compute/globalForwardingRule.js';
import { SSLPolicy } from '@pulumi/gcp/compute/sslpolicy.js';
import { TargetHttpsProxy } from '@pulumi/gcp/compute/targetHttpsProxy.js';
import type { Partner } from '../../services/manifest/compile.ts';
import type { StackConfig } from '../config.ts';
import { labelsOf } from '../names.ts';
import type { PartnerService } from '../partner-service.ts';
import { sharedPolicy } from './armor.ts';
import { Certificate } from './certificate.ts';
import { PartnerBackend } from './partner-backend.ts';
import { partnersMap } from './url-map.ts';

interface Args {
  partners: ReadonlyMap<string, { partner: Partner; service: PartnerService }>;
  config: StackConfig;
}

/** The one way in: a global external Application Load Balancer on one host, HTTPS only, a backend and a path rule for each partner. */
export class FrontDoor extends ComponentResource {
  readonly address: GlobalAddress;
  readonly certificate: Certificate;
  readonly backends: ReadonlyMap<string, PartnerBackend>;

  constructor(name: string, { partners, config }: Args, options: ComponentResourceOptions) {
    super('linkshare:infra:FrontDoor', name, {}, options);
    const parent = { parent: this };
    const shared = sharedPolicy(config, parent);
    this.backends = new Map(
      [...partners].map(([id, { partner, service }]) => [
        id,
        new PartnerBackend({ partner, service, shared, config }, parent),
      ]),
    );
    const urlMap = partnersMap({ backends: this.backends, config }, parent);
    this.certificate = new Certificate('certificate', config, parent);
    // Partners have its name in their consoles, and some its number in their firewalls.
    this.address = new GlobalAddress('address', { name: 'linkshare', labels: labelsOf(config) }, { ...parent, protect: config.production }); // prettier-ignore
    // The oldest TLS that is not broken, with the widest choice of ciphers that Google still allows for it: whom we cannot speak to, we lose.
    const sslPolicy = new SSLPolicy('tls', { name: 'linkshare', profile: 'COMPATIBLE', minTlsVersion: 'TLS_1_2' }, parent); // prettier-ignore
    const proxy = new TargetHttpsProxy(
      'https',
      {
        name: 'linkshare',
        urlMap: urlMap.id,
        certificateMap: this.certificate.mapUrl,
        sslPolicy: sslPolicy.id,
      },
      parent,
    );
    // No port 80: a redirect would come after the secret in the URL has crossed the net in the clear, and turns a POST into a GET.
    new GlobalForwardingRule(
      'https',
      {
        name: 'linkshare',
        target: proxy.id,
        ipAddress: this.address.id,
        portRange: '443',
        loadBalancingScheme: 'EXTERNAL_MANAGED',
        labels: labelsOf(config),
      },
      parent,
    );
    this.registerOutputs();
  }
}
