import { isIP, type LookupFunction } from 'node:net';
import { Resolver } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { addressMatcher } from '../../manifest/verify/addresses.ts';

/** The addresses of a host, as name servers know them. */
export type Resolve = (host: string) => Promise<string[]>;

/** Public by their numbers, and yet a cloud's own: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16 */
const ofClouds = addressMatcher(['168.63.129.16/32']);
/** https://www.iana.org/assignments/ipv6-address-space: only this is given out to networks; `::127.0.0.1` for one is not. */
const globalIpv6 = addressMatcher(['2000::/3']);

/**
 * Why no connection may go to an address, or nothing: a URL is a stranger's text, and must not reach what only we can reach (loopback,
 * private networks, a cloud's metadata at 169.254.169.254). What carries an IPv4 address inside counts as that, or not at all.
 */
export function whyForbidden(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return 'is no address';
  const real = ipaddr.process(address);
  const range = real.range();
  if (range !== 'unicast') return `is ${range}`;
  if (real.kind() === 'ipv6' && !globalIpv6(address)) return 'is reserved';
  return ofClouds(address) ? "is a cloud's own" : undefined;
}

export interface Guard {
  /** Throws for a host that is written as an address where none may be called; a name is looked at when it is looked up. */
  checkHost(hostname: string): void;
  /** For the connection itself: what it gives is what is connected to, so no second answer of a name server can take its place. */
  lookup: LookupFunction;
}

/** `allowed`: ranges that may be called all the same, for a stand-in on this machine. */
export function createGuard({
  allowed,
  resolve = ask(),
}: {
  allowed: readonly string[];
  resolve?: Resolve | undefined;
}): Guard {
  const isAllowed = addressMatcher(allowed);
  function check(address: string, host: string): void {
    const why = isAllowed(address) ? undefined : whyForbidden(address);
    if (why !== undefined)
      throw new Error(`not sent: ${host === address ? host : `${host} (${address})`} ${why}`);
  }
  async function find(host: string): Promise<{ address: string; family: number }[]> {
    const addresses = await resolve(host);
    // One that is forbidden spoils all: whoever mixes them has something in mind.
    for (const address of addresses) check(address, host);
    return addresses.map((address) => ({ address, family: isIP(address) }));
  }
  return {
    checkHost(hostname) {
      const address = hostname.replace(/^\[(.*)\]$/, '$1');
      if (isIP(address)) check(address, address);
    },
    lookup(host, { all }, callback) {
      find(host).then(
        (found) => (all ? callback(null, found) : callback(null, found[0]!.address, found[0]!.family)),
        (error: Error) => callback(error, []),
      );
    },
  };
}

/**
 * Asks name servers itself: the system's own lookup has four threads for all, on which one publisher's dead name server would make
 * everybody wait. https://nodejs.org/docs/latest-v24.x/api/dns.html#implementation-considerations
 */
function ask(): Resolve {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  return async (host) => {
    const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    if (addresses.length === 0)
      throw new Error(`${host} has no address: ${(found as PromiseRejectedResult[])[0]!.reason}`);
    return addresses;
  };
}
