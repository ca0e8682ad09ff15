import { basename } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { secretId } from '../../infra/names.ts';
import { loadPartners, partnerFolders } from '../../services/manifest/load/load.ts';
import { secretId as runningSecretId } from '../../services/runtime/google/secrets.ts';
import { flat } from './inventory.ts';
import { deployed, key, type Declared, type Deployed } from './mocks.ts';

const shipped = partnerFolders('partners').map((folder) => basename(folder));
/** Those that call us: the others have a report alone, and no service. */
const called = loadPartners('partners').flatMap(({ id, receives }) => (receives ? id : []));
let stack: Deployed;
beforeAll(async () => {
  stack = await deployed('.', shipped);
});
const of = (type: string): Declared[] => stack.resources.filter((each) => each.type.endsWith(`:${type}`));
const partnerServices = () =>
  of('Service').filter(({ type, name }) => type.startsWith('gcp:cloudrunv2/') && name !== 'ledger');
const syncIdentity = (id: string) => `serviceAccount:sync-${id}@example-project.iam.gserviceaccount.com`;
const identity = (id: string) => `serviceAccount:postback-${id}@example-project.iam.gserviceaccount.com`;

describe('who may do what', () => {
  it('each secret is read by its own partner alone, and each partner reads all of its secrets', () => {
    const secret = (id: string, name: string) => `projects/example-project/secrets/${secretId(id, name)}`;
    const expected = loadPartners('partners').flatMap(({ id, secretNames, report }) => [
      ...secretNames.map((name) => [secret(id, name), identity(id)]),
      // Its report's are read by whoever fetches it; nobody fetches one that is imported by hand.
      ...(report?.every === undefined ? [] : report.secretNames.map((name) => [secret(id, name), syncIdentity(id)])), // prettier-ignore
    ]);
    const granted = of('SecretIamMember').map(({ inputs }) => [inputs.secretId, inputs.member]);
    expect(granted.toSorted()).toEqual(expected.toSorted());
    for (const { inputs } of of('SecretIamMember'))
      expect(inputs.role).toMatch(/^(roles\/secretmanager\.secretAccessor|linkshare-secret-writer)$/);
  });

  it('a service looks for its secrets where they are made', () => {
    expect(secretId('involve', 'x')).toBe(runningSecretId({ partner: 'involve', name: 'x' }));
  });

  it('each partner publishes to the three topics, and has no other right anywhere', () => {
    for (const id of called) {
      const rights = stack.resources.filter(({ inputs }) => inputs.member === identity(id) && inputs.role !== 'roles/secretmanager.secretAccessor'); // prettier-ignore
      expect(rights.map(({ inputs }) => [inputs.role, String(inputs.topic).split('/').at(-1)])).toEqual(
        ['conversions', 'quarantine', 'refused'].map((topic) => ['roles/pubsub.publisher', topic]),
      );
    }
  });

  it('nobody is given a primitive role, a role over a whole service, or everybody’s membership', () => {
    for (const each of stack.resources) {
      const { role, member, members = [member] } = each.inputs;
      if (role === undefined) continue;
      expect(role, key(each)).not.toMatch(
        /^roles\/(owner|editor|viewer|iam\.serviceAccountTokenCreator)$|\.admin$/i,
      );
      for (const one of members) expect(one, key(each)).toMatch(/^serviceAccount:/);
    }
    // Over the project there is one right, to run a query; those of Cloud SQL cannot be given for less, but for a condition.
    const whole = of('IAMMember').filter(({ inputs }) => inputs.condition === undefined);
    expect(whole.map(({ inputs }) => inputs.role)).toEqual(['roles/bigquery.jobUser']);
    for (const { inputs } of of('IAMMember').filter(({ inputs }) => inputs.condition !== undefined)) {
      expect(inputs.role).toMatch(/^roles\/cloudsql\.(client|instanceUser)$/);
      expect(inputs.condition.expression).toMatch(
        / && resource\.name == "projects\/example-project\/instances\/ledger"$/,
      );
    }
  });

  it('each service has an identity of its own', () => {
    const used = of('Service').map(({ inputs }) => inputs.template.serviceAccount);
    expect(new Set(used).size).toBe(used.length);
    for (const { inputs } of of('Account')) expect(inputs.accountId.length).toBeLessThanOrEqual(30);
  });
});

