import { z } from 'zod';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * A schema for editors, tried with yaml-language-server. It writes `name: ` for what has a type of its own, not for what is referred to;
 * so only the large parts, which have an id, stand in one place.
 */
export const editorSchema = (schema: z.ZodType): object =>
  z.toJSONSchema(schema, { io: 'input', override: ({ jsonSchema }) => adapt(jsonSchema) });

/**
 * Editors read YAML with types: to them `approved: 1` is a number and `yes: true` a truth. To us every scalar is the text that was
 * written, so where any text may stand, those may too.
 */
function adapt(schema: JsonSchema): void {
  if (Object.keys(schema).every((key) => key === 'markdownDescription')) schema.type = anything as never;
  if (schema.type === 'string' && !schema.enum && !schema.format) schema.type = scalar as never;
  // Words in backticks are shown as such.
  if (schema.description?.includes('`')) schema.markdownDescription = schema.description;
  // Of several forms an editor tells what is wrong with the first, and a typo stands in an object.
  schema.anyOf?.sort((a, b) => Number(isObject(b)) - Number(isObject(a)));
  // An editor would write it down.
  delete schema.default;
}

const scalar = ['string', 'number', 'boolean'];
const anything = [...scalar, 'object', 'array'];

const isObject = ({ type }: JsonSchema) => type === 'object';
