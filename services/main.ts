/** `main.ts ROLE`: the one file that touches the process: its arguments, environment, signals and exit. */
import type { Log } from './runtime/log.ts';

/** Each loads only what it runs: a gateway that starts for a waiting postback has no time for a database. */
const roles: Record<string, () => Promise<void>> = {
  gateway: runGateway,
  ledger: runLedger,
  local: runLocal,
  cli: async () => (await import('./cli/command.ts')).runCommand(process.argv.slice(3), process.env),
};

const [role = ''] = process.argv.slice(2);
const run = roles[role];
try {
  if (!run) throw new Error(`there is no role "${role}"; roles are ${Object.keys(roles).join(', ')}`);
  await run();
} catch (error) {
  console.error(error instanceof Error && !process.env.DEBUG ? error.message : error);
  process.exitCode = 1;
}

async function runGateway(): Promise<void> {
  const { startCloudGateway } = await import('./cloud.ts');
  const { url, log, stop } = await startCloudGateway(process.env);
  log.info('listening', { url });
  stopOnSignal(stop, log);
}

async function runLedger(): Promise<void> {
  const { startCloudLedger } = await import('./cloud-ledger.ts');
  const { url, log, stop } = await startCloudLedger(process.env);
  log.info('listening', { url });
  stopOnSignal(stop, log);
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
