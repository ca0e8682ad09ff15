/** `main.ts ROLE`: the one file that touches the process: its arguments, environment, signals and exit. */
import type { Log } from './runtime/log.ts';

/** Each loads only what it runs: a gateway that starts for a waiting postback has no time for a database. */
const roles: Record<string, () => Promise<void>> = {
  gateway: runGateway,
  ledger: runLedger,
  migrate: runMigrate,
  sync: runSyncJob,
  local: runLocal,
  cli: runCli,
};

const [role = ''] = process.argv.slice(2);
const run = roles[role];
try {
  if (!run) throw new Error(`there is no role "${role}"; roles are ${Object.keys(roles).join(', ')}`);
  await run();
} catch (error) {
  const shown = error instanceof Error && !process.env.DEBUG ? error.message : error;
  // A command may have said everything already, and knows which code tells it to scripts.
  if (shown !== '') console.error(shown);
  process.exitCode = Number((error as { exitCode?: number }).exitCode ?? 1);
}

async function runCli(): Promise<void> {
  const { runCommand } = await import('./cli/command.ts');
  const { openTerminal } = await import('./cli/terminal.ts');
  const terminal = openTerminal(process);
  // Whoever reads has seen enough (`| head`): what the command does is done to its end, and it ends as it would have.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  await runCommand(process.argv.slice(3), process.env, terminal).finally(terminal.close);
}

async function runGateway(): Promise<void> {
  await serve(async () => (await import('./cloud.ts')).startCloudGateway(process.env));
}

async function runLedger(): Promise<void> {
  await serve(async () => (await import('./cloud-ledger.ts')).startCloudLedger(process.env));
}

async function runMigrate(): Promise<void> {
  await (await import('./cloud-migrate.ts')).migrateCloud(process.env);
}

/** A job: it ends by itself, with 0 where the report was taken to its end. Told to stop, it lets go of what it holds. */
async function runSyncJob(): Promise<void> {
  const stopping = new AbortController();
  const stop = () => stopping.abort(new Error('told to stop'));
  process.once('SIGTERM', stop).once('SIGINT', stop);
  const { syncInCloud } = await import('./cloud-sync.ts');
  process.exitCode = (await syncInCloud(process.env, stopping.signal)) ? 0 : 1;
}

interface Service {
  url: string;
  log: Log;
  stop: () => Promise<void>;
}

/** A signal that comes while it starts ends it once it has started: as process 1 it would else not be heard at all. */
async function serve(start: () => Promise<Service>): Promise<void> {
  let early: NodeJS.Signals | undefined;
  const note = (signal: NodeJS.Signals) => void (early = signal);
  process.on('SIGTERM', note).on('SIGINT', note);
  const { url, log, stop } = await start();
  log.info('listening', { url });
  process.off('SIGTERM', note).off('SIGINT', note);
  stopOnSignal(stop, log);
  if (early) process.kill(process.pid, early);
}

async function runLocal(): Promise<void> {
  const { startLocal } = await import('./local.ts');
  const { createLog } = await import('./runtime/log.ts');
  const { readConfig } = await import('./runtime/config.ts');
  const log = createLog({ pretty: process.stdout.isTTY });
  const { url, menu, stop } = await startLocal(readConfig(process.env), log);
  process.stdout.write(`${menu}\n\nLinkShare listens on ${url} (open it in a browser to see what arrives)\n`);
  stopOnSignal(stop, log);
}

/** The first SIGTERM or SIGINT ends in order: what is in flight is kept and answered. A second one ends at once. */
function stopOnSignal(stop: () => Promise<void>, log: Log): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info('stopping', { signal });
    stop().then(
      () => log.close().then(() => process.exit(0)),
      (error: unknown) => {
        console.error('stopping failed', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}
