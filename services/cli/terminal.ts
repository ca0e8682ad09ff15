import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** What a command may know of where it is run. Only main.ts touches the process: it hands these in. */
export interface Streams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

export interface Terminal {
  /** Colours a text for standard output, or for standard error; as it is where nobody looks, or NO_COLOR is set. */
  paint: (style: Style, text: string) => string;
  paintError: (style: Style, text: string) => string;
  /** One line on standard error that the next replaces; nothing where nobody looks. An empty one takes it away. */
  progress: (text: string) => void;
  /** Asks a person; undefined where there is none. Resolves to the usual answer if they just press Enter. */
  ask: ((question: string, usual?: string) => Promise<string>) | undefined;
}

/** For scripts and tests: no colours, no questions. */
export const plainTerminal: Terminal = {
  paint: (_style, text) => text,
  paintError: (_style, text) => text,
  progress: () => undefined,
  ask: undefined,
};

export function openTerminal({ stdin, stdout, stderr }: Streams): Terminal {
  const paintOn = (stream: NodeJS.WriteStream) => (style: Style, text: string) =>
    styleText(style, text, { stream });
  return {
    paint: paintOn(stdout),
    paintError: paintOn(stderr),
    progress: (text) => void (stderr.isTTY && stderr.write(`\r\u001b[K${text}`)),
    ask:
      stdin.isTTY && stderr.isTTY ? (question, usual) => ask({ stdin, stderr }, question, usual) : undefined,
  };
}

async function ask(
  { stdin, stderr }: Pick<Streams, 'stdin' | 'stderr'>,
  question: string,
  usual = '',
): Promise<string> {
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const hint = usual === '' ? '' : styleText('dim', ` [${usual}]`, { stream: stderr });
    return (await lines.question(`${question}${hint} `)).trim() || usual;
  } finally {
    lines.close();
  }
}
