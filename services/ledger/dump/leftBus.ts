import { topics, type Topic } from '../../runtime/bus.ts';
import type { Trx } from '../audit.ts';
import type { Intake } from '../intake.ts';
import type { Table } from './catalog.ts';
import type { Head, Row } from './format.ts';

/**
 * The embedded bus of a dump, where there is none here: on a server Pub/Sub stands in its place. What its ledger had recorded is left out,
 * the rest is recorded now, so that no sale is left behind.
 */
export class LeftBus {
  private readonly isLeft: boolean;
  private readonly cursors = new Map<string, number>();
  private readonly messages: { topic: Topic; seq: number; data: string }[] = [];

  constructor(head: Head, here: readonly Table[]) {
    this.isLeft = head.tables.messages === undefined || !here.some(({ name }) => name === 'messages');
  }

  /** Whether rows of this table are left out. How far a bus was read says nothing of another. */
  takes(table: string): boolean {
    return this.isLeft && (table === 'messages' || table === 'cursors');
  }

  /** A dump has its cursors before its messages. */
  note(table: string, { topic = '', seq, data = '' }: Row): void {
    if (table === 'cursors') this.cursors.set(topic, Number(seq));
    else if (Number(seq) > (this.cursors.get(topic) ?? 0))
      this.messages.push({ topic: topic as Topic, seq: Number(seq), data });
  }

  /** Resolves to how many messages were not recorded before. */
  async record(trx: Trx, intake: Intake): Promise<number> {
    for (const topic of topics) {
      const data = this.messages.filter((message) => message.topic === topic).map(({ data }) => data);
      await intake.takeIn(trx, topic, data);
    }
    return this.messages.length;
  }
}
