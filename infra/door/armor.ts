import type { CustomResourceOptions } from '@pulumi/pulumi';
import { SecurityPolicy } from '@pulumi/gcp/compute/securityPolicy.js';
import type { compute } from '@pulumi/gcp/types/input.js';
import type { Partner } from '../../services/manifest/compile.ts';
import type { StackConfig } from '../config.ts';
import { serviceName } from '../names.ts';
import { addressesOf } from '../partners.ts';

/** What a basic rule takes: https://cloud.google.com/armor/quotas */
const rangesPerRule = 10;

/** The rule that every policy ends with. */
const lastPriority = 2_147_483_647;

/**
 * Whoever is not listed may send as much as the stack's configuration says. Nobody is turned away for where they come from: a wrong
 * address is the gateway's to refuse, which keeps what may be a sale; the edge would keep nothing.
 */
const throttle = ({ edgeRequestsPerMinute }: StackConfig): compute.SecurityPolicyRule => ({
  action: 'throttle',
  priority: lastPriority,
  description: 'Everybody else: so much a minute and address',
  match: { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } },
  rateLimitOptions: {
    conformAction: 'allow',
    exceedAction: 'deny(429)',
    enforceOnKey: 'IP',
    rateLimitThreshold: { count: edgeRequestsPerMinute, intervalSec: 60 },
  },
});

/** For partners that name no addresses. One for all: a project may have few policies, and each has its price. */
export const sharedPolicy = (config: StackConfig, options: CustomResourceOptions) =>
  new SecurityPolicy(
    'postback',
    { name: 'postback', type: 'CLOUD_ARMOR', rules: [throttle(config)] },
    options,
  );

/** For a partner that names its addresses: from those as much as they like, since a month's validation comes in one night. */
export function partnerPolicy(
  partner: Partner,
  config: StackConfig,
  options: CustomResourceOptions,
): SecurityPolicy {
  const ranges = addressesOf(partner);
  const allows = Array.from({ length: Math.ceil(ranges.length / rangesPerRule) }, (_, i) => ({
    action: 'allow',
    priority: 1_000 + i,
    description: `What ${partner.id} says it sends from`,
    match: {
      versionedExpr: 'SRC_IPS_V1',
      config: { srcIpRanges: ranges.slice(i * rangesPerRule, (i + 1) * rangesPerRule) },
    },
  }));
  const name = serviceName(partner.id);
  return new SecurityPolicy(
    name,
    { name, type: 'CLOUD_ARMOR', rules: [...allows, throttle(config)] },
    options,
  );
}
