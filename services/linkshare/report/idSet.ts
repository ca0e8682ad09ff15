/**
 * A set of ids in about 16 bytes each, since a report may have a million orders: ids of up to 19 digits lie in a table of 64-bit numbers,
 * others, which TikTok does not use, in an ordinary set.
 */
export class IdSet {
  private readonly others = new Set<string>();
  private table = new BigUint64Array(1024);
  private count = 0;

  /** Whether it is new. */
  add(id: string): boolean {
    if (!/^[1-9]\d{0,18}$/.test(id)) return this.addOther(id);
    if ((this.count + 1) * 2 > this.table.length) this.grow();
    return this.put(BigInt(id));
  }

  get size(): number {
    return this.count + this.others.size;
  }

  private addOther(id: string): boolean {
    const before = this.others.size;
    return this.others.add(id).size > before;
  }

  private put(id: bigint): boolean {
    const mask = this.table.length - 1;
    // Multiplied so that ids that follow each other do not lie together. Empty is 0, which is no id.
    let at = Number(((id * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn) >> 32n) & mask;
    for (;;) {
      const there = this.table[at]!;
      if (there === id) return false;
      if (there === 0n) break;
      at = (at + 1) & mask;
    }
    this.table[at] = id;
    this.count++;
    return true;
  }

  private grow(): void {
    const before = this.table;
    this.table = new BigUint64Array(before.length * 2);
    this.count = 0;
    for (const id of before) if (id !== 0n) this.put(id);
  }
}
