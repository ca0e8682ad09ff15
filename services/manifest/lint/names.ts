import type { Example } from '../example.ts';
import { nearest } from '../load/suggest.ts';
import type { Problem } from '../load/problems.ts';
import { joinParameters } from '../parameters.ts';
import { readParameters } from '../read/request.ts';
import type { Manifest } from '../schema.ts';
import { namesInExamples } from './sent.ts';
import { templatesOf, type Place, type Template } from './places.ts';

/**
 * Names of theirs that nothing brings: a parameter that the template to paste never asks for, or one that is probably misspelt, since
 * the template or an example has one that is almost called so and that nothing reads.
 */
export function lintNames(manifest: Manifest, examples: readonly Example[]): Problem[] {
  const { paste } = manifest.setup ?? {};
  const pasted = paste === undefined ? undefined : namesOf(paste);
  const templates = templatesOf(manifest);
  const misspelt = lintSlips(templates, new Set([...(pasted ?? []), ...namesInExamples(examples)]));
  const told = new Set(misspelt.map(({ path }) => path.join('.')));
  const unasked = pasted === undefined ? [] : lintUnasked(templates, pasted);
  return [...misspelt, ...unasked.filter(({ path }) => !told.has(path.join('.')))];
}

function lintSlips(templates: Template[], known: ReadonlySet<string>): Problem[] {
  const places = templates.flatMap((template) => template.places);
  const read = new Set(places.flatMap(({ alternatives }) => alternatives.flat()));
  const unread = [...known].filter((name) => !read.has(name));
  return onceEach(places.flatMap((place) => findMisspelt(place, known, unread)));
}

/** Of several templates the one to paste is that whose `when` is in it. */
function lintUnasked(templates: Template[], pasted: ReadonlySet<string>): Problem[] {
  const chosen =
    templates.find(({ when }) => when?.split(/\s+or\s+/).some((name) => pasted.has(name))) ??
    templates.find(({ when }) => when === undefined);
  return onceEach((chosen?.places ?? []).flatMap((place) => findUnasked(place, pasted)));
}

/** A name that several fields read is told once. */
const onceEach = (problems: Problem[]) => [
  ...new Map(problems.toReversed().map((problem) => [problem.message, problem])).values(),
].toReversed(); // prettier-ignore

const namesOf = (paste: string | string[]) => new Set(readParameters(joinParameters(paste)).keys());

function findMisspelt(
  { path, alternatives }: Place,
  known: ReadonlySet<string>,
  unread: string[],
): Problem[] {
  return alternatives.flat().flatMap((name) => {
    const meant = known.has(name) ? undefined : nearest(name, unread);
    return meant === undefined ? [] : [{ path, message: `nothing that is pasted or shown by an example is called "${name}": did you mean "${meant}"?` }]; // prettier-ignore
  });
}

function findUnasked({ path, alternatives, hasDefault }: Place, pasted: ReadonlySet<string>): Problem[] {
  const missing = alternatives.map((names) => names.filter((name) => !pasted.has(name)));
  if (hasDefault || missing.some((names) => names.length === 0)) return [];
  const [name = ''] = missing[0] ?? [];
  return [{ path, message: `the template never asks for "${name}": add ${name}=.. with their macro to setup.paste, unless your links bring it back by themselves` }]; // prettier-ignore
}
