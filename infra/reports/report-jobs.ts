import { ComponentResource, type ComponentResourceOptions, type Resource } from '@pulumi/pulumi';
import type { IAMCustomRole } from '@pulumi/gcp/projects/iamcustomRole.js';
import { TopicIAMMember } from '@pulumi/gcp/pubsub/topicIAMMember.js';
import type { Account } from '@pulumi/gcp/serviceaccount/account.js';
import type { Bus } from '../bus.ts';
import type { StackConfig } from '../config.ts';
import { DatabaseAccount } from '../ledger/account.ts';
import { job } from '../ledger/job.ts';
import type { LedgerStack } from '../ledger/ledger.ts';
import { manifestVariable } from '../limits.ts';
import { reconcileName, syncName } from '../names.ts';
import type { ScheduledPartner } from '../partners.ts';
import { ReportSecrets } from './report-secrets.ts';
import { cronDaily, cronEvery, schedule } from './schedule.ts';

interface Args {
  partner: ScheduledPartner;
  bus: Bus;
  ledger: LedgerStack;
  /** Who starts jobs. */
  starter: Account;
  /** What a connector may do with a secret that it writes. */
  writer: IAMCustomRole;
  config: StackConfig;
}

const dayMs = 86_400_000;

/** Seconds of one try. With its one more it ends within the hour: before the next begins, and before its way to the database is moved. */
const timeout = 1_500;
const retries = 1;

/**
 * One partner's report: a job that fetches it and publishes what it says, and one that compares it each day with what came. Both run as an
 * identity of their own, which may read this report's secrets, publish, and be in the database as what compares.
 */
export class ReportJobs extends ComponentResource {
  readonly secrets: ReportSecrets;
  readonly #args: Args;
  readonly #account: DatabaseAccount;
  readonly #after: Resource[];

  constructor(args: Args, options: ComponentResourceOptions) {
    super('linkshare:infra:ReportJobs', args.partner.id, {}, options);
    this.#args = args;
    const { partner, bus, ledger, writer, config } = args;
    const parent = { parent: this };
    const [sync, reconcile] = [syncName(partner.id), reconcileName(partner.id)];
    this.#account = new DatabaseAccount(
      sync,
      {
        displayName: `Reports of ${partner.manifest.name}`,
        group: 'linkshare_sync',
        database: ledger.inside.database,
        after: [ledger.migrated],
        config,
      },
      parent,
    );
    const { member } = this.#account.identity;
    this.secrets = new ReportSecrets(partner.id, { partner, reader: member, writer, config }, parent);
    // A report is authentic: what it says goes nowhere else.
    const rights = (['conversions', 'quarantine'] as const).map(
      (topic) =>
        new TopicIAMMember(
          `${sync}-${topic}`,
          { topic: bus.topics[topic].id, role: 'roles/pubsub.publisher', member },
          parent,
        ),
    );
    this.#after = [...bus.subscriptions, ...rights, ...this.secrets.access];
    this.#run(sync, ['sync'], cronEvery(partner.report.every, partner.id));
    const days = String(Math.ceil(partner.report.lookback / dayMs));
    const command = [
      'cli',
      'reconcile',
      '--partner',
      partner.id,
      '--days',
      days,
      '--project',
      config.project,
    ];
    this.#run(reconcile, command, cronDaily(config.reconcileHour, partner.id));
    this.registerOutputs();
  }

  #run(name: string, args: string[], cron: string): void {
    const { partner, bus, ledger, starter, config } = this.#args;
    const runs = job(
      name,
      {
        ...ledger.inside,
        account: this.#account,
        image: config.image,
        args,
        variables: {
          MANIFEST: manifestVariable(partner.id, partner.manifest),
          CONVERSIONS_TOPIC: bus.topics.conversions.id,
          QUARANTINE_TOPIC: bus.topics.quarantine.id,
          REFUSED_TOPIC: bus.topics.refused.id,
        },
        timeout,
        retries,
        labels: { partner: partner.id },
        config,
      },
      { parent: this, dependsOn: this.#after },
    );
    schedule(name, { job: runs, cron, starter, config }, { parent: this });
  }
}
