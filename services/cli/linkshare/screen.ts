import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../terminal.ts';

/** Where a command writes: results to standard output, all else to standard error, so that results can be piped. */
export interface Screen {
  print(text: string): void;
  note(text: string): void;
  /** How far a thing is: a bar where a person watches, else nothing. */
  progress(done: number, of: number | undefined, what: string): void;
}

/** What a command is given of where it runs. */
export interface Here {
  env: NodeJS.ProcessEnv;
  terminal: Terminal;
}

const width = 24;

export function openScreen({ progress }: Terminal): Screen {
  return {
    print(text) {
      progress('');
      console.log(text);
    },
    note(text) {
      progress('');
      console.error(text);
    },
    progress(done, of, what) {
      if (of !== undefined && done >= of) return progress('');
      progress(of ? `${bar(done / of)} ${done} of ${of} ${what}` : `${done} ${what}`);
    },
  };
}

const bar = (share: number) => {
  const full = Math.min(width, Math.round(share * width));
  return '█'.repeat(full) + '░'.repeat(width - full);
};

/** What came from elsewhere (a product's name) must neither steer the terminal nor break a line. */
export const harmless = (text: string): string =>
  stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
