/** `hold-lock.ts DATA_DIR`: takes the lock, says so, and holds it until it is told to end (or 30 s, whoever forgets it). */
import { takeLock } from '../../../services/runtime/embedded/lock.ts';

const [dataDir = ''] = process.argv.slice(2);
try {
  const lock = await takeLock(dataDir, (_request, response) =>
    response.writeHead(200).end(JSON.stringify({ pid: process.pid })),
  );
  console.log('taken');
  const end = () => void lock.release().then(() => process.exit(0));
  process.on('SIGTERM', end);
  setTimeout(end, 30_000);
} catch (error) {
  console.log(`refused: ${(error as Error).message}`);
}
