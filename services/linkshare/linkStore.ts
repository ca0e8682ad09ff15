import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from './errors.ts';

/** A link that was made, and for whom. */
export interface KeptLink {
  /** When, as ISO 8601 UTC. */
  madeAt: string;
  /** product, campaign, showcase, or publisher for links of TikTok's publisher programme. */
  type: string;
  materialId?: string | undefined;
  tag: string;
  channel?: string | undefined;
  /** Who is paid for its orders. */
  publisher?: string | undefined;
  link: string;
}

/** The links that were made. What is remembered here is how an order, which brings its tag, finds its publisher. */
export interface LinkStore {
  add(links: readonly KeptLink[]): Promise<void>;
  /** All, oldest first. */
  all(): Promise<KeptLink[]>;
}

/** Links as lines of JSON in a file, which several processes may add to: the kernel appends each write whole. */
export function linkFile(file: string): LinkStore {
  return {
    async add(links) {
      if (links.length === 0) return;
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      // The line break comes first too: after a write that was cut off the next line would be lost with it.
      await appendFile(file, links.map((link) => `\n${JSON.stringify(link)}`).join('') + '\n', {
        mode: 0o600,
      });
    },
    async all() {
      return (await textOf(file)).split('\n').flatMap(readLine);
    },
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** A line that was cut off by a full disk or a kill is none. */
function readLine(line: string): KeptLink[] {
  if (!line.startsWith('{') || !line.endsWith('}')) return [];
  try {
    return [JSON.parse(line) as KeptLink];
  } catch {
    return [];
  }
}

/** Which publisher a tag was made for. The first counts: nobody takes over another's orders by asking for the same tag. */
export function publishersByTag(links: readonly KeptLink[]): Map<string, string> {
  const publishers = new Map<string, string>();
  for (const { tag, publisher } of links)
    if (publisher && tag && !publishers.has(tag)) publishers.set(tag, publisher);
  return publishers;
}

/** Throws UsageError where a tag already brings another publisher's orders: an order names its tag and nobody else. */
export function checkOwner(
  links: readonly KeptLink[],
  tags: readonly string[],
  publisher: string | undefined,
): void {
  const owners = publishersByTag(links);
  for (const tag of tags) {
    const owner = owners.get(tag);
    if (owner !== undefined && owner !== publisher)
      throw new UsageError(
        `The tag ${tag} was made for ${owner}, whose its orders are: take another tag${publisher ? ` for ${publisher}` : ''}.`,
      );
  }
}
