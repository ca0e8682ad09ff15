import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { partnerSettings } from '../../infra/ledger/settings.ts';
import { loadPartner, partnerFolders } from '../../services/manifest/load/load.ts';
import { flat } from './inventory.ts';
import { deployed, key, type Declared } from './mocks.ts';

const shipped = partnerFolders('partners').map((folder) => basename(folder));

/** By their names, so that two stacks can be laid beside each other. */
const byKey = (resources: readonly Declared[]) => new Map(resources.map((each) => [key(each), each]));
const isUrlMap = ({ type }: Declared) => type.endsWith(':URLMap');

/** Cuts the rules out of a URL map: what is left, and the rules by their paths. */
function rulesOf({ inputs }: Declared): { rest: string; rules: string[] } {
  const { pathMatchers, ...others } = structuredClone(inputs);
  const [{ pathRules, ...matcher }] = pathMatchers as [{ pathRules: unknown[] }];
  return { rest: flat([others, matcher]), rules: pathRules.map(flat) };
}

const ledger = 'gcp:cloudrunv2/service:Service ledger';
function withoutSettings({ inputs }: Declared): string {
  const { template } = structuredClone(inputs);
  const [container] = template.containers as [{ envs: { name: string }[] }];
  container.envs = container.envs.filter(({ name }) => name !== 'PARTNER_SETTINGS');
  return flat({ ...inputs, template });
}

const stacks = new Map<string, Promise<Map<string, Declared>>>();
/** Each stack is declared once, whoever is laid beside it. */
function stackOf(ids: string[], canary: string) {
  const name = ids.join();
  const stack =
    stacks.get(name) ??
    deployed('.', ids, { 'linkshare:canary': canary }).then(({ resources }) => byKey(resources));
  stacks.set(name, stack);
  return stack;
}

describe.each(shipped)('adding %s to a stack of three others', (id) => {
  const others = shipped
    .filter((each) => each !== id && loadPartner(join('partners', each)).receives)
    .slice(0, 3);
  let before: Map<string, Declared>;
  let after: Map<string, Declared>;
  beforeAll(async () => {
    before = await stackOf(others, others[0]!);
    after = await stackOf([...others, id], others[0]!);
  });

  const { receives } = loadPartner(join('partners', id));

  it('takes no resource away and changes none but the URL map, and the ledger’s settings where it is unlike others', () => {
    const changed = [...before].filter(
      ([name, each]) => !after.has(name) || flat(after.get(name)) !== flat(each),
    );
    const told = partnerSettings([loadPartner(join('partners', id))]) === '{}' ? [] : [ledger];
    const ruled = receives ? ['gcp:compute/uRLMap:URLMap partners'] : [];
    expect(changed.map(([name]) => name)).toEqual([...told, ...ruled]);
    expect(withoutSettings(after.get(ledger)!)).toBe(withoutSettings(before.get(ledger)!));
  });

  it('adds only resources of its own', () => {
    const added = [...after.values()].filter((each) => !before.has(key(each)));
    const kind = receives ? 'service:Service' : 'job:Job';
    expect(added.map(({ type }) => type)).toContain(`gcp:cloudrunv2/${kind}`);
    const own = new RegExp(`^(postback-|linkshare-|sync-|reconcile-)?${id}(-|$)`);
    for (const each of added) expect(each.name, key(each)).toMatch(own);
  });

  it('adds its rule to the URL map, if it calls us, and moves no other', () => {
    const [was, is] = [before, after].map((each) => rulesOf([...each.values()].find(isUrlMap)!)) as [ReturnType<typeof rulesOf>, ReturnType<typeof rulesOf>]; // prettier-ignore
    expect(is.rest).toBe(was.rest);
    const added = is.rules.filter((rule) => !was.rules.includes(rule));
    expect(is.rules.filter((rule) => !added.includes(rule))).toEqual(was.rules);
    if (!receives) return expect(added).toEqual([]);
    expect(added[0]).toBe(
      flat({ paths: [`/${id}`, `/${id}/*`], service: `backendService:BackendService/postback-${id}` }),
    );
    for (const rule of added)
      expect(JSON.parse(rule)).toMatchObject({ service: `backendService:BackendService/postback-${id}` });
  });
});
