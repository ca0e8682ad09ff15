import { reasonNames, reasons } from './reasons.ts';

const begin = '<!-- reasons: npm run generate -->';
const end = '<!-- /reasons -->';

/** The table of reasons for people, from the one that explains. */
function reasonsTable(): string {
  const rows = reasonNames.map((id) => {
    const { name, when, mends, heals, weight } = reasons[id];
    return `| ${[name, `\`${id}\``, when, mends, heals ? 'yes' : 'no', weight].join(' | ')} |`;
  });
  const heading = '| reason | in JSON | when | what mends it | `--heal` | weight |';
  return [heading, '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** A text with the table between its marks renewed. */
export function withReasons(readme: string): string {
  const [before = '', rest = ''] = readme.split(begin);
  return `${before}${begin}\n\n${reasonsTable()}\n\n${end}${rest.split(end)[1] ?? ''}`;
}
