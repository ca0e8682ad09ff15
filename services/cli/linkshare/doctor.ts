import type { Command } from 'commander';
import { createHttp } from '../../linkshare/http.ts';
import { apiHost, type Client } from '../../linkshare/client.ts';
import { TikTokError } from '../../linkshare/errors.ts';
import { apis, type Api } from '../../linkshare/scopes.ts';
import type { Tokens } from '../../linkshare/tokens.ts';
import { common } from './options.ts';
import type { Here } from './screen.ts';
import { firstLine, timeOf, withSession, type CommonOptions, type Session } from './session.ts';
import { table } from './table.ts';

/** `linkshare doctor tiktok`: what works, what does not, and what that breaks. */
export function addDoctor(program: Command, here: Here): void {
  const known = program.commands.find((each) => each.name() === 'doctor');
  const doctor = known ?? program.command('doctor').description('Find out what is wrong');
  common(doctor.command('tiktok'))
    .description('Check clock, token, scopes and each API of TikTok that is needed')
    .option('--json', 'print JSON')
    .action((options: CommonOptions & { json?: boolean }) =>
      withSession(here, options, (session) => examine(session, options.json ?? false)),
    );
}

interface Finding extends Api {
  granted: 'yes' | 'no' | 'not told';
  /** What came of calling it: `works`, `not called` where that would make something, or why not. */
  tried: string;
}

async function examine(session: Session, json: boolean): Promise<void> {
  const { screen, store, settings } = session;
  const clock = await clockOf(settings.apiHost ?? apiHost);
  const tokens = await store.read();
  if (!tokens) throw new TikTokError('no creator has authorised this app yet', { trouble: 'token' });
  const findings: Finding[] = [];
  for (const api of apis) {
    findings.push({ ...api, granted: grantedOf(api, tokens), tried: await attempt(session.client, api) });
    screen.progress(findings.length, apis.length, 'APIs');
  }
  const problems = problemsOf(findings, tokens, clock.problem);
  if (json)
    screen.print(
      JSON.stringify({ clock: clock.said, userType: tokens.userType, apis: findings, problems }, null, 2),
    );
  else print(session, findings, tokens, clock.said, problems);
  if (problems.length > 0) throw new Error(`${problems.length} problems were found`);
}

function print(
  { screen }: Session,
  findings: Finding[],
  tokens: Tokens,
  clock: string,
  problems: string[],
): void {
  screen.print(`clock   ${clock}`);
  screen.print(`token   of ${tokens.name ?? tokens.openId}, good until ${timeOf(tokens.accessExpires)}`);
  screen.print(
    `\n${table(
      [
        { name: 'API' },
        { name: 'scope' },
        { name: 'granted' },
        { name: 'tried', most: 70 },
        { name: 'without it' },
      ],
      findings.map((each) => [each.name, each.scope, each.granted, each.tried, each.breaks]),
    )}`,
  );
  screen.print(
    problems.length === 0
      ? '\nEverything needed is there.'
      : `\n${problems.map((each) => `- ${each}`).join('\n')}`,
  );
}

const grantedOf = ({ scope }: Api, { scopes }: Tokens) =>
  scopes.length === 0 ? 'not told' : scopes.includes(scope) ? 'yes' : 'no';

function problemsOf(findings: Finding[], { userType }: Tokens, clock: string | undefined): string[] {
  const missing = new Set(findings.filter(({ granted }) => granted === 'no').map(({ scope }) => scope));
  const broken = (scope: string) =>
    [...new Set(findings.filter((each) => each.scope === scope).map(({ breaks }) => breaks))].join('; ');
  const failed = findings.filter(
    ({ granted, tried }) => granted !== 'no' && tried !== 'works' && tried !== 'not called',
  );
  return [
    ...(clock ? [clock] : []),
    ...(userType === 0 ? ['A seller has authorised: these tools need a creator. linkshare auth login'] : []),
    ...[...missing].map(
      (scope) =>
        `The scope ${scope} is not granted. It breaks: ${broken(scope)}. Give it to the app in Partner Center, then: linkshare auth login`,
    ),
    ...failed.map(({ name, tried }) => `${name}: ${tried}`),
  ];
}

/** Calls what changes nothing. */
async function attempt(client: Client, { method, path }: Api): Promise<string> {
  if (path.includes('generate')) return 'not called';
  const search = method === 'POST' ? { query: { page_size: 1 }, body: {} } : {};
  try {
    await client.call({ method, path, ...search });
    return 'works';
  } catch (error) {
    if (!(error instanceof TikTokError)) throw error;
    return firstLine(error);
  }
}

/** TikTok takes a timestamp up to 30 seconds early and 5 minutes late. Its answers tell its own clock, whatever else they say. */
async function clockOf(host: string): Promise<{ said: string; problem?: string }> {
  const http = createHttp();
  try {
    const { ahead } = await http.send({ method: 'GET', url: new URL('/', host), deadline: 15_000 });
    if (ahead === undefined) return { said: 'TikTok did not tell its time' };
    const seconds = Math.round(ahead / 1000);
    const said =
      Math.abs(seconds) <= 5 ? 'right' : `${Math.abs(seconds)} seconds ${seconds > 0 ? 'ahead' : 'behind'}`;
    if (seconds <= 30 && seconds >= -300) return { said };
    return {
      said,
      problem: `This machine's clock is ${said}: every call will fail. Set it: timedatectl set-ntp true`,
    };
  } finally {
    await http.close();
  }
}
