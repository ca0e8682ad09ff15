import { beforeAll, describe, expect, it } from 'vitest';
import { partnerSettings } from '../../infra/ledger/settings.ts';
import { readPartnerSettings } from '../../services/ledger/partnerSettings.ts';
import { compile } from '../../services/manifest/compile.ts';
import { loadPartner } from '../../services/manifest/load/load.ts';
import { flat } from './inventory.ts';
import { deployed, key, type Declared, type Deployed } from './mocks.ts';

const fixtures = 'test/infra/fixtures';
const both = ['plain', 'signed'];
let stack: Deployed;
beforeAll(async () => {
  stack = await deployed(fixtures, both);
});
const of = (type: string, { resources }: Deployed = stack): Declared[] =>
  resources.filter((each) => each.type.endsWith(`:${type}`));
const one = (type: string, name: string, from: Deployed = stack): Declared =>
  of(type, from).find((each) => each.name === name)!;
const variablesOf = ({ inputs }: Declared): Record<string, string> => {
  const { containers } = inputs.template.template ?? inputs.template;
  return Object.fromEntries((containers[0].envs as { name: string; value: string }[]).map(({ name, value }) => [name, value])); // prettier-ignore
};
const emailOf = (name: string) => `${name}@example-project.iam.gserviceaccount.com`;
const instance = 'example-project:asia-southeast1:ledger';

describe('the database', () => {
  it('has no public address, no way in but the connector, and no user with a password', () => {
    const { settings, rootPassword, rootPasswordWo } = one('DatabaseInstance', 'ledger').inputs;
    expect(settings.ipConfiguration).toEqual({ ipv4Enabled: false, privateNetwork: 'network:Network/linkshare-ledger', sslMode: 'ENCRYPTED_ONLY' }); // prettier-ignore
    expect(settings.connectorEnforcement).toBe('REQUIRED');
    expect(settings.databaseFlags).toContainEqual({ name: 'cloudsql.iam_authentication', value: 'on' });
    expect([rootPassword, rootPasswordWo]).toEqual([undefined, undefined]);
    for (const { inputs } of of('User')) {
      expect(inputs.type).toBe('CLOUD_IAM_SERVICE_ACCOUNT');
      expect(inputs).not.toHaveProperty('password');
      expect(inputs.name).toMatch(/^linkshare-(ledger|cli|migrate)@example-project\.iam$/);
    }
  });

  it('is backed up each night, and can go back to any moment of a week', () => {
    expect(one('DatabaseInstance', 'ledger').inputs.settings.backupConfiguration).toEqual({
      enabled: true,
      startTime: '18:00',
      backupRetentionSettings: { retainedBackups: 30, retentionUnit: 'COUNT' },
      pointInTimeRecoveryEnabled: true,
      transactionLogRetentionDays: 7,
    });
  });

  it('is what the configuration says, and protected where it is production', async () => {
    const settings = { 'linkshare:databaseTier': 'db-custom-4-15360', 'linkshare:highAvailability': 'true' };
    const trial = await deployed(fixtures, both, { ...settings, 'linkshare:production': 'false' });
    const { inputs } = one('DatabaseInstance', 'ledger', trial);
    expect(inputs.settings).toMatchObject({ tier: 'db-custom-4-15360', availabilityType: 'REGIONAL', deletionProtectionEnabled: false }); // prettier-ignore
    expect(one('DatabaseInstance', 'ledger').inputs.settings).toMatchObject({ tier: 'db-custom-1-3840', availabilityType: 'ZONAL', deletionProtectionEnabled: true }); // prettier-ignore
  });

  it('is made after its network, and the tables before whoever uses them', () => {
    expect(one('DatabaseInstance', 'ledger').after).toContain('ledger-services');
    for (const name of ['linkshare-ledger', 'linkshare-cli'])
      expect(one('User', name).after).toEqual(['linkshare-migrate']);
    expect(one('Service', 'ledger').after).toContain('linkshare-ledger');
  });
});

