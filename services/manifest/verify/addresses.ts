import ipaddr from 'ipaddr.js';

/** Compiles address ranges (`198.51.100.0/24`, `2001:db8::1`) into a matcher. Throws SyntaxError for what is no range. */
export function addressMatcher(
  ranges: readonly string[] | undefined,
): (address: string | undefined) => boolean {
  if (!ranges) return () => true;
  const parsed = ranges.map(parseRange);
  return (address) => {
    if (address === undefined || !ipaddr.isValid(address)) return false;
    const sender = ipaddr.process(address);
    return parsed.some(
      ([base, bits]) => base.kind() === sender.kind() && sender.match([base, bits] as never),
    );
  };
}

/** ipaddr.js reads `10` as 0.0.0.10, as old C libraries do; whoever writes that means something else. */
const isWhole = (address: string) => address.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(address);

function parseRange(range: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  try {
    if (!isWhole(range.split('/', 1)[0]!)) throw new Error('not four decimals');
    if (range.includes('/')) return ipaddr.parseCIDR(range);
    const address = ipaddr.parse(range);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    throw new SyntaxError(`"${range}" is not an address range such as 198.51.100.0/24`);
  }
}
