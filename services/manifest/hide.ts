export const mask = '***';

const nothing = (text: string) => text;

/** Made for each request from the same few secrets; making one takes longer than using it. */
const made = new Map<string, (text: string) => string>();

/** Replaces our secrets as plain text and as URLs, forms, JSON and Basic may write them. */
export function hider(secrets: readonly string[]): (text: string) => string {
  const key = secrets.join('\u0000');
  let hide = made.get(key);
  if (!hide) {
    if (made.size >= 100) made.clear();
    made.set(key, (hide = makeHider(secrets)));
  }
  return hide;
}

function makeHider(secrets: readonly string[]): (text: string) => string {
  const present = [...new Set(secrets)].filter((secret) => secret !== '');
  if (present.length === 0) return nothing;
  // Some consoles show a secret with a label before it, and people paste it without.
  const bare = present.map((secret) => secret.replace(/^whsec_(?=.)/, ''));
  const forms = [...new Set([...present, ...bare])].flatMap((secret) => [secret, Buffer.from(secret).toString('base64')]); // prettier-ignore
  // The longest first: of a secret that begins with another nothing may be left over.
  const longestFirst = forms.sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((form) => [...form].map(writings).join('')).join('|'), 'g');
  return (text) => text.replace(pattern, mask);
}

/** The ways in which a sign may be written: as itself, percent-encoded in any case, as JSON escapes it, as bytes shown in Latin-1. */
function writings(sign: string): string {
  const bytes = Buffer.from(sign);
  const percent = [...bytes].map((byte) => `%${anyCase(byte.toString(16).padStart(2, '0'))}`).join('');
  const units = Array.from({ length: sign.length }, (_, i) =>
    sign.charCodeAt(i).toString(16).padStart(4, '0'),
  );
  const unicode = units.map((unit) => `\\\\u${anyCase(unit)}`).join('');
  const literal = escape(sign);
  const all = [literal, percent, unicode, ...(sign === ' ' ? ['\\+'] : [])];
  if (/["\\/]/.test(sign)) all.push(`\\\\${literal}`);
  if (bytes.length > 1) all.push(escape(bytes.toString('latin1')));
  return `(?:${all.join('|')})`;
}

const anyCase = (hex: string) => hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
