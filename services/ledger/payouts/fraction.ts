/** An exact number: `n` over `d`, which is above 0. Amounts are divided by exchange rates, and no decimal holds a third. */
export interface Fraction {
  n: bigint;
  d: bigint;
}

/** Reads a plain decimal such as `-2.975`. */
export function fraction(decimal: string): Fraction {
  const [whole = '0', digits = ''] = decimal.split('.');
  return { n: BigInt(whole + digits), d: 10n ** BigInt(digits.length) };
}

export const times = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });

/** Throws for a division by zero: whoever stores what is divided by keeps it above 0. */
export function over(a: Fraction, b: Fraction): Fraction {
  if (b.n === 0n) throw new RangeError('division by zero');
  const sign = b.n < 0n ? -1n : 1n;
  return { n: a.n * b.d * sign, d: a.d * b.n * sign };
}

export const isLess = (a: Fraction, b: Fraction): boolean => a.n * b.d < b.n * a.d;

/** The decimal of so many digits that is next toward zero (`down`) or away from it (`up`), in its shortest form. */
export function rounded({ n, d }: Fraction, digits: number, way: 'down' | 'up'): string {
  const scaled = n * 10n ** BigInt(digits);
  const cut = scaled / d;
  const isExact = cut * d === scaled;
  return toText(way === 'down' || isExact ? cut : cut + (n < 0n ? -1n : 1n), digits);
}

function toText(units: bigint, scale: number): string {
  const text = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const fraction = text.slice(text.length - scale).replace(/0+$/, '');
  const whole = text.slice(0, text.length - scale);
  return `${units < 0n ? '-' : ''}${whole}${scale > 0 && fraction ? `.${fraction}` : ''}`;
}
