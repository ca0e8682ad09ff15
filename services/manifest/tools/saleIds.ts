import type { Partner } from '../compile.ts';
import { parseExpression, referencesOf } from '../expression.ts';
import { compileOpen } from '../open.ts';
import { compilePath } from '../path.ts';
import { compileVariant, expand, variantsOf } from '../read/reading.ts';
import type { Incoming } from '../read/request.ts';
import { Scope } from '../read/scope.ts';

/** The texts in a request that make the ids of its sales: of an id that is joined from several the first, which tells sales apart. */
export function saleIds({ manifest }: Partner, request: Incoming): string[] {
  const scope = new Scope(request, compilePath(manifest.path)(request.path));
  compileOpen(manifest)(scope);
  const variant = variantsOf(manifest).find((each) => compileVariant(each, manifest.repeat).applies(scope));
  const value = variant?.fields.conversionId;
  if (variant === undefined || value === undefined) return [];
  const items = expand(Object.entries(variant.each ?? {}), scope);
  const from = typeof value === 'string' ? value : value.from;
  return 'reason' in items ? [] : [...new Set(items.flatMap((item) => firstText(item, from)))];
}

function firstText(scope: Scope, from: string): string[] {
  for (const { main } of parseExpression(from))
    for (const { name } of main.flatMap(referencesOf)) {
      const found = scope.find(name);
      const text = found.sent && 'values' in found ? found.values[0]! : '';
      if (text !== '') return [text];
    }
  return [];
}