describe('who may do what in it', () => {
  it('only the migration may make tables; the others are members of the group that changes rows', () => {
    const roles = Object.fromEntries(of('User').map(({ name, inputs }) => [name, inputs.databaseRoles]));
    expect(roles).toEqual({
      'linkshare-migrate': ['cloudsqlsuperuser'],
      'linkshare-ledger': ['linkshare_ledger'],
      'linkshare-cli': ['linkshare_ledger'],
    });
  });

  it('each account may log in to this one database, and has no other right but what its work needs', () => {
    const rightsOf = (name: string) =>
      stack.resources
        .filter(({ inputs }) => inputs.member === `serviceAccount:${emailOf(name)}`)
        .map(({ inputs }) => inputs.role)
        .toSorted();
    const login = ['roles/cloudsql.client', 'roles/cloudsql.instanceUser'];
    expect(rightsOf('linkshare-ledger')).toEqual(login);
    expect(rightsOf('linkshare-migrate')).toEqual(login);
    expect(rightsOf('linkshare-cli')).toEqual([...login, 'roles/storage.objectViewer']);
    expect(rightsOf('linkshare-push')).toEqual(['roles/run.invoker']);
  });

  it('the migration runs once for each image, as the role that owns the tables', async () => {
    const { inputs } = one('Job', 'linkshare-migrate');
    expect(inputs.runExecutionToken).toBe('a'.repeat(12));
    expect(`linkshare-migrate${inputs.runExecutionToken}`.length).toBeLessThan(63);
    expect(variablesOf(one('Job', 'linkshare-migrate'))).toMatchObject({ DB_ROLE: 'cloudsqlsuperuser', DB_USER: 'linkshare-migrate@example-project.iam' }); // prettier-ignore
    const ledgerImage = `example.com/linkshare@sha256:${'c'.repeat(64)}`;
    const next = await deployed(fixtures, both, { 'linkshare:ledgerImage': ledgerImage });
    expect(one('Job', 'linkshare-migrate', next).inputs.runExecutionToken).toBe('c'.repeat(12));
    const runs = next.resources.filter((each) => flat(each.inputs).includes(ledgerImage));
    expect(runs.map(key)).toEqual(['Job linkshare-cli', 'Job linkshare-migrate', 'Service ledger'].map((name) => `gcp:cloudrunv2/${name.startsWith('Job') ? 'job' : 'service'}:${name}`)); // prettier-ignore
    expect(next.outputs.ledgerImage).toBe(ledgerImage);
  });
});

