import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, type Decision, type Partner } from '../../services/manifest/compile.ts';
import { exampleRequest, exampleSchema, loadExamples } from '../../services/manifest/example.ts';
import { loadPartners, validate } from '../../services/manifest/load/load.ts';
import { readYaml } from '../../services/manifest/load/yaml.ts';
import type { Incoming } from '../../services/manifest/read/request.ts';

/** A way of signing as a manifest says it, and a request that its publisher signed. */
export interface Scheme {
  name: string;
  partner: Partner;
  request: Incoming;
  /** By the secret's name, or by the address of public keys. */
  secrets: Record<string, string>;
  now: Date;
}

const directory = 'test/manifest/verify/schemes';

/** The schemes that are published with vectors, each request by itself. */
export const publishedSchemes = (): Scheme[] => readdirSync(directory).flatMap(loadScheme);

function loadScheme(file: string): Scheme[] {
  const yaml = readYaml(readFileSync(join(directory, file), 'utf8'), file);
  if ('problems' in yaml) throw new Error(yaml.problems.join('\n'));
  const { manifest, secrets, now, requests } = yaml.value as { manifest: unknown; secrets: Record<string, string>; now?: string; requests: unknown[] }; // prettier-ignore
  const result = validate(manifest);
  if ('problems' in result)
    throw new Error(result.problems.map((problem) => yaml.locate(problem)).join('\n'));
  const partner = compile(result.manifest);
  return requests.map((sent, i) => {
    const example = {
      ...exampleSchema.parse({ request: sent, expect: { status: '200' } }),
      name: file,
      file,
    };
    const request = exampleRequest(example, partner, (name) => secrets[name]!);
    const at = new Date(now ?? '2026-11-24T00:00:00Z');
    return { name: `${file.replace('.yaml', '')} ${i + 1}`, partner, request, secrets, now: at };
  });
}

/** The partners that are shipped, each with every request of theirs that is kept. */
export const shippedSchemes = (): Scheme[] =>
  loadPartners('partners').flatMap((partner) => {
    const secretOf = (name: string) => `example-${name}`;
    const kept = loadExamples(join('partners', partner.id)).filter(({ expect }) => expect.outcome === 'kept');
    return kept.map((example) => {
      const secrets = Object.fromEntries(partner.secretNames.map((name) => [name, secretOf(name)]));
      return {
        name: `${partner.id} ${example.name}`,
        partner,
        request: exampleRequest(example, partner, (name) => ({ ...secrets, ...example.secrets })[name]!),
        secrets: { ...secrets, ...example.secrets },
        now: new Date(example.now ?? '2026-11-24T00:00:00Z'),
      };
    });
  });

/** What a scheme's manifest says of a request, with other secrets if they are given. */
export const decideAs = (
  { partner, now, secrets: own }: Scheme,
  request: Incoming,
  secrets: Record<string, string> = own,
): Decision => partner.decide(request, (name) => [secrets[name]!], now);

/** Whether a decision rests on a proof. */
export const isVerified = (decision: Decision): boolean =>
  (decision.is === 'conversions' && decision.events[0]!.verified) ||
  (decision.is === 'quarantined' && decision.record.verified) ||
  decision.is === 'probe';
