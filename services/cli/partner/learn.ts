import { propose, type Proposal } from '../../manifest/tools/propose.ts';
import type { Config } from '../../runtime/config.ts';
import { exampleText } from '../../manifest/tools/write.ts';
import { wrongUse } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { assertFree, nextSteps, writeFolder } from './folder.ts';
import { isFile, parseRequest, readRequest } from './request.ts';

export interface LearnOptions {
  name?: string;
  currency?: string;
  zone?: string;
  write?: boolean;
  json?: boolean;
}

/** Proposes a manifest from one captured request, and prints it, or writes it with its examples. */
export function learnPartner(
  { partnersDir }: Config,
  id: string,
  captured: string,
  { name = nameOf(id), currency, zone, write, json }: LearnOptions,
  terminal: Terminal,
): void {
  if (write) assertFree(partnersDir, id);
  const { request } = isFile(captured) ? readRequest(captured) : parseRequest(captured);
  const proposal = proposeOf(() => propose(request, { id, name, currency, zone }));
  const folder = write ? writeFolder(partnersDir, id, proposal.text, proposal.examples) : undefined;
  if (json) return console.log(JSON.stringify({ ...proposal, examples: proposal.examples.map((one) => ({ name: one.name, text: exampleText(one) })), folder }, null, 2)); // prettier-ignore
  if (folder === undefined) console.log(proposal.text.trimEnd());
  console.error(told(id, proposal, terminal));
  console.error(folder === undefined ? `\nWith --write it goes to ${partnersDir}/${id}, with ${proposal.examples.length} examples.` : `\n${nextSteps(id, folder)}`); // prettier-ignore
}

/** What the manifest cannot be, the user has asked for: an id, a zone, a request without anything in it. */
function proposeOf(make: () => Proposal): Proposal {
  try {
    return make();
  } catch (error) {
    if (error instanceof SyntaxError || (error as Error).name === 'ManifestError') throw wrongUse((error as Error).message, error); // prettier-ignore
    throw error;
  }
}

const nameOf = (id: string) => id.replace(/(^|-)([a-z])/g, (_, before: string, letter: string) => (before && ' ') + letter.toUpperCase()); // prettier-ignore

function told(
  id: string,
  { examples: [first], manifest: { assumed = [] }, isMadeUp }: Proposal,
  { paintError }: Terminal,
): string {
  const { outcome = '', reasons = [] } = first!.example.expect;
  const why = reasons.map(({ field, why }) => `${field} ${why}`).join('; ');
  return [
    `\n${paintError('bold', id)}: by this manifest ${isMadeUp ? 'what those macros could bring' : 'that request'} is ${paintError(outcome === 'kept' ? 'green' : 'yellow', outcome)}${why && `: ${why}`}`, // prettier-ignore
    ...(assumed.length > 0 ? ['To be confirmed, it stands under "assumed":'] : []),
    ...assumed.map((sentence) => `  ${paintError('yellow', '?')} ${sentence}`),
  ].join('\n');
}
