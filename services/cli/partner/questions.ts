import { proofs, sendings, usualNames, usualWords, type Answers, type Proof } from '../../manifest/tools/draftManifest.ts'; // prettier-ignore
import { fieldKinds, type FieldName } from '../../manifest/fields.ts';
import { hashes } from '../../manifest/verify/algorithms.ts';
import { wrongUse } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

export interface NewOptions {
  name?: string;
  docs?: string;
  path?: string;
  sends?: string;
  token?: string;
  pathToken?: boolean;
  bearer?: boolean;
  basic?: boolean;
  hmac?: string;
  hash?: string;
  none?: string;
  until?: string;
  map?: Record<string, string>;
  status?: Record<string, string>;
  json?: boolean;
}

type Ask = (question: string, usual: string) => Promise<string>;

/** What the options say, and of the rest what the user answers; where nobody can be asked, the usual. */
export async function answersFrom(
  id: string,
  options: NewOptions,
  { ask: question }: Terminal,
): Promise<Answers> {
  const ask: Ask = question && !options.json ? question : (_question, usual) => Promise.resolve(usual);
  const name = options.name ?? (await ask('What do people call them?', nameOf(id)));
  const docs =
    options.docs ?? (await ask('Where do they document their postback (https://.., or nothing)?', ''));
  const sends = await choose(ask, 'What do they send: query (GET with macros), form or json?', sendings, options.sends, 'query'); // prettier-ignore
  const proof = proofOf(options) ?? (await askProof(ask));
  return {
    id,
    name,
    docs,
    path: options.path,
    sends,
    proof,
    names: await askAll(ask, 'Their name of', usualNames, options.map, ['conversionId', 'commission', 'currency', 'publisherRef', 'clickId', 'occurredAt', 'status']), // prettier-ignore
    words: await askAll(ask, 'Their word for', usualWords, options.status, Object.keys(usualWords)),
  };
}

const nameOf = (id: string) => id.charAt(0).toUpperCase() + id.slice(1);

/** A given answer is checked like one that is typed; the latter is asked again. */
async function choose<T extends string>(
  ask: Ask,
  question: string,
  choices: readonly T[],
  given: string | undefined,
  usual: T,
): Promise<T> {
  for (let answer = given ?? (await ask(question, usual)); ; answer = await ask(question, usual)) {
    const choice = choices.find((each) => each === answer.toLowerCase());
    if (choice) return choice;
    if (given !== undefined) throw wrongUse(`"${given}" is none of ${choices.join(', ')}`);
  }
}

/** With some names given, the others are the usual: who says what differs has said it all. */
async function askAll(
  ask: Ask,
  question: string,
  usual: Record<string, string>,
  given: Record<string, string> | undefined,
  names: string[],
): Promise<Record<string, string>> {
  const unknown = Object.keys(given ?? {}).find((name) => !(name in usual) && !isStatus(name));
  if (unknown !== undefined) throw wrongUse(`"${unknown}" is none of ${Object.keys(usual).join(', ')}`);
  if (given) return { ...usual, ...given };
  const answers = { ...usual };
  for (const name of names) answers[name] = await ask(`${question} ${name}${saying(name)}?`, usual[name]!);
  return answers;
}

/** What a field is, for who has not read about it yet. */
const saying = (name: string) => (name in fieldKinds ? ` (${fieldKinds[name as FieldName].says})` : '');

const isStatus = (name: string) => ['reversed', 'on_hold'].includes(name);

function proofOf({
  token,
  pathToken,
  bearer,
  basic,
  hmac,
  hash = 'sha256',
  none,
  until,
}: NewOptions): Proof | undefined {
  const given: (Proof | undefined)[] = [
    token === undefined ? undefined : { by: 'token', at: token },
    pathToken ? { by: 'path' } : undefined,
    bearer ? { by: 'bearer' } : undefined,
    basic ? { by: 'basic' } : undefined,
    hmac === undefined ? undefined : { by: 'hmac', at: hmac.toLowerCase(), hash },
    none === undefined ? undefined : noneOf(none, until),
  ];
  const said = given.filter((proof) => proof !== undefined);
  if (said.length > 1) throw wrongUse('say one way in which they prove that it is them');
  return said[0];
}

function noneOf(because: string, until: string | undefined): Proof {
  if (until === undefined) throw wrongUse('--none needs --until: the last day on which that counts, such as 2027-03-31'); // prettier-ignore
  return { by: 'none', because, until };
}

async function askProof(ask: Ask): Promise<Proof> {
  const by = await choose(ask, 'How do we know that it is them: token (in the address), path (a secret in it), bearer, basic, hmac or none?', proofs, undefined, 'token'); // prettier-ignore
  if (by === 'token') return { by, at: await ask('What is the parameter called?', 'token') };
  if (by === 'hmac') return { by, at: (await ask('Which header has the signature?', 'x-signature')).toLowerCase(), hash: await choose(ask, 'By which hash: sha1, sha256, sha512?', hashes, undefined, 'sha256') }; // prettier-ignore
  if (by === 'none') return { by, because: await ask('Why is nothing verified?', 'they can neither sign nor keep a secret'), until: await ask('Until which day does that count (2027-03-31)?', '') }; // prettier-ignore
  return { by };
}
