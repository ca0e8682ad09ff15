import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openSecrets, secretFile } from '../../../services/runtime/embedded/secrets.ts';

const root = mkdtempSync(join(tmpdir(), 'ls-secrets-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const wanted = [{ partner: 'acme', name: 'token' }];
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'data-'));
  openSecrets(folder, wanted);
  file = secretFile(folder, 'acme', 'token');
});

const live = () => openSecrets(folder, wanted).live('acme', 'token');

describe('openSecrets', () => {
  it.each(['', '\n', '\r\n'])('refuses a file that holds %j, by its name', (text) => {
    writeFileSync(file, text);
    expect(() => openSecrets(folder, wanted)).toThrow(`${file} is empty`);
  });

  it('refuses an empty previous secret too', () => {
    writeFileSync(`${file}.previous`, '');
    expect(() => openSecrets(folder, wanted)).toThrow(`${file}.previous is empty`);
  });

  it('refuses to tell a secret that was not asked for', () => {
    expect(() => openSecrets(folder, wanted).live('acme', 'other')).toThrow('other of acme');
    expect(() => openSecrets(folder, wanted).live('involve', 'token')).toThrow('token of involve');
  });

  it('makes 256 random bits that need no escaping in a URL, another for each', () => {
    const two = [...wanted, { partner: 'involve', name: 'token' }];
    const secrets = openSecrets(folder, two);
    const [a, b] = two.map(({ partner, name }) => secrets.live(partner, name)[0]);
    expect(a).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(a).not.toBe(b);
  });

  it('never overwrites one: the next start reads the same', () => {
    const before = readFileSync(file, 'utf8');
    expect(live()).toEqual([before]);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('takes what a person wrote into the file, without the newline of the editor', () => {
    writeFileSync(file, ' pasted = secret \n');
    expect(live()).toEqual([' pasted = secret ']);
    writeFileSync(file, 'windows\r\n');
    expect(live()).toEqual(['windows']);
  });

  it('has two live during a rotation, the newest first', () => {
    writeFileSync(`${file}.previous`, 'old\n');
    writeFileSync(file, 'new\n');
    expect(live()).toEqual(['new', 'old']);
  });

  it('lets only its user read them', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'secrets', 'acme')).mode & 0o777).toBe(0o700);
  });

  it('gives processes that start at the same moment the same secret, and leaves no drafts', async () => {
    const program = `
      import { openSecrets } from './services/runtime/embedded/secrets.ts';
      console.log(openSecrets(process.argv[1], [{ partner: 'new', name: 'key' }]).live('new', 'key')[0]);`;
    const args = ['--input-type=module', '--eval', program, folder];
    const runs = Array.from({ length: 6 }, () => promisify(execFile)(process.execPath, args));
    const secrets = (await Promise.all(runs)).map(({ stdout }) => stdout.trim());
    expect(new Set(secrets)).toEqual(new Set([readFileSync(secretFile(folder, 'new', 'key'), 'utf8')]));
    expect(readdirSync(join(folder, 'secrets', 'new'))).toEqual(['key']);
  });
});
