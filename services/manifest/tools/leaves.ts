import { parseExpression } from '../expression.ts';
import { readBody, readParameters, type Incoming, type Parameters } from '../read/request.ts';
import { isNothing } from '../read/value.ts';

/** A value that a request brings, and how a manifest names its place. */
export interface Leaf {
  place: string;
  /** The last part of its place; of a macro that nobody filled in, also what the macro is called. */
  names: string[];
  value: string;
  isInItem: boolean;
}

export interface Leaves {
  leaves: Leaf[];
  /** The list of items, if there is one. */
  each?: Record<string, string>;
  /** The parameter that holds everything as a JSON document. */
  open?: string;
  /** Names that a manifest cannot write. */
  unspeakable: string[];
}

/** Everything that a request brings in its query and body, headers aside. Throws SyntaxError where its body cannot be read. */
export function leavesOf({ query, body, headers }: Incoming): Leaves {
  const read = readBody(body, String(headers['content-type'] ?? ''));
  if (read.is === 'unreadable') throw new SyntaxError(read.why);
  const beside = fromParameters(readParameters(query), read.is === 'empty' ? '' : 'query.');
  if (read.is === 'json') return join(fromJson(read.json), beside);
  const own = read.is === 'form' ? fromParameters(read.parameters, '') : beside;
  const opened = documentIn(own);
  const rest = read.is === 'form' ? beside : [];
  if (opened) return { ...join(fromJson(opened.json), rest), open: opened.place };
  return join({ leaves: own }, rest);
}

function join({ leaves, each }: Pick<Leaves, 'leaves' | 'each'>, more: Leaf[]): Leaves {
  const all = [...leaves, ...more];
  const speakable = all.filter(({ place }) => canBeWritten(place));
  const unspeakable = all.filter((leaf) => !speakable.includes(leaf)).map(({ place }) => place);
  return { leaves: speakable, unspeakable, ...(each && { each }) };
}

function canBeWritten(place: string): boolean {
  try {
    const [only, ...more] = parseExpression(place);
    return more.length === 0 && only?.main.length === 1 && !/^(header|path)\./.test(place);
  } catch {
    return false;
  }
}

function fromParameters(parameters: Parameters, root: string): Leaf[] {
  return [...parameters].flatMap(([name, [value]]) =>
    value === null || value === undefined ? [] : [leaf(root + name, name, value)],
  );
}

/** A macro that was not filled in says by its own name what would stand there. */
function leaf(place: string, name: string, value: string, isInItem = false): Leaf {
  const macro = isNothing(value) ? value.replace(/[^\w .-]+/g, '').trim() : '';
  return { place, names: macro === '' ? [name] : [name, macro], value, isInItem };
}

/** The one parameter that holds a JSON object. */
function documentIn(leaves: Leaf[]): { place: string; json: unknown } | undefined {
  for (const { place, value } of leaves) {
    const read = /^\s*\{/.test(value) ? readBody(Buffer.from(value), 'application/json') : undefined;
    if (read?.is === 'json') return { place, json: read.json };
  }
  return undefined;
}

/** The scalars of a document; of its first list of objects the first item, each of which is then a conversion. */
function fromJson(json: unknown): Pick<Leaves, 'leaves' | 'each'> {
  const list = listIn(json, []);
  const found: Leaf[] = [];
  collect(json, [], (path, value) => found.push(inJson('', path, value)));
  if (!list) return { leaves: found };
  collect(list.items[0], [], (path, value) => found.push(inJson('item.', path, value)));
  return { leaves: found, each: { item: list.path.join('.') || 'body' } };
}

/** `commission: {amount, currency}`: what holds the amount says what it is. */
function inJson(root: string, path: string[], value: string): Leaf {
  const [parent, last = ''] = path.slice(-2).length === 2 ? path.slice(-2) : [undefined, ...path];
  const plain = leaf(root + path.join('.'), last, value, root !== '');
  return parent !== undefined && /^(value|amount)$/i.test(last) ? { ...plain, names: [...plain.names, parent] } : plain; // prettier-ignore
}

/** Depth first, lists aside. */
function collect(value: unknown, path: string[], found: (path: string[], value: string) => void): void {
  if (Array.isArray(value) || path.length > 6) return;
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) collect(inner, [...path, key], found);
  else if (path.length > 0)
    found(path, value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));
}

function listIn(value: unknown, path: string[]): { path: string[]; items: unknown[] } | undefined {
  if (typeof value !== 'object' || value === null || path.length > 4) return undefined;
  if (Array.isArray(value)) return isObjects(value) ? { path, items: value } : undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = listIn(inner, [...path, key]);
    if (found) return found;
  }
  return undefined;
}

const isObjects = (items: unknown[]) =>
  items.length > 0 &&
  items.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item));
