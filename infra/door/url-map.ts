import type { CustomResourceOptions } from '@pulumi/pulumi';
import { BackendService } from '@pulumi/gcp/compute/backendService.js';
import { URLMap } from '@pulumi/gcp/compute/urlmap.js';
import type { compute } from '@pulumi/gcp/types/input.js';
import type { StackConfig } from '../config.ts';
import { healthPath } from '../partners.ts';
import type { PartnerBackend } from './partner-backend.ts';

interface Args {
  backends: ReadonlyMap<string, PartnerBackend>;
  config: StackConfig;
}

/**
 * Which partner a path belongs to: all that begins with its id, which the manifest's loader sees to. The only resource that more than
 * one partner stands in; in the order of their ids, so that a new one adds its rule and moves none.
 */
export function partnersMap({ backends, config }: Args, options: CustomResourceOptions): URLMap {
  const nowhere = new BackendService(
    'nowhere',
    {
      name: 'nowhere',
      loadBalancingScheme: 'EXTERNAL_MANAGED',
      protocol: 'HTTPS',
      logConfig: { enable: false },
    },
    options,
  );
  const ids = [...backends.keys()].toSorted();
  // What is nobody's is answered at the edge and wakes no service. The fault comes before the backend, which has nothing in it.
  // https://cloud.google.com/load-balancing/docs/https/setting-up-global-traffic-mgmt#configure_fault_injection
  const notFound = {
    defaultService: nowhere.id,
    defaultRouteAction: { faultInjectionPolicy: { abort: { httpStatus: 404, percentage: 100 } } },
  };
  return new URLMap(
    'partners',
    {
      name: 'linkshare',
      ...notFound,
      hostRules: [{ hosts: [config.domain], pathMatcher: 'partners' }],
      pathMatchers: [
        { name: 'partners', ...notFound, pathRules: ids.flatMap((id) => pathRules(backends.get(id)!)) },
      ],
    },
    options,
  );
}

function pathRules({ id, backend, watched }: PartnerBackend): compute.URLMapPathMatcherPathRule[] {
  const service = backend.id;
  const health = {
    paths: [healthPath(id)],
    service,
    routeAction: { urlRewrite: { pathPrefixRewrite: '/health/ready' } },
  };
  return [{ paths: [`/${id}`, `/${id}/*`], service }, ...(watched ? [health] : [])];
}
