import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi';
import { IAMCustomRole } from '@pulumi/gcp/projects/iamcustomRole.js';
import { Account } from '@pulumi/gcp/serviceaccount/account.js';
import type { Bus } from '../bus.ts';
import type { StackConfig } from '../config.ts';
import type { LedgerStack } from '../ledger/ledger.ts';
import type { ScheduledPartner } from '../partners.ts';
import { ReportJobs } from './report-jobs.ts';

/**
 * What a connector needs that keeps tokens (services/linkshare/README.md): to read and add versions, to destroy old ones, and to note in the
 * secret that it is at it. Google's own role for that could also delete the secret and give it away.
 */
const writesSecrets = [
  'secretmanager.versions.access',
  'secretmanager.versions.add',
  'secretmanager.versions.get',
  'secretmanager.versions.list',
  'secretmanager.versions.destroy',
  'secretmanager.secrets.get',
  'secretmanager.secrets.update',
];

interface Args {
  /** Those with a report on a schedule; `production` of their own, since one may be retiring. */
  partners: readonly { partner: ScheduledPartner; production: boolean }[];
  bus: Bus;
  ledger: LedgerStack;
  config: StackConfig;
}

/** Partners' reports: fetched on a schedule, and compared each day with what came. */
export class Reports extends ComponentResource {
  /** The commands that fill their secrets, by secret. */
  readonly fill: Record<string, string>;

  constructor(name: string, { partners, bus, ledger, config }: Args, options: ComponentResourceOptions) {
    super('linkshare:infra:Reports', name, {}, options);
    const parent = { parent: this };
    const starter = new Account('linkshare-schedule', { accountId: 'linkshare-schedule', displayName: 'Starts what runs by the clock' }, parent); // prettier-ignore
    const writer = new IAMCustomRole(
      'linkshare-secret-writer',
      {
        roleId: 'linkshareSecretWriter',
        title: 'LinkShare: keeps tokens in a secret',
        permissions: writesSecrets,
      },
      parent,
    );
    const each = partners.map(
      ({ partner, production }) =>
        new ReportJobs({ partner, bus, ledger, starter, writer, config: { ...config, production } }, parent),
    );
    this.fill = Object.assign({}, ...each.map(({ secrets }) => secrets.fill)) as Record<string, string>;
    this.registerOutputs();
  }
}
