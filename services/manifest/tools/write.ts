import { Document, isScalar, Scalar, visit } from 'yaml';
import { fieldNames } from '../fields.ts';
import type { Manifest } from '../schema.ts';
import type { DraftExample } from './draftExamples.ts';

const order = ['id', 'name', 'docs', 'stage', 'assumed', 'path', 'verify', 'open', 'each', 'fields', 'variants', 'identity', 'repeat', 'answers', 'setup', 'deploy'] as const satisfies (keyof Manifest)[]; // prettier-ignore

/** A manifest as a person would write it: in the order in which they think of it, a paragraph for each part. */
export function manifestText(manifest: Manifest, says: string): string {
  const parts: Partial<Manifest> = {
    ...manifest,
    ...(manifest.fields && { fields: inOrder(manifest.fields) }),
  };
  const paragraphs = order.flatMap((key) => (parts[key] === undefined ? [] : [[key, yamlOf({ [key]: parts[key] })] as const])); // prettier-ignore
  const apart = new Set(['path', 'each', 'fields', 'variants', 'setup']);
  const body = paragraphs.map(([key, text]) => (apart.has(key) ? `\n${text}` : text)).join('');
  return `# yaml-language-server: $schema=../manifest.schema.json\n${comment(says)}${body}`;
}

export const exampleText = ({ says, example: { after, now, request, expect } }: DraftExample): string =>
  `# yaml-language-server: $schema=../../example.schema.json\n${comment(says)}${yamlOf({ ...(after && { after }), ...(now && { now }), request, expect })}`;

const comment = (text: string) => text.split('\n').map((line) => `# ${line}\n`).join(''); // prettier-ignore

/** Fields as the contract lists them, their status last. */
function inOrder(fields: NonNullable<Manifest['fields']>): NonNullable<Manifest['fields']> {
  const names = [...fieldNames, 'subIds', 'status', 'test', 'extra'] as const;
  return Object.fromEntries(
    names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])),
  );
}

/** A text that would not fit a line stands below its key, as it is. Short lists and maps stand in one line. */
function yamlOf(value: object): string {
  const document = new Document(value);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && node.value.length > 90 && !/\n|^\s|\s$/.test(node.value)) node.type = Scalar.BLOCK_FOLDED;
      // Some readers of YAML make a date of it.
      else if (/^\d{4}-\d\d-\d\d/.test(String(node.value))) node.type = Scalar.QUOTE_SINGLE; // prettier-ignore
    },
    Seq(_, node) {
      const texts = node.items.map((item) => (isScalar(item) ? String(item.value) : undefined));
      node.flow = texts.every((text) => text !== undefined && /^[\w.-]+$/.test(text)) && texts.join(', ').length < 90; // prettier-ignore
    },
  });
  return document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: false });
}
