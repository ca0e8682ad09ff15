import { existsSync, readFileSync, statSync } from 'node:fs';
import { readCaptured, type Capture } from '../../manifest/tools/captured.ts';
import { wrongUse } from '../failure.ts';

/** A captured request that the user gives as text. What is wrong with it is wrong use. */
export function parseRequest(text: string, where = ''): Capture {
  try {
    return readCaptured(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw wrongUse(where + error.message, error);
    throw error;
  }
}

/** The same in a file; - is standard input. */
export function readRequest(file: string): Capture {
  return parseRequest(readFileSync(file === '-' ? 0 : file, 'utf8'), file === '-' ? '' : `${file}: `);
}

export const isFile = (name: string) => name === '-' || (existsSync(name) && statSync(name).isFile());
