import { z } from 'zod';

/** What a conversion's state can be, in our words. The order carries no meaning: any may follow any. A state is `adjusted` only while nothing else is known of the sale. */
export const status = z
  .enum(['pending', 'approved', 'rejected', 'reversed', 'paid', 'on_hold', 'adjusted'])
  .describe(
    'pending: not decided; approved: the partner owes us; rejected: it never will; reversed: approved once, taken back; paid: we have the money; on_hold: frozen by the partner; adjusted: its amounts are changed, by what the event says; else it stays as it was',
  );
export type Status = z.infer<typeof status>;
