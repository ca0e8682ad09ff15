import { ComponentResource, type ComponentResourceOptions, type Input } from '@pulumi/pulumi';
import { Secret } from '@pulumi/gcp/secretmanager/secret.js';
import { SecretIamMember } from '@pulumi/gcp/secretmanager/secretIamMember.js';
import type { Partner } from '../services/manifest/compile.ts';
import type { StackConfig } from './config.ts';
import { fillCommand, labelsOf, secretId } from './names.ts';

interface Args {
  partner: Partner;
  /** Who may read them, and nobody else. */
  reader: Input<string>;
  config: StackConfig;
}

/** The secrets of one partner, made empty: a value that passed through here would stand in Pulumi's state. */
export class Secrets extends ComponentResource {
  readonly access: SecretIamMember[];
  /** What to run for each, by its id. */
  readonly fill: Record<string, string>;

  constructor(name: string, { partner, reader, config }: Args, options: ComponentResourceOptions) {
    super('linkshare:infra:Secrets', name, {}, options);
    const ids = partner.secretNames.map((secret) => secretId(partner.id, secret));
    this.access = ids.map((id) => this.#make(id, partner.id, reader, config));
    this.fill = Object.fromEntries(ids.map((id) => [id, fillCommand(config.project, id)]));
    this.registerOutputs();
  }

  #make(id: string, partner: string, member: Input<string>, config: StackConfig): SecretIamMember {
    const secret = emptySecret(id, partner, config, this);
    return new SecretIamMember(
      id,
      { secretId: secret.id, role: 'roles/secretmanager.secretAccessor', member },
      { parent: this },
    );
  }
}

/** A secret of a partner without a value, under its component. */
export const emptySecret = (
  id: string,
  partner: string,
  config: StackConfig,
  parent: ComponentResource,
): Secret =>
  new Secret(
    id,
    {
      secretId: id,
      replication: { auto: {} },
      deletionProtection: config.production,
      labels: labelsOf(config, { partner }),
    },
    { parent, protect: config.production },
  );
