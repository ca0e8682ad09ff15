import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that start many processes, or wait for what was broken to be well again: a minute each. */
const long = ['/faults/', '/built.test.ts', '/cli/ledger/dump.test.ts'];

/** The long ones first: what begins last is waited for alone. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => long.some((part) => moduleId.includes(part));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    root: process.cwd(),
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two processes that compete for two cores are slower than one after the other, and their times mean nothing.
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    setupFiles: process.env.CI ? ['.config/fixed-seed.ts'] : [],
  },
});
