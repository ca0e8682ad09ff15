/** Parameters as one text (`a=1&b=2`), or as a list that people can read, one parameter in each item. */
export const joinParameters = (parameters: string | string[]): string => [parameters].flat().join('&');

/** `changes` take the place of the parameters that have their names. */
export function changeParameters(parameters: string | string[], changes: string[]): string[] {
  const nameOf = (pair: string) => pair.split('=', 1)[0]!;
  const changed = new Set(changes.map(nameOf));
  const pairs = joinParameters(parameters).split('&');
  return [...pairs.filter((pair) => pair !== '' && !changed.has(nameOf(pair))), ...changes];
}
