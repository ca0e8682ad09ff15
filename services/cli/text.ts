import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

/**
 * A file's text, or that of standard input for `-`. Not readFileSync(0): a pipe that is not full yet would be an error, since standard input
 * may not block.
 */
export const readText = (file: string): Promise<string> =>
  file === '-' ? text(process.stdin) : readFile(file, 'utf8');
