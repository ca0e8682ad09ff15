import { ComponentResource, type ComponentResourceOptions, type Resource } from '@pulumi/pulumi';
import type { Job } from '@pulumi/gcp/cloudrunv2/job.js';
import type { Service } from '@pulumi/gcp/cloudrunv2/service.js';
import { Account } from '@pulumi/gcp/serviceaccount/account.js';
import type { Partner } from '../../services/manifest/compile.ts';
import type { Bus } from '../bus.ts';
import type { StackConfig } from '../config.ts';
import { DatabaseAccount } from './account.ts';
import { Database } from './database.ts';
import { Files, mountPath, partnersDir } from './files.ts';
import { job, type Inside } from './job.ts';
import { Network } from './network.ts';
import { Push } from './push.ts';
import { ledgerService } from './service.ts';

interface Args {
  partners: readonly Partner[];
  bus: Bus;
  config: StackConfig;
}

/** The ledger and what it stands on: its network, its database, who may do what in it, the service, its pushes, and operators' commands. */
export class LedgerStack extends ComponentResource {
  readonly inside: Inside;
  /** Makes the tables and the groups of rights: whoever is in one of them waits for it. */
  readonly migrated: Job;
  readonly service: Service;
  readonly #image: string;
  readonly #config: StackConfig;

  constructor(name: string, { partners, bus, config }: Args, options: ComponentResourceOptions) {
    super('linkshare:infra:Ledger', name, {}, options);
    const parent = { parent: this };
    this.#config = config;
    this.#image = config.ledgerImage ?? config.image;
    const network = new Network('network', config, parent);
    const database = new Database('database', { network, config }, parent);
    this.inside = { network, database };
    this.migrated = this.#migrate();
    const files = new Files('files', { partners, config }, parent);
    const account = this.#account('linkshare-ledger', 'The ledger');
    const pusher = new Account('linkshare-push', { accountId: 'linkshare-push', displayName: 'Pushes to the ledger' }, parent); // prettier-ignore
    this.service = ledgerService({ ...this.inside, account, pusher, partners, image: this.#image, config }, parent); // prettier-ignore
    new Push('push', { bus, service: this.service, pusher, config }, parent);
    this.#commands(files);
    this.registerOutputs();
  }

  #account(name: string, displayName: string): DatabaseAccount {
    const { database } = this.inside;
    const config = this.#config;
    const own = { displayName, group: 'linkshare_ledger', database, after: [this.migrated], config } as const;
    return new DatabaseAccount(name, own, { parent: this });
  }

  /** Runs once for each image, before anything of it starts. What its role in the database may, it may for that long. */
  #migrate(): Job {
    const { database } = this.inside;
    const config = this.#config;
    const name = 'linkshare-migrate';
    const displayName = "Makes the ledger's tables";
    const account = new DatabaseAccount(name, { displayName, group: 'cloudsqlsuperuser', database, config }, { parent: this }); // prettier-ignore
    return job(
      name,
      {
        ...this.inside,
        account,
        image: this.#image,
        args: ['migrate'],
        // Tables are the role's, which stays, and not the account's.
        variables: { DB_ROLE: 'cloudsqlsuperuser' },
        // A right that was just given may take minutes to be known everywhere: https://cloud.google.com/iam/docs/access-change-propagation
        retries: 10,
        runs: this.#image.split(':').at(-1)!.slice(0, 12),
        config,
      },
      { parent: this, dependsOn: [database.database] },
    );
  }

  /** `gcloud run jobs execute linkshare-cli --args=cli,payout,close,..`: what operators do in the ledger's database. */
  #commands(files: Files): Job {
    const name = 'linkshare-cli';
    const account = this.#account(name, "Operators' commands");
    const reads: Resource = files.readBy(name, account.identity.member);
    return job(
      name,
      {
        ...this.inside,
        account,
        image: this.#image,
        args: ['cli', '--help'],
        variables: { PARTNERS_DIR: partnersDir, DATA_DIR: '/tmp/linkshare' },
        files: { bucket: files.bucket.name, at: mountPath },
        config: this.#config,
      },
      { parent: this, dependsOn: [reads] },
    );
  }
}
