import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../services/cli/command.ts';
import { emptyFolder } from '../support/folder.ts';

const manifest = `id: shop
name: Shop
path: /shop/event
verify: { secret: postback-token, at: token }
fields:
  conversionId: id
  status: { from: status, approved: ok }
setup:
  where: Their settings
  paste: id={id}&status={status}
`;
const example = `request: { query: 'token={secret.postback-token}&id=1&status=ok' }
expect: { status: 200, outcome: kept }
`;

/** A folder with the partners given: file name to text. */
function withPartners(files: Record<string, string> = { 'shop/manifest.yaml': manifest }) {
  const folder = emptyFolder();
  const env = { PARTNERS_DIR: join(folder, 'partners'), DATA_DIR: join(folder, 'data') };
  mkdirSync(env.PARTNERS_DIR);
  for (const [name, text] of Object.entries(files)) {
    const file = join(env.PARTNERS_DIR, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return env;
}

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

describe('partner check', () => {
  it('rejects with file:line:column of everything that is wrong, in manifests and examples', async () => {
    const env = withPartners({
      'other/manifest.yaml': manifest.replaceAll('shop', 'other').replace('conversionId', 'conversoinId'),
      'shop/manifest.yaml': manifest,
      'shop/examples/200-sale.yaml': example.replace('outcome', 'outcom'),
    });
    const failed = run(env, 'partner', 'check');
    await expect(failed).rejects.toThrow(
      /other\/manifest\.yaml:6:3 .*"conversoinId", did you mean "conversionId"/,
    );
    await expect(failed).rejects.toThrow(
      /shop\/examples\/200-sale\.yaml:2:24 .*"outcom", did you mean "outcome"/,
    );
  });

  it.each(['shpo', '../shop', '..', ''])(
    'rejects the unknown id %j, and names those there are',
    async (id) => {
      const failed = run(withPartners(), 'partner', 'check', id);
      await expect(failed).rejects.toThrow(
        new RegExp(`^there is no partner "${id}" in .*; there are: shop$`),
      );
    },
  );

  it('rejects a folder that is not there, or that holds no partner', async () => {
    await expect(run({ PARTNERS_DIR: '/nowhere' }, 'partner', 'check')).rejects.toThrow(
      '/nowhere: there is no such folder',
    );
    await expect(run(withPartners({}), 'partner', 'check')).rejects.toThrow(
      'no folder in it holds a manifest.yaml',
    );
    await expect(run(withPartners({}), 'partner', 'url', 'shop')).rejects.toThrow('there are: none');
  });

  it('says of each that it is fine, or of the one that was named', async () => {
    const env = withPartners({
      'shop/manifest.yaml': manifest,
      'shop/examples/200-sale.yaml': example,
      'other/manifest.yaml': manifest.replaceAll('shop', 'other'),
    });
    expect((await run(env, 'partner', 'check')).out.sort()).toEqual(['other: fine, 0 examples', 'shop: fine, 1 examples']); // prettier-ignore
    expect((await run(env, 'partner', 'check', 'shop')).out).toEqual(['shop: fine, 1 examples']);
    expect(existsSync(env.DATA_DIR)).toBe(false);
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

  it('prints a header where the secret goes in one', async () => {
    const env = withPartners({ 'shop/manifest.yaml': manifest.replace('at: token', 'at: header.x-token') });
    const { out } = await run(env, 'partner', 'url', 'shop');
    const secret = readFileSync(join(env.DATA_DIR, 'secrets/shop/postback-token'), 'utf8');
    expect(out).toEqual(['http://127.0.0.1:8080/shop/event?id={id}&status={status}', `x-token: ${secret}`]);
  });
});

describe('the process', () => {
  const linkshare = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    spawnSync(process.execPath, ['services/main.ts', 'cli', ...args], {
      env: { PATH: '', ...env },
      encoding: 'utf8',
    });

  it('ends with 1 and only the sentence where something is wrong', () => {
    const env = withPartners({ 'shop/manifest.yaml': manifest.replace('name: Shop', 'nmae: Shop') });
    const { status, stdout, stderr } = linkshare(env, 'partner', 'check', 'shop');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(
      `${env.PARTNERS_DIR}/shop/manifest.yaml:2:1 unknown key "nmae", did you mean "name"?`,
    );
    expect(stderr).not.toContain('    at ');
  });

  it('ends with 0 after help', () => {
    expect(linkshare({}, '--help')).toMatchObject({ status: 0, stderr: '' });
  });
});
