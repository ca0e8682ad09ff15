/** The lines of a text that comes in pieces, without their ends; what follows the last end is a line too. Only \n ends one: others may stand in a value. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = piece.split('\n');
    lines[0] = rest + lines[0]!;
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}
