import { createInterface, type Interface } from 'node:readline';
import { styleText } from 'node:util';
import { Failure } from './failure.ts';

type Style = Parameters<typeof styleText>[0];

/** What a command may know of where it is run. Only main.ts touches the process: it hands these in. */
export interface Streams {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: NodeJS.WritableStream & { isTTY?: boolean };
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
}

export interface Terminal {
  /** Colours a text for standard output, or for standard error; as it is where nobody looks, or NO_COLOR is set. */
  paint: (style: Style, text: string) => string;
  paintError: (style: Style, text: string) => string;
  /** One line on standard error that the next replaces; nothing where nobody looks. An empty one takes it away. */
  progress: (text: string) => void;
  /** Asks a person; undefined where there is none. Resolves to the usual answer if they just press Enter; rejects if they stop. */
  ask: ((question: string, usual?: string) => Promise<string>) | undefined;
  /** Listens no longer, so that the process can end. */
  close: () => void;
}

/** For scripts and tests: no colours, no questions. */
export const plainTerminal: Terminal = {
  paint: (_style, text) => text,
  paintError: (_style, text) => text,
  progress: () => undefined,
  ask: undefined,
  close: () => undefined,
};

export function openTerminal({ stdin, stdout, stderr }: Streams): Terminal {
  const paintOn = (stream: Streams['stdout']) => (style: Style, text: string) => text === '' ? '' : styleText(style, text, { stream }); // prettier-ignore
  const answers = createAnswers(stdin, stderr);
  const dim = paintOn(stderr);
  const ask = (question: string, usual = '') => answers.next(`${question}${dim('dim', usual && ` [${usual}]`)} `, usual); // prettier-ignore
  return {
    paint: paintOn(stdout),
    paintError: paintOn(stderr),
    progress: (text) => void (stderr.isTTY && stderr.write(`\r\u001b[K${text}`)),
    ask: stdin.isTTY && stderr.isTTY ? ask : undefined,
    close: answers.close,
  };
}

/** One reader for all questions: what is typed or pasted before it is asked for is the answer to a later one. */
function createAnswers(input: Streams['stdin'], output: Streams['stderr']) {
  const early: string[] = [];
  let lines: Interface | undefined;
  let hasEnded = false;
  let answer: ((line: string | undefined) => void) | undefined;
  const settle = (line: string | undefined) => {
    const waiting = answer;
    answer = undefined;
    if (waiting) waiting(line);
    else if (line !== undefined) early.push(line);
  };
  const open = () => {
    const opened = createInterface({ input, output });
    opened.on('line', settle).on('SIGINT', () => opened.close());
    return opened.on('close', () => {
      hasEnded = true;
      settle(undefined);
    });
  };
  return {
    async next(question: string, usual: string): Promise<string> {
      lines ??= open();
      const known = early.shift();
      if (known === undefined && hasEnded) throw stopped();
      if (known !== undefined) output.write(`${question}${known}\n`);
      const line = known ?? (await asked(lines, question));
      if (line === undefined) throw stopped();
      return line.trim() || usual;
    },
    close: () => lines?.close(),
  };

  function asked(from: Interface, question: string): Promise<string | undefined> {
    from.setPrompt(question);
    from.prompt();
    return new Promise((resolve) => (answer = resolve));
  }
}

const stopped = () => new Failure('\nstopped: nothing is written');