describe('what can be reached', () => {
  it('is the load balancer, on port 443, and nothing else', () => {
    const services = partnerServices();
    expect(services).toHaveLength(called.length);
    for (const { inputs } of services)
      expect(inputs).toMatchObject({
        ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
        defaultUriDisabled: true,
      });
    expect(of('GlobalForwardingRule').map(({ inputs }) => inputs.portRange)).toEqual(['443']);
    for (const each of stack.resources)
      expect(flat(each.inputs), key(each)).not.toMatch(/allUsers|allAuthenticatedUsers/);
  });

  it('passes a policy that limits unlisted addresses, and turns nobody away for an address', () => {
    for (const { name, inputs } of of('BackendService'))
      expect(inputs.securityPolicy === undefined, name).toBe(name === 'nowhere');
    for (const { inputs } of of('SecurityPolicy')) {
      const rules = inputs.rules as { action: string; match: { config: { srcIpRanges: string[] } } }[];
      expect(rules.slice(0, -1).every(({ action }) => action === 'allow')).toBe(true);
      expect(rules.at(-1)).toMatchObject({
        action: 'throttle',
        rateLimitOptions: { exceedAction: 'deny(429)' },
      });
      for (const { match } of rules) expect(match.config.srcIpRanges.length).toBeLessThanOrEqual(10);
    }
  });
});

describe('what is kept', () => {
  it('no sink keeps request logs of partner services or of the load balancer', () => {
    const sinks = stack.resources.filter(({ type }) => type.startsWith('gcp:logging/') && /Sink$/.test(type));
    expect(sinks.map(({ inputs }) => inputs.name)).toContain('_Default');
    for (const sink of sinks) {
      const exclusions = sink.inputs.exclusions as { filter: string; disabled?: boolean }[];
      const filters = exclusions.filter(({ disabled }) => !disabled).map(({ filter }) => filter);
      expect(filters, key(sink)).toContainEqual(
        'resource.type="cloud_run_revision" AND resource.labels.service_name=~"^postback-" AND log_id("run.googleapis.com/requests")',
      );
      expect(filters, key(sink)).toContainEqual('resource.type="http_load_balancer" AND log_id("requests")');
    }
    // The ledger's hold no URL but /push.
    const services = of('Service').filter(({ type }) => type.startsWith('gcp:cloudrunv2/'));
    for (const { inputs } of services) expect(inputs.name).toMatch(/^(postback-|ledger$)/);
  });

  it('no service starts before that is so, and before what is published has a reader', () => {
    const readers = of('Subscription').map(({ name }) => name);
    // The ledger's are not among those: while it is made anew, sales are kept as ever.
    const kept = readers.filter((name) => !name.includes('ledger'));
    expect(kept).toEqual(['conversions-bigquery', 'quarantine-bigquery', 'refused-review']);
    for (const { after } of partnerServices())
      expect(after.toSorted()).toEqual(expect.arrayContaining([...kept, 'default']));
    for (const { after } of partnerServices())
      expect(after.filter((name) => name.includes('ledger'))).toEqual([]);
  });

  it('the load balancer writes no log', () => {
    for (const each of of('BackendService'))
      expect(each.inputs.logConfig, each.name).toEqual({ enable: false });
  });

  it('every topic is kept for as long as promised, without a schema, and its subscriptions for ever', () => {
    const days = Object.fromEntries(of('Topic').map(({ name, inputs }) => [name, Number.parseInt(inputs.messageRetentionDuration) / 86_400])); // prettier-ignore
    expect(days).toEqual({ conversions: 31, 'ledger-dead': 31, quarantine: 31, refused: 7 });
    for (const { inputs } of of('Topic')) expect(inputs).not.toHaveProperty('schemaSettings');
    for (const { inputs } of of('Subscription')) expect(inputs.expirationPolicy).toEqual({ ttl: '' });
    for (const { inputs } of of('Table')) expect(inputs.timePartitioning.expirationMs).toBe(400 * 86_400_000);
    expect(of('ProjectBucketConfig')[0]!.inputs.retentionDays).toBe(30);
  });

  it('holds no secret: values never pass through Pulumi', () => {
    expect(of('SecretVersion')).toEqual([]);
    expect(of('Secret')).not.toEqual([]);
  });
});
