import { basename } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { quarantineFilters } from '../../infra/watch/metrics.ts';
import { endingQuery, silenceQuery } from '../../infra/watch/queries.ts';
import { logReconciled } from '../../services/cli/reconcile/logged.ts';
import { emptySummary } from '../../services/ledger/reconcile/summary.ts';
import { fieldNames } from '../../services/manifest/fields.ts';
import { loadPartners, partnerFolders } from '../../services/manifest/load/load.ts';
import type { Log } from '../../services/runtime/log.ts';
import { flat } from './inventory.ts';
import { deployed, type Declared, type Deployed } from './mocks.ts';

const shipped = partnerFolders('partners').map((folder) => basename(folder));
let stack: Deployed;
beforeAll(async () => {
  stack = await deployed('.', shipped);
});
const of = (type: string): Declared[] => stack.resources.filter((each) => each.type.endsWith(`:${type}`));

describe('what is watched', () => {
  it('every alert says what to do and reaches somebody', () => {
    const gateways = ['burn', 'edge', 'ending', 'not-kept', 'quarantine', 'refused', 'silent', 'unacked', 'uptime']; // prettier-ignore
    const late = loadPartners('partners').flatMap(({ id, report }) =>
      report?.every !== undefined ? `sync-${id}-late` : [],
    );
    const ledger = ['backup', 'database', 'ledger-5xx', 'ledger-dead', 'not-whole', 'poison', 'postbacks-off', 'reports', 'schedule', 'unexplained']; // prettier-ignore
    expect(of('AlertPolicy').map(({ name }) => name)).toEqual([...gateways, ...ledger, ...late].toSorted());
    for (const { name, inputs } of of('AlertPolicy')) {
      expect(inputs.documentation.content.length, name).toBeGreaterThan(60);
      expect(inputs.notificationChannels, name).toHaveLength(1);
      // https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#AlertStrategy: needed with, and only with, these
      const onLog = (inputs.conditions as object[]).some((condition) => 'conditionMatchedLog' in condition);
      expect('notificationRateLimit' in inputs.alertStrategy, name).toBe(onLog);
      if (onLog) expect(inputs.conditions, name).toHaveLength(1);
    }
  });

  it('each reason for quarantine is counted once', () => {
    const told = (reason: string) =>
      Object.entries(quarantineFilters).flatMap(([name, filter]) => {
        const pattern = /=~"(.*)"/.exec(filter)![1]!;
        return new RegExp(pattern).test(reason) !== filter.startsWith('NOT ') ? name : [];
      });
    for (const field of [...fieldNames, 'status', 'request', 'verify', 'subIds'])
      expect(told(`${field} is no such thing`)).toHaveLength(1);
    expect(told('verify verification expired on 2027-03-31')).toEqual(['expired']);
    expect(told('occurredAt cannot be read')).toEqual(['time']);
  });

  it('a counter that an alert or the dashboard reads is there', () => {
    const made = new Set(of('Metric').map(({ inputs }) => `logging.googleapis.com/user/${inputs.name}`));
    const read = [...of('AlertPolicy'), ...of('Dashboard')].flatMap(({ inputs }) => [...flat(inputs).matchAll(/logging\.googleapis\.com\/user\/[a-z/-]+/g)].map(([name]) => name)); // prettier-ignore
    expect(new Set(read)).toEqual(made);
  });

  it('asks the canary and whoever promises to be warm for their health, by a path that leads to them', () => {
    const asked = of('UptimeCheckConfig').map(({ inputs }) => inputs.httpCheck.path);
    const warm = loadPartners('partners').filter(
      ({ id, manifest }) => id === shipped[0] || Number(manifest.deploy?.minInstances ?? 0) > 0,
    );
    expect(asked).toEqual(warm.map(({ id }) => `/health/${id}`));
    const rules = of('URLMap')[0]!.inputs.pathMatchers[0].pathRules as {
      paths: string[];
      service: string;
      routeAction?: object;
    }[];
    for (const path of asked)
      expect(rules.find(({ paths }) => paths.includes(path))).toMatchObject({
        service: `backendService:BackendService/postback-${String(path).split('/').at(-1)}`,
        routeAction: { urlRewrite: { pathPrefixRewrite: '/health/ready' } },
      });
  });

  it('runs a query a day for each way of verifying that ends, and one an hour for silence, as nobody who may write', () => {
    const endings = loadPartners('partners').flatMap(({ id, manifest }) => [manifest.verify].flat().flatMap(({ until }) => (until ? [`${id}-until-${until}`] : []))); // prettier-ignore
    const queries = of('DataTransferConfig');
    expect(queries.map(({ name }) => name)).toEqual([...new Set([...endings, 'silence'])].toSorted());
    for (const { name, inputs } of queries) {
      expect(inputs.schedule).toBe(name === 'silence' ? 'every 1 hours' : 'every day 08:00');
      expect(inputs.serviceAccountName).toBe('linkshare-watch@example-project.iam.gserviceaccount.com');
    }
    const roles = stack.resources.filter(({ inputs }) => String(inputs.member).includes('linkshare-watch@'));
    expect(roles.map(({ inputs }) => inputs.role)).toEqual([
      'roles/bigquery.dataViewer',
      'roles/bigquery.jobUser',
    ]);
  });

  it('tells the two kinds of query apart by the number of the first', () => {
    const filters = Object.fromEntries(of('AlertPolicy').map(({ name, inputs }) => [name, inputs.conditions[0].conditionMatchedLog?.filter])); // prettier-ignore
    const id = 'resource.labels.config_id="number-of-silence"';
    expect(filters.silent).toBe(`resource.type="bigquery_dts_config" AND severity>=ERROR AND ${id}`);
    expect(filters.ending).toBe(`resource.type="bigquery_dts_config" AND severity>=ERROR AND NOT ${id}`);
  });
});

