import { readFileSync } from 'node:fs';
import type { Partner } from '../../manifest/compile.ts';
import { exampleRequest, type Example } from '../../manifest/example.ts';
import type { Problem } from '../../manifest/load/problems.ts';
import { readYaml } from '../../manifest/load/yaml.ts';
import { differences } from '../../manifest/tools/differences.ts';
import { createTrial, type Tried } from './trial.ts';

/** The values of secrets in an example, as everywhere where examples are run. */
export const exampleSecret = ({ secrets }: Example, name: string) => secrets?.[name] ?? `example-${name}`;

export const exampleTime = ({ now }: Example) => new Date(now ?? '2026-11-24T00:00:00Z');

/** Runs an example, and before it those that it comes after. Rejects where one of them cannot be made into a request. */
export async function runExample(
  partner: Partner,
  examples: readonly Example[],
  example: Example,
): Promise<Tried> {
  const trial = createTrial(partner);
  const send = (one: Example) => {
    const secretOf = (name: string) => exampleSecret(one, name);
    const request = { address: '127.0.0.1', ...exampleRequest(one, partner, secretOf) };
    return trial(request, (name) => [secretOf(name)], exampleTime(one));
  };
  for (const name of example.after ?? []) {
    const earlier = examples.find((each) => each.name === name);
    if (!earlier) throw new Error(`there is no example "${name}" to send first`);
    await send(earlier);
  }
  return send(example);
}

/** In what an example came out otherwise than it says: problems as `file:line:column what`. */
export async function failuresOf(
  partner: Partner,
  examples: readonly Example[],
  example: Example,
): Promise<string[]> {
  const problems = await problemsOf(partner, examples, example);
  if (problems.length === 0) return [];
  const yaml = readYaml(readFileSync(example.file, 'utf8'), example.file);
  return problems.map((problem) => ('locate' in yaml ? yaml.locate(problem) : problem.message));
}

async function problemsOf(
  partner: Partner,
  examples: readonly Example[],
  example: Example,
): Promise<Problem[]> {
  const { status } = example.expect;
  const misnamed = example.name.startsWith(status) ? [] : [{ path: ['expect', 'status'], message: `the file shows a ${status}: its name begins with that` }]; // prettier-ignore
  try {
    return [...misnamed, ...compare(example, await runExample(partner, examples, example))];
  } catch (error) {
    const path = String(error).includes('to send first') ? ['after'] : ['request'];
    return [...misnamed, { path, message: error instanceof Error ? error.message : String(error) }];
  }
}

/** What is expected of an example and did not come, each with its path in the file. Why it came so is said with the outcome. */
export function compare({ expect }: Example, tried: Tried): Problem[] {
  const outcome = expect.outcome === undefined ? [] : differences(expect.outcome, tried.result?.outcome, ['expect', 'outcome']); // prettier-ignore
  if (outcome.length === 0) return differences(expect, shownBy(tried), ['expect']);
  return outcome.map(({ path, message }) => ({ path, message: message + whyOf(tried.result, tried.body) }));
}

/** What came of it, in the words of `expect`. */
function shownBy({ status, body, result, decision }: Tried) {
  const events = decision?.is === 'conversions' && result?.outcome === 'kept' ? decision.events : [];
  const quarantined = decision?.is === 'quarantined' ? decision.record : undefined;
  return {
    status,
    body,
    outcome: result?.outcome,
    events,
    verified: events[0]?.verified ?? quarantined?.verified,
    recorded: decision?.is === 'refused' && decision.record !== undefined,
    reasons: result?.reasons,
  };
}

/** What the gateway's log would say of it. */
export function whyOf(result: Tried['result'], body: string): string {
  const reasons = result?.reasons?.map(({ field, why, value }) => `${field} ${why}${value === undefined ? '' : ` ("${value}")`}`); // prettier-ignore
  const why = result ? (reasons?.join('; ') ?? result.why) : body;
  return why ? `: ${why}` : '';
}
