/** What ends a command, with the exit code that scripts see. Its message is for the user; empty where all is said already. */
export class Failure extends Error {
  readonly exitCode: number;
  constructor(
    message: string,
    { exitCode = exitCodes.problems, cause }: { exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}

export const exitCodes: Record<'fine' | 'problems' | 'wrongUse', number> = {
  fine: 0,
  problems: 1,
  wrongUse: 2,
};

/** For the end of a help text. */
export const exitCodesHelp = '\nExit codes: 0 fine, 1 problems were found, 2 wrong use.';

/** The command was called in a way that makes no sense: nothing was looked at. */
export const wrongUse = (message: string, cause?: unknown) =>
  new Failure(message, { exitCode: exitCodes.wrongUse, cause });
