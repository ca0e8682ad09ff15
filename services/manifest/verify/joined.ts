import { parseTemplate, type Template } from '../expression.ts';
import type { Manifest, VerifyBlock } from '../schema.ts';
import { mappedBy } from './covered.ts';

/** Two places that stand side by side with nothing between: `1` and `23` make the same text as `12` and `3`. */
export type Joined = [string, string];

/** A secret is one length for all, and no sender's to choose. */
const isSent = (part: Template[number] | undefined) => typeof part === 'object' && part.name !== 'secret';

/** The places that are joined in a template. */
export const joinedIn = (template: Template): Joined[] =>
  template.flatMap((part, i) => {
    const next = template[i + 1];
    return isSent(part) && isSent(next) ? [[(part as { name: string }).name, (next as { name: string }).name]] : []; // prettier-ignore
  });

/** Our fields that are signed side by side with another, so that signs can be moved from one to the other. */
export function joinedFields(manifest: Manifest, { of = '' }: VerifyBlock): Set<string> {
  const places = new Set(joinedIn(parseTemplate(of)).flat());
  const mapped = mappedBy(manifest).filter((each) => each.places.some((place) => places.has(place)));
  return new Set(mapped.map(({ field }) => field));
}
