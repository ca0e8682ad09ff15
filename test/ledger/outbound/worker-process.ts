import { openPostgres } from '../../../services/ledger/database.ts';
import { startOutbound } from '../../../services/ledger/outbound/worker.ts';
import { createLog } from '../../../services/runtime/log.ts';

/** A worker as a process of its own, to be killed: `worker-process.ts <database>`. Its clock is the machine's. */
const { db } = openPostgres({ connectionString: process.argv[2]! });
const settings = { http: true, addresses: ['127.0.0.1/32'], every: 50 };
startOutbound({ db, log: createLog({ pretty: false }), settings });
