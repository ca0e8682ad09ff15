import { compile } from '../../manifest/compile.ts';
import { draftExamples } from '../../manifest/tools/draftExamples.ts';
import { draftManifest, sampleRequest, type Answers } from '../../manifest/tools/draftManifest.ts';
import { validate } from '../../manifest/load/load.ts';
import { manifestText } from '../../manifest/tools/write.ts';
import type { Config } from '../../runtime/config.ts';
import { wrongUse } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { assertFree, nextSteps, writeFolder } from './folder.ts';
import { answersFrom, type NewOptions } from './questions.ts';

/** Makes a partner's folder: on a terminal it asks for what the options leave open, elsewhere the usual is taken. */
export async function newPartner(
  { partnersDir }: Config,
  id: string,
  options: NewOptions,
  terminal: Terminal,
): Promise<void> {
  assertFree(partnersDir, id);
  const answers = await answersFrom(id, options, terminal);
  const manifest = validManifest(answers);
  const says = `How ${answers.name} reports a sale, as far as it is known. It is a test until a real sale has come through: shown, never paid.`; // prettier-ignore
  const examples = draftExamples(manifest, sampleRequest(answers));
  const folder = writeFolder(partnersDir, id, manifestText(manifest, says), examples);
  if (options.json) return console.log(JSON.stringify({ id, folder, path: manifest.path, examples: examples.map(({ name }) => name) }, null, 2)); // prettier-ignore
  console.log(nextSteps(id, folder));
}

/** Answers that make no manifest are wrong use, whichever way they were given. */
function validManifest(answers: Answers) {
  const result = validate(draftManifest(answers));
  if ('problems' in result) throw wrongUse(result.problems.map(({ message }) => message).join('\n'));
  return compile(result.manifest).manifest;
}
