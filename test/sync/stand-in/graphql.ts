/** As much of GraphQL as one query with arguments has, read anew here: what checks must not be what made. */

export interface Selection {
  name: string;
  args: Record<string, unknown>;
  fields: Selection[];
}

/** Reads `{ a(b: 1, c: "x") { d e { f } } }`. Throws where it is none. */
export function readQuery(text: string): Selection[] {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|-?\d+|[{}():,]|\S/g) ?? [];
  let at = 0;
  const expect = (token: string) => {
    if (tokens[at++] !== token) throw new Error(`Syntax Error: expected ${token}, found ${tokens[at - 1]}`);
  };
  const name = () => {
    const token = tokens[at++] ?? '';
    if (!/^[A-Za-z_]/.test(token)) throw new Error(`Syntax Error: expected a name, found ${token}`);
    return token;
  };

  function args(): Record<string, unknown> {
    const given: Record<string, unknown> = {};
    if (tokens[at] !== '(') return given;
    at++;
    while (tokens[at] !== ')') {
      if (tokens[at] === ',') at++;
      const key = name();
      expect(':');
      const value = tokens[at++] ?? '';
      given[key] = /^["\d-]/.test(value) ? (JSON.parse(value) as unknown) : value;
    }
    at++;
    return given;
  }

  function selections(): Selection[] {
    expect('{');
    const found: Selection[] = [];
    while (tokens[at] !== '}') {
      const each = { name: name(), args: args() };
      found.push({ ...each, fields: tokens[at] === '{' ? selections() : [] });
    }
    at++;
    return found;
  }

  if (tokens[at] === 'query') at++;
  const read = selections();
  if (at < tokens.length) throw new Error(`Syntax Error: unexpected ${tokens[at]}`);
  return read;
}

/** A type of a schema: fields that are values, and fields of other types. */
export interface Type {
  values: string[];
  types: Record<string, Type>;
}

/** What a selection asks for that a type does not have, or asks for wrongly. */
export function unknownFields(fields: readonly Selection[], type: Type, at: string): string[] {
  return fields.flatMap(({ name, fields: inner }) => {
    const other = type.types[name];
    if (other)
      return inner.length > 0 ? unknownFields(inner, other, `${at}.${name}`) : [`${at}.${name} needs fields`];
    return type.values.includes(name) && inner.length === 0 ? [] : [`${at}.${name} is unknown`];
  });
}

/** What is asked for of a value, and nothing else. */
export function project(value: unknown, fields: readonly Selection[]): unknown {
  if (fields.length === 0 || value === null) return value ?? null;
  if (Array.isArray(value)) return value.map((each) => project(each, fields));
  const object = value as Record<string, unknown>;
  return Object.fromEntries(fields.map(({ name, fields: inner }) => [name, project(object[name], inner)]));
}