describe('what the daily comparison says', () => {
  it('wakes somebody by each of its errors, and by nothing else', () => {
    const errors: string[] = [];
    const log = { info: () => {}, error: (message: string) => void errors.push(message) };
    const summary = { ...emptySummary(), compared: 10, open: 10, untold: 10 };
    const days = { partner: 'net', run: 1, from: '2026-10-01', to: '2026-10-31', zone: 'UTC', since: '', until: '' }; // prettier-ignore
    const limits = { threshold: { sales: 0 }, untold: { sales: 0 } };
    logReconciled(log as unknown as Log, { ...days, summary, brokeOff: 'HTTP 403' }, limits);
    const filters = of('AlertPolicy').flatMap(({ inputs }) => (inputs.conditions as { conditionMatchedLog?: { filter: string } }[]).flatMap((each) => each.conditionMatchedLog?.filter ?? [])); // prettier-ignore
    const waitedFor = filters.flatMap((filter) => /resource.type="cloud_run_job".*severity>=ERROR AND jsonPayload.message="(.*)"$/.exec(filter)?.[1] ?? []); // prettier-ignore
    expect(errors).toHaveLength(2);
    expect(waitedFor.toSorted()).toEqual(errors.toSorted());
  });

  it('and a run that failed wakes somebody by its end, whichever of the two jobs it is', () => {
    const { conditions } = of('AlertPolicy').find(({ name }) => name === 'reports')!.inputs;
    const filters = (conditions as { conditionThreshold: { filter: string } }[]).map(({ conditionThreshold }) => conditionThreshold.filter); // prettier-ignore
    for (const [i, jobs] of ['sync-.*', 'reconcile-.*'].entries()) {
      expect(filters[i]).toContain('metric.label.result="failed"');
      expect(filters[i]).toContain(`full_match("${jobs}")`);
    }
  });
});

// No engine for BigQuery's SQL runs here: what these ask for is checked, not that it runs (infra/README.md says so).
describe('queries', () => {
  it('read the partitions of four weeks, of both tables, as the tables demand', () => {
    const query = silenceQuery('example-project');
    for (const table of ['conversions', 'quarantine'])
      expect(query).toMatch(
        new RegExp(
          `FROM \`example-project\\.linkshare\\.${table}\`\\s+WHERE publish_time > TIMESTAMP_SUB\\(CURRENT_TIMESTAMP\\(\\), INTERVAL 28 DAY\\)`,
        ),
      );
    expect(query.split('(').length).toBe(query.split(')').length);
  });

  it('begin to fail fourteen days before the last day', () => {
    const query = endingQuery({ partner: 'one', until: '2027-03-31' });
    expect(query).toContain("CURRENT_DATE() >= DATE_SUB(DATE '2027-03-31', INTERVAL 14 DAY)");
    expect(query).toContain("RAISE USING MESSAGE = 'one: a way of verifying ends on 2027-03-31;");
  });
});
