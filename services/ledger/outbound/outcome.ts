import type { PostbackSettings } from './settings.ts';
import type { Answer } from './send.ts';

/** What an answer means: delivered, to be tried again, or never to be delivered. */
export interface Outcome {
  is: 'delivered' | 'again' | 'never';
  /** Whether somebody is there: an answer that refuses one delivery says nothing of the next. */
  present: boolean;
  why: string | null;
}

/** 4xx that speak of the moment and not of the request. */
const passing = [408, 425, 429];

/** Judges an answer. A redirect is not followed: it could lead anywhere. */
export function judge({ status, text, error }: Answer, { match }: Pick<PostbackSettings, 'match'>): Outcome {
  if (status === null) return { is: 'again', present: false, why: error };
  const why = `answered ${status}`;
  if (status >= 200 && status < 300) {
    if (match === null || text.includes(match)) return { is: 'delivered', present: true, why: null };
    return {
      is: 'again',
      present: true,
      why: `${why}, without "${match}"${error === null ? '' : `: ${error}`}`,
    };
  }
  if (status >= 300 && status < 400)
    return { is: 'again', present: true, why: `${why}: redirects are not followed` };
  if (status >= 400 && status < 500 && !passing.includes(status)) return { is: 'never', present: true, why };
  return { is: 'again', present: false, why };
}
