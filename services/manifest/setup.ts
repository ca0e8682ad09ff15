import type { Partner } from './compile.ts';
import { pathWithSecrets } from './example.ts';
import { secretPlaces } from './mask.ts';
import type { VerifyBlock } from './schema.ts';
import { proofsOf } from './verify/blocks.ts';
import { joinParameters } from './parameters.ts';

export { curlLine } from './curl.ts';

/** What to enter on the partner's side: the URL with its macros, and headers where the secret goes in one. Holds live secrets. */
export interface Setup {
  url: string;
  headers: Record<string, string>;
  where: string | undefined;
}

/** Makes the URL to paste from `setup`, the path and the secret. `origin` is ours: `https://go.example.com`. */
export function setupOf({ manifest }: Partner, origin: string, secretOf: (name: string) => string): Setup {
  const block = pastedSecret(manifest.verify);
  const fill = (text: string) =>
    text.replace(/\{secret\.([a-z0-9-]+)\}/g, (_, name: string) => encodeURIComponent(secretOf(name)));
  const [place = ''] = secretPlaces({ verify: block ?? [] });
  const secret = block?.secret === undefined ? '' : secretOf(block.secret);
  const parts = [secretParameter(place, secret), joinParameters(manifest.setup?.paste ?? '')];
  const query = joinParameters(parts.filter((part) => part !== ''));
  return {
    url: `${origin}${fill(pathWithSecrets(manifest))}${query && `?${query}`}`,
    headers: secret && place.startsWith('header.') ? secretHeader(place, secret) : {},
    where: manifest.setup?.where,
  };
}

function secretParameter(place: string, secret: string): string {
  if (place === '' || secret === '' || /^(header|path)\./.test(place)) return '';
  return `${place.replace(/^query\./, '')}=${encodeURIComponent(secret)}`;
}

/** The secret to be pasted, of the first way of verifying: that is the one a new template should use; later ones are older. */
function pastedSecret(verify: Partner['manifest']['verify']): VerifyBlock | undefined {
  const way = [verify].flat().find(({ none }) => none === undefined);
  return way && proofsOf(way).find(({ by }) => by === undefined);
}

function secretHeader(place: string, secret: string): Record<string, string> {
  const [, name = '', label] = place.split('.');
  if (label?.toLowerCase() === 'basic') return { [name]: `Basic ${Buffer.from(secret).toString('base64')}` };
  return { [name]: label ? `${label} ${secret}` : secret };
}