describe('the ledger', () => {
  it('is reached from within the project alone, by the account that pushes alone', () => {
    const { inputs } = one('Service', 'ledger');
    expect(inputs.ingress).toBe('INGRESS_TRAFFIC_INTERNAL_ONLY');
    expect(inputs.invokerIamDisabled ?? false).toBe(false);
    const callers = of('ServiceIamMember').filter(({ inputs: { name } }) => name === 'ledger');
    expect(callers.map(({ inputs: { role, member } }) => [role, member])).toEqual([['roles/run.invoker', `serviceAccount:${emailOf('linkshare-push')}`]]); // prettier-ignore
  });

  it('has its processor always, and one instance at least', () => {
    const { template } = one('Service', 'ledger').inputs;
    expect(template.containers[0].resources.cpuIdle).toBe(false);
    expect(template.scaling.minInstanceCount).toBe(1);
    expect(template.containers[0].startupProbe.httpGet.path).toBe('/health/ready');
    expect(template.containers[0].livenessProbe.httpGet.path).toBe('/health/live');
  });

  it('knows its database and who pushes, as services/cloud-ledger.ts reads it', () => {
    expect(variablesOf(one('Service', 'ledger'))).toEqual({
      GOOGLE_CLOUD_PROJECT: 'example-project',
      INSTANCE_CONNECTION_NAME: instance,
      DB_USER: 'linkshare-ledger@example-project.iam',
      DB_NAME: 'ledger',
      PUSH_AUDIENCE: 'linkshare-ledger',
      PUSH_ACCOUNT: emailOf('linkshare-push'),
      PARTNER_SETTINGS: '{}',
    });
    expect(one('Service', 'ledger').inputs.customAudiences).toEqual(['linkshare-ledger']);
  });

  it('is told of partners that differ from the usual, and understands it', () => {
    const plain = loadPartner(`${fixtures}/partners/plain`);
    const told = partnerSettings([
      plain,
      { ...plain, id: 'slow', repeatWindow: 7_200_000 },
      { ...plain, id: 'paid', paysUnverified: true },
    ]);
    expect(told).toBe('{"slow":{"repeatWindow":7200000},"paid":{"paysUnverified":true}}');
    const read = readPartnerSettings(told);
    expect([read.repeatWindow('slow'), read.repeatWindow('plain'), read.repeatWindow('paid')]).toEqual([7_200_000, plain.repeatWindow, plain.repeatWindow]); // prettier-ignore
    expect([read.paysUnverified('paid'), read.paysUnverified('plain')]).toEqual([true, plain.paysUnverified]);
  });

  it('is told whose hints are paid, by what their manifest says', () => {
    const { manifest } = loadPartner(`${fixtures}/partners/plain`);
    const told = partnerSettings([compile({ ...manifest, hints: 'paid' }), compile({ ...manifest, id: 'waits', hints: 'held' })]); // prettier-ignore
    const { paysUnverified } = readPartnerSettings(told);
    expect(['plain', 'waits'].map(paysUnverified)).toEqual([true, false]);
  });

  it('gets what is published to each topic, again after 10 to 600 s, and after 100 attempts it is set aside', () => {
    const pushes = of('Subscription').filter(({ inputs }) => inputs.pushConfig);
    expect(pushes.map(({ name, inputs }) => [name, String(inputs.topic).split('/').at(-1)])).toEqual(
      ['conversions', 'quarantine', 'refused'].map((topic) => [`${topic}-ledger`, topic]),
    );
    for (const { inputs, after } of pushes) {
      expect(inputs).toMatchObject({
        pushConfig: {
          pushEndpoint: 'https://ledger-x.a.run.app/push',
          oidcToken: { serviceAccountEmail: emailOf('linkshare-push'), audience: 'linkshare-ledger' },
        },
        retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
        deadLetterPolicy: {
          deadLetterTopic: 'projects/example-project/topics/ledger-dead',
          maxDeliveryAttempts: 100,
        },
        expirationPolicy: { ttl: '' },
      });
      // What Cloud Run cuts off must be told to Pub/Sub before it sends again.
      const cut = Number.parseInt(one('Service', 'ledger').inputs.template.timeout as string);
      expect(inputs.ackDeadlineSeconds).toBeGreaterThan(cut);
      expect(after).toEqual(expect.arrayContaining(['ledger-push', 'ledger-dead']));
    }
    const agent = 'serviceAccount:service-123456789@gcp-sa-pubsub.iam.gserviceaccount.com';
    expect(one('TopicIAMMember', 'ledger-dead').inputs).toMatchObject({ role: 'roles/pubsub.publisher', member: agent }); // prettier-ignore
    expect(of('SubscriptionIAMMember').map(({ inputs }) => [inputs.subscription, inputs.role, inputs.member])).toEqual(pushes.map(({ name }) => [name, 'roles/pubsub.subscriber', agent])); // prettier-ignore
  });

  it('is left out with all that belongs to it where the stack says so', async () => {
    const without = await deployed(fixtures, both, { 'linkshare:ledger': 'false' });
    const types = new Set(without.resources.map(({ type }) => type.split(':').at(-1)));
    for (const type of ['DatabaseInstance', 'User', 'Job', 'Network', 'Bucket'])
      expect(types).not.toContain(type);
    expect(without.resources.filter(({ name }) => /ledger|cli|migrate/.test(name))).toEqual([]);
    expect(without.outputs.ledgerImage).toBe('');
  });
});

describe('operators’ commands', () => {
  it('have the database, and each manifest as a file that is one', () => {
    const { inputs } = one('Job', 'linkshare-cli');
    const { containers, volumes } = inputs.template.template;
    expect(containers[0].args[0]).toBe('cli');
    expect(variablesOf(one('Job', 'linkshare-cli'))).toMatchObject({ INSTANCE_CONNECTION_NAME: instance, PARTNERS_DIR: '/files/partners' }); // prettier-ignore
    expect(containers[0].volumeMounts).toEqual([{ name: 'files', mountPath: '/files' }]);
    expect(volumes).toEqual([{ name: 'files', gcs: { bucket: 'example-project-linkshare', readOnly: true, mountOptions: ['implicit-dirs'] } }]); // prettier-ignore
    for (const id of both) {
      const { name, content } = one('BucketObject', `${id}-manifest`).inputs;
      expect(name).toBe(`partners/${id}/manifest.yaml`);
      // Pulumi keeps what a file holds as a secret, whatever it is.
      expect(JSON.parse((content as { value: string }).value)).toEqual(
        loadPartner(`${fixtures}/partners/${id}`).manifest,
      );
    }
  });
});
