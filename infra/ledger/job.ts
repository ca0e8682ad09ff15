import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import { Job } from '@pulumi/gcp/cloudrunv2/job.js';
import type { cloudrunv2 } from '@pulumi/gcp/types/input.js';
import type { StackConfig } from '../config.ts';
import { labelsOf } from '../names.ts';
import type { DatabaseAccount } from './account.ts';
import type { Database } from './database.ts';
import type { Network } from './network.ts';

/** What a job or the ledger needs in order to be in the database. */
export interface Inside {
  network: Network;
  database: Database;
}

interface Args extends Inside {
  account: DatabaseAccount;
  image: string;
  /** The role, and what follows it. */
  args: string[];
  variables?: Record<string, Input<string>>;
  /** Seconds; a job that runs for more than an hour may lose its way to the database when Google moves it. */
  timeout?: number;
  retries?: number;
  /** The end of the name of an execution that is started at once and waited for. */
  runs?: string;
  files?: { bucket: Input<string>; at: string };
  labels?: Record<string, string>;
  config: StackConfig;
}

/** What the environment says of the database: services/ledger/database.ts. */
export const databaseVariables = (database: Database, account: DatabaseAccount) => ({
  INSTANCE_CONNECTION_NAME: database.connectionName,
  DB_USER: account.user,
  DB_NAME: database.database.name,
});

/** A Cloud Run job beside the ledger: the same image, one task at a time. */
export function job(name: string, args: Args, options: CustomResourceOptions): Job {
  const { account, config, timeout = 3_000, retries = 0, runs } = args;
  return new Job(
    name,
    {
      name,
      location: config.region,
      labels: labelsOf(config, args.labels),
      deletionProtection: config.production,
      ...(runs !== undefined && { runExecutionToken: runs }),
      template: {
        taskCount: 1,
        parallelism: 1,
        template: {
          serviceAccount: account.identity.email,
          timeout: `${timeout}s`,
          maxRetries: retries,
          vpcAccess: args.network.access,
          ...containerOf(args),
        },
      },
    },
    { ...options, dependsOn: [options.dependsOn ?? [], account.rights].flat() as Job[] },
  );
}

function containerOf({
  image,
  args,
  variables = {},
  files,
  database,
  account,
  config,
}: Args): Partial<cloudrunv2.JobTemplateTemplate> {
  const all = {
    GOOGLE_CLOUD_PROJECT: config.project,
    ...databaseVariables(database, account),
    ...variables,
  };
  const container = {
    image,
    args,
    envs: Object.entries(all).map(([name, value]) => ({ name, value })),
    resources: { limits: { cpu: '1', memory: '1Gi' } },
  };
  if (files === undefined) return { containers: [container] };
  const gcs = { bucket: files.bucket, readOnly: true, mountOptions: ['implicit-dirs'] };
  return {
    containers: [{ ...container, volumeMounts: [{ name: 'files', mountPath: files.at }] }],
    volumes: [{ name: 'files', gcs }],
  };
}
