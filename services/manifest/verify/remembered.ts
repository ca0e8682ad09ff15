/** A function that makes each thing once: a key takes longer to read than to use, and rarely changes. Keeps the last few. */
export function remembered<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (known.has(text)) return known.get(text)!;
    const made = make(text);
    if (known.size >= 10) known.clear();
    known.set(text, made);
    return made;
  };
}
