import { ComponentResource, type ComponentResourceOptions, type Input } from '@pulumi/pulumi';
import type { IAMCustomRole } from '@pulumi/gcp/projects/iamcustomRole.js';
import { SecretIamMember } from '@pulumi/gcp/secretmanager/secretIamMember.js';
import type { StackConfig } from '../config.ts';
import { fillCommand, secretId } from '../names.ts';
import type { ScheduledPartner } from '../partners.ts';
import { emptySecret } from '../secrets.ts';

interface Args {
  partner: ScheduledPartner;
  /** Who may read them, and write those that its connector writes. */
  reader: Input<string>;
  /** What writing needs. */
  writer: IAMCustomRole;
  config: StackConfig;
}

/** The secrets of one partner's report, made empty as the gateway's are. One that the gateway has too is made there. */
export class ReportSecrets extends ComponentResource {
  readonly access: SecretIamMember[];
  /** What to run for each that people fill, by its id. */
  readonly fill: Record<string, string>;

  constructor(name: string, { partner, reader, writer, config }: Args, options: ComponentResourceOptions) {
    super('linkshare:infra:ReportSecrets', name, {}, options);
    const { secretNames, writes } = partner.report;
    const idOf = (secret: string) => secretId(partner.id, secret);
    const own = secretNames.filter((secret) => !partner.secretNames.includes(secret));
    const made = new Map(own.map((secret) => [secret, emptySecret(idOf(secret), partner.id, config, this)]));
    this.access = secretNames.map((secret) => {
      const role = writes.includes(secret) ? writer.name : 'roles/secretmanager.secretAccessor';
      const id = made.get(secret)?.id ?? `projects/${config.project}/secrets/${idOf(secret)}`;
      return new SecretIamMember(`${idOf(secret)}-report`, { secretId: id, role, member: reader }, { parent: this }); // prettier-ignore
    });
    // Tokens come by signing in, and not by a command that holds them.
    const filled = own.filter((secret) => !writes.includes(secret));
    this.fill = Object.fromEntries(filled.map((secret) => [idOf(secret), fillCommand(config.project, idOf(secret))])); // prettier-ignore
    this.registerOutputs();
  }
}
