import type { Command } from 'commander';

/** Adds the options that every command which calls TikTok has. */
export const common = (command: Command): Command =>
  command
    .option('--auth-code <code>', 'exchange this authorisation code first')
    .option('--account <name>', 'whose tokens: one name for each creator', 'default')
    .option('--verbose', 'show each request, secrets masked');

/** Adds the options of commands that print a list. */
export const printed = (command: Command): Command =>
  command.option('--json', 'print JSON').option('--csv', 'print CSV');

/** For an option that may be given several times, and with commas. */
export const collect = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  ...text.split(',').map((each) => each.trim()),
];

/** For an option that may be given several times, whatever is in it. */
export const collectWhole = (text: string, before: readonly string[] = []): string[] => [...before, text];
