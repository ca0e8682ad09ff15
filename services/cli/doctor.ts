import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { namesDatabase } from '../ledger/database.ts';
import type { Finding } from '../ledger/doctor.ts';
import { secretsOf, type Partner } from '../manifest/compile.ts';
import { loadPartners } from '../manifest/load/load.ts';
import { readConfig } from '../runtime/config.ts';
import { askServer } from '../runtime/embedded/lock.ts';
import { secretFile } from '../runtime/embedded/secrets.ts';
import { Failure } from './failure.ts';
import { askLedger } from './ledger/ask.ts';
import { columns } from './ledger/table.ts';

/** `doctor`: one line for each thing that must be well, and what to do where it is not. */
export function addDoctor(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('doctor')
    .description('Find out what is wrong')
    // Else this command would take the options of those below it.
    .enablePositionalOptions()
    .option('--deep', 'fold every conversion again', false)
    .option('--json', 'for scripts', false)
    .action(async ({ deep, json }: { deep: boolean; json: boolean }) => {
      const findings = [...(await aroundLedger(env, new Date())), ...(await inLedger(env, deep))];
      const problems = findings.filter(({ todo }) => todo !== undefined).length;
      console.log(json ? JSON.stringify({ findings, problems }, null, 2) : columns(findings.map(toLine)));
      if (problems > 0) throw new Failure(json ? '' : `${problems} problems were found`);
    });
}

const toLine = ({ check, says, todo }: Finding) => ({ '': todo === undefined ? 'ok' : '!!', check, says, 'what to do': todo }); // prettier-ignore

async function aroundLedger(env: NodeJS.ProcessEnv, now: Date): Promise<Finding[]> {
  const { partnersDir, dataDir } = readConfig(env);
  const [loading, partners] = loaded(partnersDir);
  const inFolder = namesDatabase(env) ? [] : [await folder(dataDir), secrets(partners, dataDir)];
  return [node(), loading, ...endings(partners, now), ...inFolder];
}

function node(): Finding {
  const says = `Node ${process.versions.node}`;
  return { check: 'node', says, todo: Number(process.versions.node.split('.')[0]) >= 24 ? undefined : 'LinkShare runs on Node 24: npm ci brings it' }; // prettier-ignore
}

function loaded(directory: string): [Finding, Partner[]] {
  try {
    const partners = loadPartners(directory);
    return [{ check: 'partners', says: `${partners.length} manifests load` }, partners];
  } catch (error) {
    return [{ check: 'partners', says: (error as Error).message, todo: 'linkshare partner check' }, []];
  }
}

/** Days before the last on which people are told. */
const notice = 14 * 86_400_000;

function endings(partners: readonly Partner[], now: Date): Finding[] {
  const soon = new Date(now.getTime() + notice).toISOString().slice(0, 10);
  const all = partners.flatMap(({ id, manifest }) =>
    [manifest.verify].flat().flatMap((way) => (way?.until !== undefined ? [{ id, until: way.until }] : [])),
  );
  const ending = all.filter(({ until }) => until <= soon);
  if (ending.length === 0)
    return [{ check: 'verification', says: `no way of verifying ends within 14 days` }];
  return ending.map(({ id, until }) => ({ check: 'verification', says: `a way of ${id} counts until ${until} only`, todo: 'move the partner to the new way, or set another until in its manifest' })); // prettier-ignore
}

async function folder(dataDir: string): Promise<Finding> {
  const check = 'data folder';
  if (!existsSync(join(dataDir, 'database'))) return { check, says: `${dataDir} has no database yet`, todo: 'npm start, or set DATA_DIR' }; // prettier-ignore
  const running = await askServer(dataDir, '/events?limit=1').then((answer) => answer !== undefined, () => true); // prettier-ignore
  return { check, says: `${dataDir}${running ? '' : ', and nothing runs on it'}` };
}

function secrets(partners: readonly Partner[], dataDir: string): Finding {
  const wanted = secretsOf(partners).map(({ partner, name }) => secretFile(dataDir, partner, name));
  const missing = wanted.filter((file) => !existsSync(file));
  const empty = wanted.filter((file) => existsSync(file) && readFileSync(file, 'utf8').trim() === '');
  const says = `${wanted.length - missing.length - empty.length} of ${wanted.length} secrets are there`;
  const todo = empty.length > 0 ? `put the secret into ${empty.join(', ')}` : missing.length > 0 ? 'npm start makes those that are missing' : undefined; // prettier-ignore
  return { check: 'secrets', says, todo };
}

/** Where nothing was received yet there is no ledger to look at, and looking would make one. */
async function inLedger(env: NodeJS.ProcessEnv, deep: boolean): Promise<Finding[]> {
  if (!namesDatabase(env) && !existsSync(join(readConfig(env).dataDir, 'database'))) return [];
  try {
    return await askLedger<Finding[]>(env, 'doctor', { deep });
  } catch (error) {
    return [{ check: 'database', says: (error as Error).message, todo: 'mend what it says; nothing else could be looked at' }]; // prettier-ignore
  }
}
