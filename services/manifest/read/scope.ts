import { asText, descend, fromParameters, isObject, nothing, placeOf, texts, type Found } from './found.ts';
import { pieces } from './pieces.ts';
import { readBody, readParameters, type Body, type Incoming, type Parameters } from './request.ts';

/**
 * Where a request's values are looked up. Parses lazily and once: verification may end the matter before anything is read.
 *
 * A bare name means the body's parameter if there is a body, else the query's. It never falls back from one to the other:
 * an unsigned value from the query would fill a gap in a signed body.
 */
export class Scope {
  readonly request: Incoming;
  private readonly pathParameters: Record<string, string>;
  /** Items of `each`, by the name of their level. */
  private readonly levels: Record<string, unknown>;
  private parsedBody: Body | undefined;
  private parsedQuery: Parameters | undefined;
  isOpen = false;
  /** The request as a whole, of which this may be an item. */
  readonly outermost: Scope;
  /** What may be told of a text that was sent: it may hold a secret. */
  hide: <T extends string | undefined>(text: T) => T = (text) => text;

  constructor(
    request: Incoming,
    pathParameters: Record<string, string> = {},
    levels: Record<string, unknown> = {},
    outermost?: Scope,
  ) {
    this.outermost = outermost ?? this;
    this.request = request;
    this.pathParameters = pathParameters;
    this.levels = levels;
  }

  get body(): Body {
    const type = this.request.headers['content-type'];
    return (this.parsedBody ??= readBody(this.request.body, String(type ?? '')));
  }

  /** From here on fields read this document: what came encrypted, or as JSON in one parameter. */
  open(body: Body): void {
    this.parsedBody = body;
    this.isOpen = true;
  }

  get query(): Parameters {
    return (this.parsedQuery ??= readParameters(this.request.query));
  }

  /** The same request, seen from inside one item. */
  inside(levels: Record<string, unknown>): Scope {
    const scope = new Scope(this.request, this.pathParameters, { ...this.levels, ...levels }, this.outermost); // prettier-ignore
    scope.hide = this.hide;
    scope.parsedBody = this.parsedBody;
    scope.parsedQuery = this.parsedQuery;
    return scope;
  }

  /**
   * Looks up a reference: a root, then a level of `each`, then an exact name, then a path. Roots are never looked for in the body:
   * what it says must not stand in for the header that a signature names, nor what is wrong with it hide that header.
   */
  find(name: string): Found {
    const { first, rest, behind, header } = placeOf(name);
    if (behind === undefined)
      return Object.hasOwn(this.levels, name) ? asText(this.levels[name]) : this.findExact(name);
    if (first === 'query') return fromParameters(this.query, behind);
    if (first === 'header') return this.findHeader(...header);
    if (first === 'path') return this.findInPath(behind);
    if (first === 'body') return this.findInBody(behind, rest);
    if (Object.hasOwn(this.levels, first)) return asText(this.item(name));
    const exact = this.findExact(name);
    return exact.sent ? exact : asText(this.item(name));
  }

  /** What stands at a path into JSON, of any type; undefined where there is nothing. */
  item(path: string): unknown {
    const { first, rest, steps } = placeOf(path);
    if (Object.hasOwn(this.levels, first)) return descend(this.levels[first], rest);
    return this.body.is === 'json' ? descend(this.body.json, first === 'body' ? rest : steps) : undefined;
  }

  private findExact(name: string): Found {
    if (this.body.is === 'empty') return fromParameters(this.query, name);
    if (this.body.is === 'form') return fromParameters(this.body.parameters, name);
    if (this.body.is === 'unreadable') return { sent: true, problem: this.body.why };
    return isObject(this.body.json) && Object.hasOwn(this.body.json, name)
      ? asText(this.body.json[name])
      : nothing;
  }

  /** `body.query.id`: what no root of ours may stand in for, whatever a key of theirs is called. */
  private findInBody(name: string, steps: string[]): Found {
    if (this.body.is === 'empty') return nothing;
    const exact = this.findExact(name);
    return exact.sent || this.body.is !== 'json' ? exact : asText(descend(this.body.json, steps));
  }

  private findInPath(hole: string): Found {
    return Object.hasOwn(this.pathParameters, hole) ? texts([this.pathParameters[hole]!]) : nothing;
  }

  private findHeader(name: string, label: string | undefined): Found {
    const { headers } = this.request;
    const header = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (header === undefined) return nothing;
    const text = Array.isArray(header) ? header.join(', ') : header;
    return texts(label === undefined ? [text] : pieces(text, label));
  }
}
