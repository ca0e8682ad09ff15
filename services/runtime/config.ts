import { z } from 'zod';

/** A whole number in a range, as text in the environment. */
export const number = (least: number, most: number, what: string) =>
  z
    .string()
    .refine(
      (text) => /^\d+$/.test(text) && +text >= least && +text <= most,
      `is not ${what} (${least} to ${most})`,
    )
    .transform(Number);

/** Any text that is not empty. */
export const text = z.string().min(1, 'is empty: leave it out, or give it a value');

const schema = z.object({
  PORT: number(0, 65_535, 'a port').default(8080),
  HOST: text.default('127.0.0.1'),
  PARTNERS_DIR: text.default('partners'),
  DATA_DIR: text.default('.linkshare'),
  TRUSTED_HOPS: number(0, 10, 'a number of proxies').default(0),
});

export interface Config {
  /** 0 takes any free one. */
  port: number;
  host: string;
  partnersDir: string;
  dataDir: string;
  /** How many proxies in front of us add to X-Forwarded-For. */
  trustedHops: number;
}

/** Reads the settings of a local run from the environment. Throws one Error that names every wrong variable. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const { PORT, HOST, PARTNERS_DIR, DATA_DIR, TRUSTED_HOPS } = readEnvironment(schema, env);
  return { port: PORT, host: HOST, partnersDir: PARTNERS_DIR, dataDir: DATA_DIR, trustedHops: TRUSTED_HOPS };
}

/** Reads environment variables. Throws one Error that names every wrong one; what it holds is shown, so no secret may be among them. */
export function readEnvironment<T extends z.ZodType>(settings: T, env: NodeJS.ProcessEnv): z.output<T> {
  const result = settings.safeParse(env);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => {
    const value = env[String(path[0])];
    return value === undefined
      ? `${String(path[0])} is not set`
      : `${String(path[0])}: "${value.slice(0, 200)}" ${message}`;
  });
  throw new Error(wrong.join('\n'));
}
