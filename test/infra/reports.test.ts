import { beforeAll, describe, expect, it } from 'vitest';
import { checkStack } from '../../infra/check.ts';
import { readStackConfig } from '../../infra/config.ts';
import { loadListed } from '../../infra/partners.ts';
import { cronDaily, cronEvery } from '../../infra/reports/schedule.ts';
import { deployed, exampleConfig, key, type Declared, type Deployed } from './mocks.ts';

const fixtures = 'test/infra/fixtures';
let stack: Deployed;
beforeAll(async () => {
  stack = await deployed(fixtures, ['plain', 'reported']);
});
const of = (type: string, { resources }: Deployed = stack): Declared[] =>
  resources.filter((each) => each.type.endsWith(`:${type}`));
const named = (type: string, name: string): Declared =>
  stack.resources.find((each) => each.type === `gcp:${type}` && each.name === name)!;
const emailOf = (name: string) => `${name}@example-project.iam.gserviceaccount.com`;
const jobs = ['sync-reported', 'reconcile-reported'];
const job = 'cloudrunv2/job:Job';

describe('a partner with a report alone', () => {
  it('has no gateway, no rule in the URL map, and is not asked for its health', () => {
    const kinds = ['Service', 'RegionNetworkEndpointGroup', 'BackendService', 'UptimeCheckConfig'];
    expect(kinds.flatMap((type) => of(type)).filter(({ name }) => name.includes('reported'))).toEqual([]);
    expect(JSON.stringify(of('URLMap')[0]!.inputs)).not.toContain('reported');
    expect(stack.outputs.urls).toEqual({ plain: 'https://go.example.com/plain/{token}' });
  });

  it('cannot be the canary', () => {
    const config = readStackConfig({ ...exampleConfig, 'linkshare:partners': '["plain","reported"]', 'linkshare:canary': 'reported' }, 'prod'); // prettier-ignore
    const partners = loadListed(fixtures, config.partners);
    expect(() => checkStack(config, partners, () => {})).toThrow(
      /^linkshare:canary is "reported", which never calls us/,
    );
  });

  it('is warned of where nobody fetches it', () => {
    const config = readStackConfig({ ...exampleConfig, 'linkshare:partners': '["plain","reported"]', 'linkshare:canary': 'plain', 'linkshare:ledger': 'false' }, 'prod'); // prettier-ignore
    const said: string[] = [];
    checkStack(
      config,
      loadListed(fixtures, config.partners),
      (text) => void said.push(text),
      new Date('2026-11-25'),
    );
    expect(said).toEqual([
      expect.stringMatching(/^linkshare:ledger is false: nobody fetches the reports of reported$/),
    ]);
  });

  it('counts among the limits with its identity, its jobs and their schedules', () => {
    const limits = (more: object) => JSON.stringify({ ...(JSON.parse(exampleConfig['linkshare:limits']) as object), ...more }); // prettier-ignore
    const check = (more: object) => {
      const config = readStackConfig({ ...exampleConfig, 'linkshare:partners': '["plain","reported"]', 'linkshare:canary': 'plain', 'linkshare:limits': limits(more) }, 'prod'); // prettier-ignore
      checkStack(config, loadListed(fixtures, config.partners), () => {}, new Date('2026-11-25'));
    };
    const counted = {
      serviceAccounts: of('Account').length,
      jobsPerRegion: stack.resources.filter(({ type }) => type === `gcp:${job}`).length,
      schedulerJobs: stack.resources.filter(({ type }) => type === 'gcp:cloudscheduler/job:Job').length,
      sqlInstances: of('DatabaseInstance').length,
      servicesPerRegion: stack.resources.filter(({ type }) => type === 'gcp:cloudrunv2/service:Service')
        .length,
    };
    expect(counted).toEqual({ serviceAccounts: 8, jobsPerRegion: 4, schedulerJobs: 2, sqlInstances: 1, servicesPerRegion: 2 }); // prettier-ignore
    check(counted);
    for (const [name, most] of Object.entries(counted).filter(([, most]) => most > 1))
      expect(() => check({ [name]: most - 1 }), name).toThrow(`${most} `);
  });
});

