import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { DataTransferConfig } from '@pulumi/gcp/bigquery/dataTransferConfig.js';
import { DatasetIamMember } from '@pulumi/gcp/bigquery/datasetIamMember.js';
import { IAMMember } from '@pulumi/gcp/projects/iammember.js';
import { Account } from '@pulumi/gcp/serviceaccount/account.js';
import type { Partner } from '../../services/manifest/compile.ts';
import type { Bus } from '../bus.ts';
import type { StackConfig } from '../config.ts';
import { endingsOf } from '../partners.ts';
import { endingQuery, silenceQuery } from './queries.ts';

interface Args {
  partners: readonly Partner[];
  bus: Bus;
  config: StackConfig;
}

/**
 * What takes a look at weeks of data or at the calendar, and so is no metric's to say: queries that BigQuery runs on a schedule and that
 * fail when there is something to tell. Their failure is the alarm: https://docs.cloud.google.com/bigquery/docs/dts-monitor
 */
export class Schedules extends ComponentResource {
  /** The number of the query about silence, to tell its failures from the others'. */
  readonly silenceId: Output<string>;

  constructor(name: string, { partners, bus, config }: Args, options: ComponentResourceOptions) {
    super('linkshare:infra:Schedules', name, {}, options);
    const parent = { parent: this };
    const account = new Account(
      'watch',
      { accountId: 'linkshare-watch', displayName: 'Queries that watch' },
      parent,
    );
    const { member } = account;
    const { datasetId } = bus.dataset;
    const rights = [
      new IAMMember(
        'watch-jobs',
        { project: config.project, role: 'roles/bigquery.jobUser', member },
        parent,
      ),
      new DatasetIamMember('watch-data', { datasetId, role: 'roles/bigquery.dataViewer', member }, parent),
    ];
    const tables = Object.values(bus.archives).map(({ table }) => table);
    const schedule = (id: string, displayName: string, every: string, query: string) =>
      new DataTransferConfig(
        id,
        {
          displayName,
          location: config.region,
          dataSourceId: 'scheduled_query',
          schedule: every,
          params: { query },
          serviceAccountName: account.email,
        },
        { ...parent, dependsOn: [...rights, ...tables] },
      );
    const silence = schedule(
      'silence',
      'Which partners are silent',
      'every 1 hours',
      silenceQuery(config.project),
    );
    this.silenceId = silence.name.apply((path) => path.split('/').at(-1) ?? path);
    for (const ending of partners.flatMap(endingsOf))
      schedule(`${ending.partner}-until-${ending.until}`, `Verification of ${ending.partner} until ${ending.until}`, 'every day 08:00', endingQuery(ending)); // prettier-ignore
    this.registerOutputs();
  }
}
