import { ComponentResource, type ComponentResourceOptions, type Input, type Resource } from '@pulumi/pulumi';
import { IAMMember } from '@pulumi/gcp/projects/iammember.js';
import { Account } from '@pulumi/gcp/serviceaccount/account.js';
import { User } from '@pulumi/gcp/sql/user.js';
import type { StackConfig } from '../config.ts';
import type { Database } from './database.ts';

interface Args {
  displayName: string;
  /** A group of rights in the database: services/ledger/access.ts makes ours. */
  group: 'cloudsqlsuperuser' | 'linkshare_ledger' | 'linkshare_sync';
  database: Database;
  /** What makes that group. */
  after?: readonly Resource[];
  config: StackConfig;
}

/** Both are needed to log in. https://cloud.google.com/sql/docs/postgres/iam-logins */
const roles = { connects: 'roles/cloudsql.client', 'logs-in': 'roles/cloudsql.instanceUser' };

/** An identity that may log in to the ledger's database, as a member of one group of rights, and may do nothing else yet. */
export class DatabaseAccount extends ComponentResource {
  readonly identity: Account;
  /** What the connector is told: the address without its end. */
  readonly user: Input<string>;
  /** Must be there before it can log in. */
  readonly rights: Resource[];

  constructor(
    name: string,
    { displayName, group, database, after = [], config }: Args,
    options: ComponentResourceOptions,
  ) {
    super('linkshare:infra:DatabaseAccount', name, {}, options);
    const parent = { parent: this };
    this.identity = new Account(name, { accountId: name, displayName }, parent);
    const { member, email } = this.identity;
    this.user = email.apply((address) => address.replace(/\.gserviceaccount\.com$/, ''));
    const { project } = config;
    // Google's rights are for a whole project; the condition makes them this database's.
    const condition = {
      title: 'ledger',
      expression: `resource.service == "sqladmin.googleapis.com" && resource.name == "projects/${project}/instances/ledger"`,
    };
    const granted = Object.entries(roles).map(
      ([what, role]) => new IAMMember(`${name}-${what}`, { project, role, member, condition }, parent),
    );
    const user = new User(
      name,
      {
        name: this.user,
        instance: database.instance.name,
        type: 'CLOUD_IAM_SERVICE_ACCOUNT',
        databaseRoles: [group],
      },
      { ...parent, dependsOn: [...after] },
    );
    this.rights = [...granted, user];
    this.registerOutputs();
  }
}
