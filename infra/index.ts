/** The Pulumi program: `npm run -s infra -- preview --stack <stack>`. It declares; what it declares is in stack.ts. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { getStack, log, RunError, runtime } from '@pulumi/pulumi';
import { checkStack } from './check.ts';
import { ConfigError } from './config-error.ts';
import { readStackConfig } from './config.ts';
import { loadListed } from './partners.ts';
import { deploy, type Outputs } from './stack.ts';

/** Pulumi runs a default export that is a function, and keeps what it resolves with as the stack's outputs. */
export default async function program(): Promise<Outputs> {
  try {
    const config = readStackConfig(runtime.allConfig(), getStack());
    const partners = loadListed(repository(import.meta.dirname), config.partners);
    checkStack(config, partners, (text) => void log.warn(text));
    return deploy(config, partners);
  } catch (error) {
    // A RunError is shown without a stack: its text is for the operator.
    if (error instanceof ConfigError) throw new RunError(error.message);
    throw error;
  }
}

/** The folder above this file, compiled or not, that holds partners/. */
function repository(folder: string): string {
  if (existsSync(join(folder, 'partners'))) return folder;
  if (dirname(folder) === folder) throw new ConfigError('there is no folder partners/ above infra/');
  return repository(dirname(folder));
}
