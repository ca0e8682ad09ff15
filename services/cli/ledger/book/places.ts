import { Failure } from '../../failure.ts';
import type { LocatedBook } from './readBook.ts';

/** What reading rejects with is for the user. */
export function failing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Failure((error as Error).message, { cause: error });
  }
}

/** The error of an import with the places of what is wrong. */
export const placedFailure = (error: Error, located: LocatedBook) =>
  new Failure(error.message.split('\n').map((line) => placed(line, located)).join('\n'), { cause: error }); // prettier-ignore

/** What is wrong with an entry, as `rules.3.value: why` or `rules.3: why`, with its place. */
function placed(line: string, { place }: LocatedBook): string {
  const [, entry, inPath, inText, why] =
    /^(?:book\.)?(\w+\.\d+)(?:\.([\w.]+))?: (?:(\w+): )?(.*)$/.exec(line) ?? [];
  const at = entry && place(entry, inPath ?? inText);
  return at ? `${at}: ${why}` : line;
}
