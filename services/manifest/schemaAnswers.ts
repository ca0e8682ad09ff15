import { z } from 'zod';

/** A code of those that fit, a content type where it cannot be recognised, a text of printable signs. */
const answer = (codes: string, hint: string) =>
  z
    .string()
    .regex(new RegExp(`^(${codes})( [^\\p{C}\\p{Zl}\\p{Zp}]{1,500})?$`, 'u'), hint)
    .refine((text) => !text.startsWith('204 '), '204 carries no text')
    .optional();

const good = answer('20[0-4]|20[6-9]|2[1-9]\\d', 'write a code and a text: 200 OK');

/**
 * What a partner is answered, by outcome. Within the design's limits: what is kept is a 2xx, what is refused a 4xx that does not ask for
 * another try (408, 425, 429), what is not kept does ask for one.
 */
export const answers = z.strictObject({
  kept: good.describe('What they hear when all of it is kept'),
  repeat: good.describe('When all of it was kept before'),
  probe: good.describe('When it brings no sale'),
  quarantined: good.describe('When it is theirs and cannot be read'),
  refused: answer(
    '4(?!08|25|29)\\d\\d',
    'write a code that is final (401, 403 ..) and a text: 401 invalid signature',
  ).describe('When it does not prove that it is theirs'),
  'not kept': answer(
    '429|5\\d\\d',
    'write a code that means "try again" (503, 429 ..) and a text: 503 later',
  ).describe('When it could not be kept and has to come again'),
});
