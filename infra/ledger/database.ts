import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { Database as OneDatabase } from '@pulumi/gcp/sql/database.js';
import { DatabaseInstance } from '@pulumi/gcp/sql/databaseInstance.js';
import type { sql } from '@pulumi/gcp/types/input.js';
import type { StackConfig } from '../config.ts';
import { labelsOf } from '../names.ts';
import type { Network } from './network.ts';

/** The one that the tests run on: a newer one is set here and there together. */
const version = 'POSTGRES_15';

/** Two in the morning in Singapore and Shanghai, an hour later in Japan: backups, and on Sundays what Google has to mend. */
const quietHour = 18;

/** The longest that Cloud SQL's Enterprise edition keeps its log for going back to any moment. */
const logDays = 7;
const backups = 30;

const flags = {
  'cloudsql.iam_authentication': 'on',
  // A process that died in the midst of its work must not hold rows for ever.
  idle_in_transaction_session_timeout: '300000',
  log_lock_waits: 'on',
};

/**
 * The ledger's PostgreSQL: no public address, no way in but Google's connector, no user with a password (Cloud SQL makes `postgres`, and
 * without a password nobody can be it). Who may log in is an account of the project: see account.ts.
 */
export class Database extends ComponentResource {
  readonly instance: DatabaseInstance;
  readonly database: OneDatabase;
  /** PROJECT:REGION:INSTANCE, as the connector is told. */
  readonly connectionName: Output<string>;

  constructor(
    name: string,
    { network, config }: { network: Network; config: StackConfig },
    options: ComponentResourceOptions,
  ) {
    super('linkshare:infra:Database', name, {}, options);
    const { region, production } = config;
    const kept = { parent: this, protect: production };
    this.instance = new DatabaseInstance(
      'ledger',
      {
        name: 'ledger',
        region,
        databaseVersion: version,
        settings: settingsOf(network, config),
        deletionProtection: production,
      },
      { ...kept, dependsOn: [network.peering] },
    );
    this.database = new OneDatabase('ledger', { name: 'ledger', instance: this.instance.name }, kept);
    this.connectionName = this.instance.connectionName;
    this.registerOutputs();
  }
}

const settingsOf = (network: Network, config: StackConfig): sql.DatabaseInstanceSettings => ({
  tier: config.databaseTier,
  edition: 'ENTERPRISE',
  // A database that is away costs time and no sale: what is published waits. A second one in another zone doubles the price.
  availabilityType: config.highAvailability ? 'REGIONAL' : 'ZONAL',
  diskType: 'PD_SSD',
  diskAutoresize: true,
  ipConfiguration: { ipv4Enabled: false, privateNetwork: network.vpc.id, sslMode: 'ENCRYPTED_ONLY' },
  connectorEnforcement: 'REQUIRED',
  databaseFlags: Object.entries(flags).map(([name, value]) => ({ name, value })),
  backupConfiguration: {
    enabled: true,
    startTime: `${quietHour}:00`,
    backupRetentionSettings: { retainedBackups: backups, retentionUnit: 'COUNT' },
    pointInTimeRecoveryEnabled: true,
    transactionLogRetentionDays: logDays,
  },
  maintenanceWindow: { day: 7, hour: quietHour, updateTrack: 'stable' },
  insightsConfig: { queryInsightsEnabled: true },
  // Both: the one keeps Pulumi from it, the other everybody.
  deletionProtectionEnabled: config.production,
  retainBackupsOnDelete: config.production,
  userLabels: labelsOf(config),
});
