import type { RawRequest } from '../../contract/raw.ts';
import type { Partner } from '../compile.ts';
import { compileHide } from '../mask.ts';
import { compileOpen } from '../open.ts';
import { compilePath } from '../path.ts';
import { compileVariant, expand, variantsOf } from '../read/reading.ts';
import type { Incoming } from '../read/request.ts';
import { Scope } from '../read/scope.ts';
import type { LiveSecrets } from '../verify/proof.ts';
import { compileVerify } from '../verify/verify.ts';
import { explainBlock, type BlockStep } from './explainBlock.ts';
import { explainFields, type FieldStep } from './explainFields.ts';

/** How a manifest comes to its decision about one request, for the person who writes it. Secrets are masked in every text. */
export interface Explanation {
  request: RawRequest;
  /** Each way of verifying, tried by itself; one that passes is enough. */
  verify: BlockStep[];
  reading: ReadingSteps;
}

export interface ReadingSteps {
  /** What kind of body it is, or how it cannot be read. */
  body: string;
  /** What chose this set of fields, where there are several. */
  variant?: string;
  /** Why no field was looked for. */
  why?: string;
  /** The fields of each conversion, in the manifest's order. More than a few items are not explained. */
  items: FieldStep[][];
  /** How many items there are in all. */
  count: number;
}

/** More would hide what is wrong with the first. */
const mostItems = 5;

/**
 * Explains step by step what `partner.decide` decides at once. What it reads is shown even of a request that is refused: as it would be
 * read, were it theirs.
 */
export function explain(partner: Partner, request: Incoming, secrets: LiveSecrets, now: Date): Explanation {
  const { manifest } = partner;
  const match = compilePath(manifest.path);
  const hide = compileHide(manifest);
  const live = partner.secretNames.flatMap((name) => secrets(name));
  const newScope = () => {
    const scope = new Scope(request, match(request.path));
    const outside = new Scope(request, match(request.path));
    scope.hide = (text) => hide(outside, live)(text);
    return scope;
  };
  const scope = newScope();
  compileVerify(manifest)(scope, secrets, now);
  return {
    request: partner.mask(request, secrets),
    verify: [manifest.verify].flat().map((block) => explainBlock(manifest, block, newScope(), secrets, now)),
    reading: explainReading(partner, scope),
  };
}

function explainReading({ manifest }: Partner, scope: Scope): ReadingSteps {
  const unopened = compileOpen(manifest)(scope);
  const body = bodyOf(scope);
  const nothing = { body, items: [], count: 0 };
  if (unopened) return { ...nothing, why: `${unopened.field}: ${unopened.why}` };
  if (scope.body.is === 'unreadable') return { ...nothing, why: scope.body.why };
  const variant = variantsOf(manifest).find((each) => compileVariant(each, manifest.repeat).applies(scope));
  if (!variant) return { ...nothing, why: 'fits no variant of the manifest: none of their "when" was sent' };
  const named = manifest.variants && { variant: variant.when ?? 'the one without "when"' };
  const items = expand(Object.entries(variant.each ?? {}), scope);
  if ('reason' in items) return { ...nothing, ...named, why: `${items.reason.field}: ${items.reason.why}` };
  const shown = items.slice(0, mostItems).map((item) => explainFields(variant.fields, manifest.repeat, item));
  return { body, ...named, items: shown, count: items.length };
}

function bodyOf({ body, request, isOpen }: Scope): string {
  const from = isOpen ? ', opened' : '';
  if (body.is === 'empty') return 'no body: values are looked for in the query';
  if (body.is === 'unreadable') return `a body of ${request.body.length} bytes: ${body.why}`;
  return `a body of ${request.body.length} bytes: ${body.is === 'form' ? 'a form' : 'JSON'}${from}`;
}
