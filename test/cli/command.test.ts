import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../services/cli/command.ts';
import { shop as manifest, withPartners } from '../support/cli.ts';

/** What a command prints on stdout and on stderr. */
async function run(env: NodeJS.ProcessEnv, ...args: string[]) {
  const out = vi.spyOn(console, 'log').mockReturnValue();
  const err = vi.spyOn(console, 'error').mockReturnValue();
  try {
    await runCommand(args, env);
    const printed = ({ mock }: typeof out) => mock.calls.map((words) => words.join(' '));
    return { out: printed(out), err: printed(err) };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

describe('what is no command', () => {
  it.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['partner', 'chekc'], 'Did you mean check?'],
    [['partner', 'url'], "missing required argument 'id'"],
    [['partner', 'check', 'a', 'b'], 'too many arguments'],
    [['events', '--frob'], "unknown option '--frob'"],
    [['events', '--topic', 'sales'], 'It is one of conversions, quarantine, refused.'],
    [['events', '--last', '0'], 'It is a whole number from 1 to 200.'],
    [['events', '--last', '1e1'], 'It is a whole number from 1 to 200.'],
    [['events', '--last', '201'], 'It is a whole number from 1 to 200.'],
    [['partner', 'url', 'shop', '--origin', 'go.example.com'], 'It is like https://go.example.com.'],
    [
      ['partner', 'url', 'shop', '--origin', 'https://go.example.com/x'],
      'It is like https://go.example.com.',
    ],
    [[], 'Usage: linkshare'],
  ])('%j rejects, says why, and shows the help', async (args, why) => {
    const failed = run(withPartners(), ...args);
    await expect(failed).rejects.toThrow(why);
    await expect(failed).rejects.toThrow('Usage: linkshare');
  });

  it('names every wrong setting', async () => {
    const env = { ...withPartners(), PORT: 'x', TRUSTED_HOPS: '-1' };
    await expect(run(env, 'partner', 'check')).rejects.toThrow(/PORT: "x".*\nTRUSTED_HOPS: "-1"/);
  });
});

describe('help', () => {
  it.each([[['--help']], [['help']], [['partner', '--help']], [['partner', 'url', '-h']]])(
    '%j prints and resolves, whatever the settings',
    async (args) => {
      const { out, err } = await run({ PORT: 'x' }, ...args);
      expect(out.join('\n')).toMatch(/^Usage: linkshare/);
      expect(err).toEqual([]);
    },
  );

  it('names every command', async () => {
    const { out } = await run({}, '--help');
    expect(out.join('\n')).toMatch(/partner .*\n.*events /);
  });
});

describe('partner url', () => {
  it('rejects an unknown id, and makes no secret for it', async () => {
    const env = withPartners();
    await expect(run(env, 'partner', 'url', 'shpo')).rejects.toThrow('there is no partner "shpo"');
    expect(existsSync(env.DATA_DIR)).toBe(false);
  });

  it('rejects a secret whose file is empty', async () => {
    const env = withPartners();
    const file = join(env.DATA_DIR, 'secrets/shop/postback-token');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    await expect(run(env, 'partner', 'url', 'shop')).rejects.toThrow(`${file} is empty`);
  });

  it('prints the URL with the secret that it makes, and on stderr where to paste it', async () => {
    const env = { ...withPartners(), PORT: '8099' };
    const { out, err } = await run(env, 'partner', 'url', 'shop');
    const secret = readFileSync(join(env.DATA_DIR, 'secrets/shop/postback-token'), 'utf8');
    expect(out).toEqual([`http://127.0.0.1:8099/shop/event?token=${secret}&id={id}&status={status}`]);
    expect(err).toEqual(['Their settings']);
    expect(await run(env, 'partner', 'url', 'shop')).toEqual({ out, err });
  });

  it.each(['https://go.example.com', 'https://go.example.com/'])('takes the origin %s', async (origin) => {
    const { out } = await run(withPartners(), 'partner', 'url', 'shop', '--origin', origin);
    expect(out[0]).toMatch(/^https:\/\/go\.example\.com\/shop\/event\?token=/);
  });

  it('tells scripts in JSON', async () => {
    const { out, err } = await run(withPartners(), 'partner', 'url', 'shop', '--json');
    expect(JSON.parse(out.join(''))).toMatchObject({ id: 'shop', url: expect.stringContaining('/shop/event?token='), headers: {}, where: 'Their settings' }); // prettier-ignore
    expect(err).toEqual([]);
  });

  it('prints a header where the secret goes in one', async () => {
    const env = withPartners({ 'shop/manifest.yaml': manifest.replace('at: token', 'at: header.x-token') });
    const { out } = await run(env, 'partner', 'url', 'shop');
    const secret = readFileSync(join(env.DATA_DIR, 'secrets/shop/postback-token'), 'utf8');
    expect(out).toEqual(['http://127.0.0.1:8080/shop/event?id={id}&status={status}', `x-token: ${secret}`]);
  });
});

describe('the process', () => {
  it('says nothing of a reader that has gone, as `| head` does, and ends as it would have', async () => {
    const child = spawn(process.execPath, ['services/main.ts', 'cli', 'partner', 'check'], { env: { PATH: '' }, stdio: ['ignore', 'pipe', 'pipe'] }); // prettier-ignore
    child.stdout.destroy();
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said).not.toContain('EPIPE');
  });

  const linkshare = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    spawnSync(process.execPath, ['services/main.ts', 'cli', ...args], {
      env: { PATH: '', ...env },
      encoding: 'utf8',
    });

  it('ends with 1 and no stack where something is wrong', () => {
    const env = withPartners({ 'shop/manifest.yaml': manifest.replace('name: Shop', 'nmae: Shop') });
    const { status, stdout, stderr } = linkshare(env, 'partner', 'check', 'shop');
    expect({ status, stdout }).toEqual({ status: 1, stdout: 'shop: 1 problem, 0 examples\n' });
    expect(stderr).toContain(
      `${env.PARTNERS_DIR}/shop/manifest.yaml:2:1 unknown key "nmae", did you mean "name"?`,
    );
    expect(stderr).not.toContain('    at ');
  });

  it('ends with 2 and the help where it is used wrongly', () => {
    const { status, stdout, stderr } = linkshare({}, 'partner', 'chekc');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/Did you mean check\?[^]*Usage: linkshare[^]*Exit codes: 0 fine, 1 problems/);
  });

  it('ends with 0 after help', () => {
    expect(linkshare({}, '--help')).toMatchObject({ status: 0, stderr: '' });
  });
});
