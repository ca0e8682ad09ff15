import { ComponentResource, interpolate, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { Certificate as Managed } from '@pulumi/gcp/certificatemanager/certificate.js';
import { CertificateMap } from '@pulumi/gcp/certificatemanager/certificateMap.js';
import { CertificateMapEntry } from '@pulumi/gcp/certificatemanager/certificateMapEntry.js';
import { DnsAuthorization } from '@pulumi/gcp/certificatemanager/dnsAuthorization.js';
import type { StackConfig } from '../config.ts';
import { labelsOf } from '../names.ts';

/**
 * A certificate that Google makes and renews. It is authorised by a record in the domain's DNS, so that it is there before the host
 * points here: an older kind would come only afterwards, and until then partners' calls would fail.
 * https://cloud.google.com/certificate-manager/docs/domain-authorization
 */
export class Certificate extends ComponentResource {
  /** The record to make in the domain's DNS. */
  readonly record: Output<string>;
  /** What a proxy is told. */
  readonly mapUrl: Output<string>;

  constructor(name: string, config: StackConfig, options: ComponentResourceOptions) {
    super('linkshare:infra:Certificate', name, {}, options);
    const { domain } = config;
    const parent = { parent: this };
    const labels = labelsOf(config);
    // Named by Pulumi: another domain makes others, and the old ones serve until those are there.
    const authorization = new DnsAuthorization('linkshare', { domain, labels }, parent);
    const certificate = new Managed(
      'linkshare',
      { managed: { domains: [domain], dnsAuthorizations: [authorization.id] }, labels },
      parent,
    );
    const map = new CertificateMap('linkshare', { labels }, parent);
    new CertificateMapEntry(
      'linkshare',
      { map: map.name, hostname: domain, certificates: [certificate.id], labels },
      parent,
    );
    this.mapUrl = interpolate`//certificatemanager.googleapis.com/${map.id}`;
    const [record] = [authorization.dnsResourceRecords[0]];
    this.record = interpolate`${record?.name} ${record?.type} ${record?.data}`;
    this.registerOutputs();
  }
}
