import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { ManifestError } from './load/load.ts';
import { problemsOf } from './load/problems.ts';
import { readYaml, type YamlFile } from './load/yaml.ts';
import { conversionEvent } from '../contract/event.ts';
import { changeParameters } from './parameters.ts';
import { parameters } from './schema.ts';

export { exampleRequest, holes, pathWithSecrets } from './exampleRequest.ts';

const text = z.string();
const yesOrNo = z.enum(['true', 'false']);

/** When an example is sent, or a report fetched. */
export const exampleNow = z.iso
  .datetime('write a time as 2026-11-24T00:00:00Z')
  .optional()
  .describe('2026-11-24T00:00:00Z, if nothing is said');

/** Why something is put aside. */
export const expectedReasons = z.array(z.strictObject({ field: text, why: text.optional() }));

/** What an event should hold: its first keys are the contract's, so that a typo does not load. An editor explains them by its words. */
export const expectedEvent = z.strictObject(
  Object.fromEntries(
    Object.entries(conversionEvent.shape).map(([name, { description }]) => [
      name,
      z
        .unknown()
        .optional()
        .meta(description === undefined ? {} : { markdownDescription: description }),
    ]),
  ),
);

/**
 * An example of a partner's request and what becomes of it: documentation that runs as a test. A file is named by the status it shows.
 * `{secret.NAME}` stands for the live value of a secret, `{now}` for the time, `{signature}` for what the partner would sign it with.
 */
export const exampleSchema = z.strictObject({
  request: z
    .strictObject({
      same: text
        .optional()
        .describe('Begin with the request of another example; what is said here replaces its'),
      method: z
        .enum(['GET', 'POST', 'HEAD', 'PUT', 'DELETE'])
        .optional()
        .describe('POST where there is a body, else GET, if nothing is said'),
      path: text.optional().describe("The manifest's path, if nothing is said"),
      query: parameters.optional().describe('As sent; as a list, each item one parameter'),
      headers: z
        .record(text, text)
        .optional()
        .describe('Headers; the type of a form or of JSON comes by itself'),
      form: parameters.optional().describe('A form body, as sent; as a list, each item one parameter'),
      json: text.optional().describe('A JSON body, as sent'),
      body: text.optional().describe('Any other body, as sent'),
      address: text
        .optional()
        .describe('Where it comes from: the first of `addresses`, or 127.0.0.1, if nothing is said'),
    })
    .describe('What they send'),
  secrets: z.record(text, text).optional().describe('Values for this example; else each is example-NAME'),
  now: exampleNow,
  after: z.array(text).optional().describe('Examples to send first, by file name without .yaml'),
  expect: z
    .strictObject({
      status: text
        .regex(/^[2-5]\d\d$/, 'write a status as 200')
        .describe("What they are answered; the file's name begins with it"),
      outcome: z
        .enum(['kept', 'repeat', 'probe', 'quarantined', 'refused', 'not kept'])
        .optional()
        .describe('What becomes of it'),
      body: text.optional().describe('The text of the answer, whole'),
      events: z.array(expectedEvent).optional().describe('What each event holds, at least'),
      verified: yesOrNo.optional().describe('Whether what is kept is marked as verified'),
      recorded: yesOrNo.optional().describe('Whether a refused request is kept'),
      reasons: expectedReasons.optional().describe('Why it cannot be read, field by field'),
    })
    .describe('What becomes of it; only what is said is compared'),
});
export type Example = Named<z.infer<typeof exampleSchema>>;

/** A partner's examples of requests, by name. Throws ManifestError with every problem. */
export function loadExamples(folder: string): Example[] {
  const { loaded, files, problems } = readExamples(folder, exampleSchema, (file) => !isReport(file));
  const examples = loaded.map(({ example, locate }) => {
    const { same } = example.request;
    const base = loaded.find(({ example: { name } }) => name === same)?.example;
    if (base && base.request.same === undefined) return { ...example, request: changed(base.request, example.request) }; // prettier-ignore
    const isBroken = base === undefined && files.includes(`${same}.yaml`); // which is told by itself
    if (same !== undefined && !isBroken)
      problems.push(locate({ path: ['request', 'same'], message: `request.same: "${same}" is no example that has a request of its own` })); // prettier-ignore
    return example;
  });
  if (problems.length > 0) throw new ManifestError(problems);
  return examples;
}

/** A list of parameters changes those it names and leaves the others; anything else is replaced. A body replaces one of any kind. */
function changed(base: Example['request'], { same: _, ...own }: Example['request']): Example['request'] {
  const { form, json, body, ...rest } = base;
  const hasBody = own.form !== undefined || own.json !== undefined || own.body !== undefined;
  const request = { ...rest, ...(!hasBody || Array.isArray(own.form) ? { form, json, body } : {}), ...own };
  if (Array.isArray(own.query)) request.query = changeParameters(base.query ?? '', own.query);
  if (Array.isArray(own.form)) request.form = changeParameters(base.form ?? '', own.form);
  return { ...request, headers: { ...base.headers, ...own.headers } };
}

type Named<T> = T & { name: string; file: string };
type Loaded<T> = { example: Named<T>; locate: YamlFile['locate'] };

/** Examples of a report's pages are named `report-…`. */
export const isReport = (file: string) => file.startsWith('report-');

/** The examples of one kind in a partner's folder, and everything that is wrong with the others. */
export function readExamples<T extends z.ZodType<object>>(
  folder: string,
  schema: T,
  isOfKind: (file: string) => boolean,
): { loaded: Loaded<z.output<T>>[]; files: string[]; problems: string[] } {
  const directory = join(folder, 'examples');
  const all = existsSync(directory) ? readdirSync(directory).filter((file) => file.endsWith('.yaml')) : [];
  const files = all.filter(isOfKind).sort();
  const problems: string[] = [];
  const loaded = files.flatMap((file) => {
    const result = loadExample(join(directory, file), schema);
    if ('example' in result) return [result];
    problems.push(...result.problems);
    return [];
  });
  return { loaded, files, problems };
}

function loadExample<T extends z.ZodType<object>>(
  file: string,
  schema: T,
): Loaded<z.output<T>> | { problems: string[] } {
  const yaml = readYaml(readFileSync(file, 'utf8'), file);
  if ('problems' in yaml) return yaml;
  const result = schema.safeParse(yaml.value);
  if (result.success)
    return { example: { ...result.data, name: basename(file, '.yaml'), file }, locate: yaml.locate };
  const problems = problemsOf(result.error, schema, yaml.value);
  return { problems: problems.map((problem) => yaml.locate(problem)) };
}
