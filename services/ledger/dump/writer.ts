import { sql } from 'kysely';
import type { Trx } from '../audit.ts';
import type { Row } from './format.ts';

/** Characters of rows that are written at once. */
const atOnce = 1_000_000;

/** Column to type, of each table. */
type Columns = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Writes rows of a dump, those of one table that follow each other together. */
export class Writer {
  private readonly trx: Trx;
  private readonly columns: Columns;
  private table = '';
  private rows: string[] = [];
  private size = 0;

  constructor(trx: Trx, columns: Columns) {
    this.trx = trx;
    this.columns = columns;
  }

  async add(table: string, row: Row): Promise<void> {
    if (this.table !== table || this.size > atOnce) await this.flush();
    this.table = table;
    const text = JSON.stringify(row);
    this.rows.push(text);
    this.size += text.length;
  }

  async flush(): Promise<void> {
    if (this.rows.length > 0) await this.insert(`[${this.rows.join(',')}]`);
    this.rows = [];
    this.size = 0;
  }

  /** Each value is what its type reads from its own text. */
  private async insert(json: string): Promise<void> {
    const columns = this.columns.get(this.table);
    if (!columns) throw new Error(`the dump has rows of ${this.table}, and its head says nothing of it`);
    const values = [...columns].map(([name, type]) => sql`(r ->> ${name}::text)::${sql.raw(type)}`);
    const names = sql.join([...columns.keys()].map((name) => sql.ref(name)));
    await sql`
      insert into ${sql.table(this.table)} (${names}) overriding system value
      select ${sql.join(values)} from json_array_elements(${json}::text::json) r`.execute(this.trx);
  }
}
