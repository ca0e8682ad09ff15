import type { CustomResourceOptions } from '@pulumi/pulumi';
import { Service } from '@pulumi/gcp/cloudrunv2/service.js';
import type { Account } from '@pulumi/gcp/serviceaccount/account.js';
import type { Partner } from '../../services/manifest/compile.ts';
import type { StackConfig } from '../config.ts';
import { labelsOf } from '../names.ts';
import type { DatabaseAccount } from './account.ts';
import { databaseVariables, type Inside } from './job.ts';
import { audience } from './push.ts';
import { partnerSettings } from './settings.ts';

interface Args extends Inside {
  account: DatabaseAccount;
  /** As whom Pub/Sub pushes. */
  pusher: Account;
  partners: readonly Partner[];
  image: string;
  config: StackConfig;
}

/** Each instance has five connections (DB_CONNECTIONS); the smallest database that we offer for production takes a hundred. */
const mostInstances = 4;

/** Pushes that one instance works on at a time: more than it has connections, so that none is idle, and few enough to fit into its memory. */
const concurrency = 40;

/**
 * The ledger: one instance at least, whose processor is never taken away, since it sends publishers' postbacks by a clock of its own. It is
 * reached from within the project alone, which Pub/Sub's pushes are: https://cloud.google.com/run/docs/securing/ingress
 */
export const ledgerService = (args: Args, options: CustomResourceOptions): Service =>
  new Service(
    'ledger',
    {
      name: 'ledger',
      location: args.config.region,
      ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
      customAudiences: [audience],
      deletionProtection: args.config.production,
      labels: labelsOf(args.config),
      template: {
        serviceAccount: args.account.identity.email,
        labels: labelsOf(args.config),
        scaling: { minInstanceCount: 1, maxInstanceCount: mostInstances },
        maxInstanceRequestConcurrency: concurrency,
        timeout: '300s',
        vpcAccess: args.network.access,
        containers: [containerOf(args)],
      },
    },
    { ...options, dependsOn: [options.dependsOn ?? [], args.account.rights].flat() as Service[] },
  );

function containerOf({ image, partners, database, account, pusher, config }: Args) {
  const variables = {
    GOOGLE_CLOUD_PROJECT: config.project,
    ...databaseVariables(database, account),
    PUSH_AUDIENCE: audience,
    PUSH_ACCOUNT: pusher.email,
    PARTNER_SETTINGS: partnerSettings(partners),
  };
  const port = 8080;
  return {
    image,
    args: ['ledger'],
    envs: Object.entries(variables).map(([name, value]) => ({ name, value })),
    resources: { cpuIdle: false, startupCpuBoost: true, limits: { cpu: '1', memory: '1Gi' } },
    ports: { containerPort: port },
    // The way into the network may take a minute to open: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#limitations
    startupProbe: {
      httpGet: { path: '/health/ready', port },
      periodSeconds: 5,
      timeoutSeconds: 4,
      failureThreshold: 48,
    },
    // Alive without a database: a restart would not bring that back.
    livenessProbe: { httpGet: { path: '/health/live', port }, periodSeconds: 60, timeoutSeconds: 5 },
  };
}
