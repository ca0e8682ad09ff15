import { beginFile } from '../../runtime/wholeFile.ts';
import type { TextTarget } from './csvSink.ts';

/** A file as the target of text. Rejects at once where it cannot be written. */
export async function fileTarget(file: string): Promise<TextTarget> {
  const draft = await beginFile(file);
  return {
    write: (text) => draft.write(text),
    async finish() {
      await draft.finish();
      return file;
    },
    abandon: () => draft.abandon(),
  };
}