describe('its jobs', () => {
  it.each([
    ['sync-reported', ['sync']],
    [
      'reconcile-reported',
      ['cli', 'reconcile', '--partner', 'reported', '--days', '30', '--project', 'example-project'],
    ],
  ])('%s: runs as itself, one task, and ends within the hour with its second try', (name, args) => {
    const { inputs } = named(job, name);
    const { template } = inputs.template;
    expect(inputs.template).toMatchObject({ taskCount: 1, parallelism: 1 });
    expect(template.containers[0].args).toEqual(args);
    expect(template.serviceAccount).toBe(emailOf('sync-reported'));
    const tries = template.maxRetries + 1;
    expect(tries * Number.parseInt(String(template.timeout))).toBeLessThan(3_600);
    expect(template.vpcAccess.egress).toBe('PRIVATE_RANGES_ONLY');
    const envs = template.containers[0].envs as { name: string; value: string }[];
    const variables = Object.fromEntries(envs.map(({ name, value }) => [name, value]));
    expect(JSON.parse(variables.MANIFEST!)).toMatchObject({ id: 'reported' });
    expect(variables).toMatchObject({
      GOOGLE_CLOUD_PROJECT: 'example-project',
      INSTANCE_CONNECTION_NAME: 'example-project:asia-southeast1:ledger',
      DB_USER: 'sync-reported@example-project.iam',
      DB_NAME: 'ledger',
      CONVERSIONS_TOPIC: 'projects/example-project/topics/conversions',
      QUARANTINE_TOPIC: 'projects/example-project/topics/quarantine',
      REFUSED_TOPIC: 'projects/example-project/topics/refused',
    });
  });

  it('may log in as who compares, read its secrets, write the one that its connector writes, and publish', () => {
    const rights = stack.resources.filter(
      ({ inputs }) => inputs.member === `serviceAccount:${emailOf('sync-reported')}`,
    );
    const on = ({ inputs }: Declared) =>
      String(inputs.secretId ?? inputs.topic ?? inputs.project)
        .split('/')
        .at(-1);
    expect(rights.map((each) => [each.inputs.role, on(each)])).toEqual([
      ['roles/cloudsql.client', 'example-project'],
      ['roles/cloudsql.instanceUser', 'example-project'],
      ['roles/pubsub.publisher', 'conversions'],
      ['roles/pubsub.publisher', 'quarantine'],
      ['roles/secretmanager.secretAccessor', 'linkshare-reported-app-key'],
      ['roles/secretmanager.secretAccessor', 'linkshare-reported-app-secret'],
      ['linkshare-secret-writer', 'linkshare-reported-tokens'],
    ]);
    expect(named('sql/user:User', 'sync-reported').inputs.databaseRoles).toEqual(['linkshare_sync']);
    expect(named('sql/user:User', 'sync-reported').after).toEqual(['linkshare-migrate']);
    expect(of('IAMCustomRole').flatMap(({ inputs }) => inputs.permissions as string[])).not.toContain(
      'secretmanager.secrets.delete',
    );
  });

  it('start after what keeps what they publish, and what they may', () => {
    for (const name of jobs)
      expect(named(job, name).after).toEqual(
        expect.arrayContaining([
          'conversions-bigquery',
          'quarantine-bigquery',
          'sync-reported-conversions',
          'linkshare-reported-tokens-report',
          'sync-reported',
        ]),
      );
  });

  it('are started by the clock, by an account that may do that alone', () => {
    for (const name of jobs) {
      const { inputs, after } = named('cloudscheduler/job:Job', name);
      expect(inputs.httpTarget).toEqual({
        httpMethod: 'POST',
        uri: `https://run.googleapis.com/v2/projects/example-project/locations/asia-southeast1/jobs/${name}:run`,
        oauthToken: { serviceAccountEmail: emailOf('linkshare-schedule') },
      });
      expect(after).toEqual([name]);
    }
    const starts = stack.resources.filter(({ inputs }) =>
      String(inputs.member).includes('linkshare-schedule@'),
    );
    expect(starts.map((each) => [key(each), each.inputs.role])).toEqual(
      jobs
        .toSorted()
        .map((name) => [`gcp:cloudrunv2/jobIamMember:JobIamMember ${name}`, 'roles/run.invoker']),
    );
  });

  it('are told of when there is no good run for twice as long as usual, and an hour', () => {
    const { conditionAbsent } = named('monitoring/alertPolicy:AlertPolicy', 'sync-reported-late').inputs
      .conditions[0];
    expect(conditionAbsent.duration).toBe(`${5 * 3_600}s`);
    expect(conditionAbsent.filter).toContain('resource.label.job_name="sync-reported"');
    expect(conditionAbsent.filter).toContain('metric.label.result="succeeded"');
  });

  it('fill no secret that is written by signing in', () => {
    const ids = Object.keys(stack.outputs.fillSecrets).filter((id) => id.includes('reported'));
    expect(ids).toEqual(['linkshare-reported-app-key', 'linkshare-reported-app-secret']);
  });
});

describe('when', () => {
  const hour = 3_600_000;
  it.each([
    [20 * 60_000, /^\d+,\d+,\d+ \* \* \* \*$/],
    [hour, /^\d+ \* \* \* \*$/],
    [90 * 60_000, /^\d+ \* \* \* \*$/],
    [6 * hour, /^\d+ \d+,\d+,\d+,\d+ \* \* \*$/],
    [7 * hour, /^\d+ \d+,\d+,\d+,\d+ \* \* \*$/],
    [24 * hour, /^\d+ \d+ \* \* \*$/],
    [72 * hour, /^\d+ \d+ \* \* \*$/],
    [1, /^\* \* \* \* \*$/],
  ])('every %i ms is as Cloud Scheduler writes it, and no rarer', (ms, pattern) => {
    for (const name of ['a', 'b', 'some-longer-name']) expect(cronEvery(ms, name)).toMatch(pattern);
  });

  it('minutes and hours are within their clocks, and a name has the same ones for ever', () => {
    expect([cronEvery(6 * hour, 'some'), cronDaily(20, 'some')]).toEqual([
      cronEvery(6 * hour, 'some'),
      cronDaily(20, 'some'),
    ]);
    for (let i = 0; i < 500; i++) {
      const [minute = '', hours = ''] = cronEvery(6 * hour, `p${i}`).split(' ');
      expect(Number(minute)).toBeLessThan(60);
      const times = hours.split(',').map(Number);
      expect(times[3]! - times[0]!).toBe(18);
      expect(times[3]!).toBeLessThan(24);
    }
  });

  it('fifty reports are spread over the hour', () => {
    const minutes = Array.from({ length: 50 }, (_, i) => cronEvery(hour, `partner-${i}`).split(' ')[0]);
    const most = Math.max(
      ...Object.values(Object.groupBy(minutes, (each) => each!)).map((each) => each!.length),
    );
    expect(new Set(minutes).size).toBeGreaterThan(25);
    expect(most).toBeLessThanOrEqual(5);
  });
});
