import { loadExamples, type Example } from '../../manifest/example.ts';
import type { Partner } from '../../manifest/compile.ts';
import { exampleRequest } from '../../manifest/example.ts';
import { loadPartner } from '../../manifest/load/load.ts';
import { nearest } from '../../manifest/load/suggest.ts';
import type { Capture, Recorded } from '../../manifest/tools/captured.ts';
import type { Verdict } from '../../manifest/verify/verify.ts';
import { explain } from '../../manifest/tools/explain.ts';
import type { Config } from '../../runtime/config.ts';
import { Failure, wrongUse } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { assertReceives, folderOf, lookUpSecrets, missingSecrets } from './find.ts';
import { isFile, parseRequest, readRequest } from './request.ts';
import { compare, exampleSecret, exampleTime, runExample, whyOf } from './runExample.ts';
import { showTried, type Shown } from './show.ts';
import { createTrial, type Tried } from './trial.ts';
import { tryReport } from './tryReport.ts';

export interface TryOptions {
  url?: string;
  curl?: string;
  now?: Date;
  json?: boolean;
}

/** Shows what a manifest makes of requests. Rejects where an example comes out otherwise, or another request would not be kept. */
export async function tryPartner(
  { partnersDir, dataDir }: Config,
  id: string,
  what: string | undefined,
  options: TryOptions,
  terminal: Terminal,
): Promise<void> {
  const folder = folderOf(partnersDir, id);
  const partner = loadPartner(folder);
  const given = [what, options.url, options.curl].filter((each) => each !== undefined);
  if (given.length > 1) throw wrongUse('give one request: an example, a file, --url or --curl');
  if (await tryReport(partner, folder, what, options.json)) return;
  assertReceives(partner);
  const capture = captureOf(options);
  if (capture) return tryCapture(partner, capture, options, dataDir, terminal);
  const examples = loadExamples(folder);
  if (what === undefined) return tryAll(partner, examples, options, terminal);
  const example = examples.find(({ name }) => name === what.replace(/^.*examples\/|\.yaml$/g, ''));
  if (example) return tryExample(partner, examples, example, options, terminal);
  if (isFile(what)) return tryCapture(partner, readRequest(what), options, dataDir, terminal);
  const names = examples.map(({ name }) => name);
  const meant = nearest(what, names);
  throw wrongUse(`${id} has no example "${what}", and there is no such file${meant ? `; did you mean ${meant}?` : `; its examples: ${names.join(', ') || 'none'}`}`); // prettier-ignore
}

function captureOf({ url, curl }: TryOptions): Capture | undefined {
  if (url !== undefined && !/^https?:\/\//i.test(url.trim())) throw wrongUse(`--url "${url}" is no address such as https://go.example.com/..`); // prettier-ignore
  if (curl !== undefined && !/^\s*(\$\s+)?curl\s/.test(curl)) throw wrongUse('--curl: this is no curl line: it begins with curl'); // prettier-ignore
  const text = url ?? curl;
  return text === undefined ? undefined : parseRequest(text);
}

async function tryAll(
  partner: Partner,
  examples: Example[],
  { json }: TryOptions,
  { paint }: Terminal,
): Promise<void> {
  const width = Math.max(0, ...examples.map(({ name }) => name.length));
  const rows = await Promise.all(examples.map(async (example) => ({ example, tried: await runExample(partner, examples, example) }))); // prettier-ignore
  const results = rows.map(({ example, tried }) => ({ name: example.name, ...summary(tried), otherwise: compare(example, tried).map(({ message }) => message) })); // prettier-ignore
  if (json) console.log(JSON.stringify(results, null, 2));
  else
    for (const { name, status, outcome, why, otherwise } of results) {
      const mark = otherwise.length > 0 ? paint('red', '✗') : paint('green', '✓');
      console.log(`${mark} ${name.padEnd(width)}  ${status} ${outcome ?? 'turned away'}${paint('dim', why)}`);
      for (const message of otherwise) console.log(`  ${paint('red', message)}`);
    }
  if (examples.length === 0 && !json) console.log(`${partner.id} has no examples yet`);
  if (results.some(({ otherwise }) => otherwise.length > 0)) throw new Failure('');
}

const summary = ({ status, body, result }: Tried) => ({ status, outcome: result?.outcome, why: whyOf(result, body) }); // prettier-ignore

async function tryExample(
  partner: Partner,
  examples: Example[],
  example: Example,
  { json, now = exampleTime(example) }: TryOptions,
  terminal: Terminal,
): Promise<void> {
  const secretOf = (name: string) => exampleSecret(example, name);
  const request = { address: '127.0.0.1', ...exampleRequest(example, partner, secretOf, now) };
  const at = { ...example, now: now.toISOString() };
  const tried = await runExample(partner, examples, at);
  const otherwise = compare(example, tried).map(({ message }) => message);
  const explanation = explain(partner, request, (name) => [secretOf(name)], now);
  show({ partner, name: example.name, now, tried, explanation, otherwise, notes: [] }, json, terminal);
  if (otherwise.length > 0) throw new Failure('');
}

/** With the live secrets of this machine. A record of ours has its secrets masked, so that the verdict it carries stands. */
async function tryCapture(
  partner: Partner,
  { request, record }: Capture,
  { json, now = record?.receivedAt ?? new Date() }: TryOptions,
  dataDir: string,
  terminal: Terminal,
): Promise<void> {
  if (!partner.owns(request.path)) throw wrongUse(`${request.path} is no path of ${partner.id}: they call ${partner.manifest.path}`); // prettier-ignore
  const secrets = await lookUpSecrets(dataDir, partner);
  const verdict = record?.verdict;
  const judged: Partner = verdict ? { ...partner, decide: (_, live, at) => partner.reread(partner.mask(request, live), asVerdict(verdict), at, live) } : partner; // prettier-ignore
  const tried = await createTrial(judged)(request, secrets, now);
  const explanation = explain(partner, request, secrets, now);
  const notes = verdict ? [`it is a record of ours, whose verdict stands: ${verdict}`] : hints(partner, dataDir); // prettier-ignore
  show({ partner, name: 'this request', now, tried, explanation, otherwise: [], notes }, json, terminal);
  if (tried.result?.outcome !== 'kept' && tried.result?.outcome !== 'probe') throw new Failure('');
}

const hints = (partner: Partner, dataDir: string) =>
  missingSecrets(dataDir, partner).map((name) => `the secret ${name} has no value in ${dataDir} yet: npm run -s linkshare -- partner url ${partner.id} makes one`); // prettier-ignore

function asVerdict(verdict: NonNullable<Recorded['verdict']>): Verdict {
  if (verdict === 'unverified') return { is: verdict, because: 'it came so' };
  return verdict === 'refused'
    ? { is: verdict, why: 'failed its verification when it came' }
    : { is: verdict };
}

function show(shown: Shown, json: boolean | undefined, terminal: Terminal): void {
  const { partner, name, tried, explanation, otherwise, notes } = shown;
  if (!json) return showTried(shown, terminal);
  const { decision, ...rest } = tried;
  console.log(JSON.stringify({ partner: partner.id, name, ...rest, decision, explanation, otherwise, notes }, null, 2)); // prettier-ignore
}
