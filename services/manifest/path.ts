import { decode } from './read/request.ts';

/** Compiles `/rector/{token}`: the values of its holes if a request's path fits, else undefined. A final slash is overlooked. */
export function compilePath(path: string): (requested: string) => Record<string, string> | undefined {
  const names = [...path.matchAll(/\{([a-z]+)\}/g)].map((match) => match[1]!);
  const literal = path.split(/\{[a-z]+\}/).map((text) => text.replace(/[.~]/g, '\\$&'));
  const pattern = new RegExp(`^${literal.join('([^/]+)')}/?$`);
  return (requested) => {
    const match = pattern.exec(requested);
    if (!match) return undefined;
    return Object.fromEntries(names.map((name, i) => [name, decodeSegment(match[i + 1]!)]));
  };
}

/** In a path a `+` is itself; only in parameters is it a space. */
const decodeSegment = (segment: string) => decode(segment.replaceAll('+', '%2B')) ?? '';
