import { execFile } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { promisify, stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createLog, type Log } from '../../services/runtime/log.ts';

/** What a log writes. */
async function written(pretty: boolean, use: (log: Log) => void): Promise<string> {
  const stream = new PassThrough();
  const log = createLog({ pretty, stream });
  use(log);
  await log.close();
  return String(stream.read());
}

const jsonOf = async (use: (log: Log) => void) =>
  JSON.parse(await written(false, use)) as Record<string, unknown>;

describe('for machines', () => {
  it('writes one line of JSON: severity, time in UTC, message, and the fields beside them', async () => {
    const entry = await jsonOf((log) => log.info('involve kept', { status: 200, ms: 3.1 }));
    expect(entry).toEqual({
      severity: 'INFO',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      message: 'involve kept',
      status: 200,
      ms: 3.1,
    });
  });

  it('uses the names of Cloud Logging for its levels', async () => {
    const lines = await written(false, (log) => {
      log.info('a');
      log.warn('b');
      log.error('c');
    });
    const severities = lines.trim().split('\n').map((line) => (JSON.parse(line) as { severity: string }).severity); // prettier-ignore
    expect(severities).toEqual(['INFO', 'WARNING', 'ERROR']);
  });

  it('keeps on one line whatever it is given, and lets no field pass for its own', async () => {
    const text = await written(false, (log) =>
      log.error('two\nlines', { severity: 'INFO', message: 'x', path: '/a\n{"severity":"INFO"}' }),
    );
    expect(text.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(text)).toMatchObject({ severity: 'ERROR', message: 'two\nlines' });
  });

  it('says what an error was, with its stack', async () => {
    const { why } = await jsonOf((log) => log.error('failed', { why: new TypeError('no such thing') }));
    expect(why).toMatch(/^TypeError: no such thing\n\s+at /);
  });

  it('never throws: a value that JSON does not know, or that holds itself, still makes a line', async () => {
    const ring: Record<string, unknown> = {};
    ring.ring = ring;
    expect(await jsonOf((log) => log.info('n', { big: 12345678901234567890n }))).toMatchObject({
      big: '12345678901234567890',
    });
    expect(await jsonOf((log) => log.warn('r', { ring }))).toMatchObject({
      severity: 'WARNING',
      message: 'r',
    });
  });
});

describe('for people', () => {
  it('writes the time, the message and name=value', async () => {
    const line = await written(true, (log) =>
      log.info('involve kept', { ms: 3.1, ids: ['a'], none: undefined }),
    );
    expect(stripVTControlCharacters(line)).toMatch(/^\d\d:\d\d:\d\d involve kept ms=3\.1 ids=\["a"\]\n$/);
  });

  it('colours a warning and an error differently', async () => {
    const colourOf = async (use: (log: Log) => void) => /\x1b\[(3\d)m/.exec(await written(true, use))?.[1];
    const colours = [
      await colourOf((log) => log.info('x')),
      await colourOf((log) => log.warn('x')),
      await colourOf((log) => log.error('x')),
    ];
    expect(new Set(colours).size).toBe(3);
    expect(colours).not.toContain(undefined);
  });

  it('lets nothing that was sent steer the terminal or begin a line', async () => {
    const line = await written(true, (log) =>
      log.info('x\x1b[2J', { path: '/a\r\n12:00:00 all is well', title: '\x1b]0;owned\x07\x9b31m' }),
    );
    expect(line.match(/\n/g)).toHaveLength(1);
    expect(line).not.toContain('\r');
    expect(line.replace(/\x1b\[\d+m/g, '')).not.toMatch(/[\x1b\x07\x9b]/);
  });
});

describe('close', () => {
  it('may be called twice, and what is logged afterwards is dropped without a throw', async () => {
    const text = await written(false, (log) => log.info('last'));
    expect(text).toContain('last');
    const log = createLog({ pretty: false, stream: new PassThrough() });
    await log.close();
    await log.close();
    expect(() => log.info('late')).not.toThrow();
  });

  it('resolves when every line is out: nothing is lost by process.exit', async () => {
    const program = `
      import { createLog } from './services/runtime/log.ts';
      const log = createLog({ pretty: false });
      for (let i = 0; i < 5000; i++) log.info('line ' + i, { filler: 'x'.repeat(200) });
      log.close().then(() => process.exit(0));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { maxBuffer: 10 ** 8 },
    );
    expect(stdout.trim().split('\n')).toHaveLength(5000);
  });
});
