import { compile, type Partner } from '../compile.ts';
import { validate } from './load.ts';

/**
 * Compiles a manifest that comes as JSON, as a service is given it. It was checked when it was deployed; it is checked again, since the
 * service is lost without it. Throws an Error that names `where` it came from.
 */
export function compileJson(json: string, where: string): Partner {
  const result = validate(parse(json, where));
  if ('manifest' in result) return compile(result.manifest);
  throw new Error(result.problems.map(({ path, message }) => `${where} ${path.join('.')}: ${message}`).join('\n')); // prettier-ignore
}

function parse(json: string, where: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Error(`${where} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
