import { z } from 'zod';
import type { WritableSecret } from '../runtime/writableSecret.ts';
import type { Tokens, TokenStore } from './tokens.ts';

const seconds = z.number().int().positive();
const orNone = <T extends z.ZodType>(type: T) => type.optional().transform((value) => value);

const tokensSchema = z.object({
  accessToken: z.string().min(1),
  accessExpires: seconds,
  refreshToken: z.string(),
  refreshExpires: seconds,
  openId: z.string(),
  userType: orNone(z.number()),
  name: orNone(z.string()),
  region: orNone(z.string()),
  scopes: z.array(z.string()),
});

/** The tokens of one account in a secret: a file, or a cloud's. They are kept as JSON. */
export const tokensIn = (secret: Omit<WritableSecret, 'close'>): TokenStore => ({
  async read() {
    const text = await secret.read();
    return text === undefined ? undefined : readTokens(text, secret.where);
  },
  write: (tokens) => secret.write(JSON.stringify(tokens, null, 2)),
  alone: (work) => secret.alone(work),
});

/** Throws an Error that names the place and shows nothing of what is there: not as its cause either, which quotes the text. */
function readTokens(text: string, where: string): Tokens {
  try {
    const { userType, name, region, ...rest } = tokensSchema.parse(JSON.parse(text));
    return { ...rest, userType, name, region };
  } catch {
    throw new Error(`${where} holds no tokens: delete it and authorise again: linkshare auth login`);
  }
}
