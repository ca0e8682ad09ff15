import { z } from 'zod';

/** A request as it came, so that it can be read again by a mended manifest. Secrets are masked before it is made. */
export const rawRequest = z.strictObject({
  method: z.string(),
  path: z.string(),
  query: z.string().describe('As sent, without the question mark'),
  headers: z.record(z.string(), z.string()).describe('Headers of note, names in lower case'),
  address: z.string().optional().describe('The sender, counted from the right of X-Forwarded-For'),
  body: z.string().optional().describe('As sent; in base64 if it is not UTF-8'),
  bodyIn: z.literal('base64').optional(),
});
export type RawRequest = z.infer<typeof rawRequest>;
