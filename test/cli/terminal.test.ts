import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openTerminal, type Streams } from '../../services/cli/terminal.ts';

/** Streams as of a terminal, and what was written to its screen. */
function screen({ isTTY = true } = {}) {
  const stream = () => Object.assign(new PassThrough(), { isTTY, getColorDepth: () => (isTTY ? 8 : 1) });
  const streams = { stdin: stream(), stdout: stream(), stderr: stream() } satisfies Streams;
  return { streams, terminal: openTerminal(streams), shown: () => String(streams.stderr.read() ?? '') };
}

describe('where nobody looks', () => {
  it('nothing is coloured, no line is replaced, nobody is asked', () => {
    const { terminal, shown } = screen({ isTTY: false });
    expect([terminal.paint('red', 'a'), terminal.paintError('red', 'a'), terminal.ask]).toEqual(['a', 'a', undefined]); // prettier-ignore
    terminal.progress('1/2');
    expect(shown()).toBe('');
  });

  it('stopping is no answer', async () => {
    const { terminal, streams } = screen();
    const asked = terminal.ask!('Name?');
    streams.stdin.end();
    await expect(asked).rejects.toThrow('stopped: nothing is written');
    await expect(terminal.ask!('Name?')).rejects.toThrow('stopped');
  });
});

describe('on a terminal', () => {
  it('a line of progress replaces the one before', () => {
    const { terminal, shown } = screen();
    terminal.progress('1/2');
    terminal.progress('');
    expect(shown()).toBe('\r\u001b[K1/2\r\u001b[K');
  });

  it('answers are taken in their order, also those typed before they are asked for; Enter is the usual', async () => {
    const { terminal, streams, shown } = screen();
    streams.stdin.write('Super \n\nthird\n');
    expect(await terminal.ask!('Name?', 'Nova')).toBe('Super');
    expect(await terminal.ask!('Path?', '/nova')).toBe('/nova');
    expect(await terminal.ask!('Third?')).toBe('third');
    const fourth = terminal.ask!('Fourth?');
    streams.stdin.write('late\n');
    expect(await fourth).toBe('late');
    expect(shown()).toContain('Path?');
    terminal.close();
  });
});
