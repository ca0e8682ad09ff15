import type { CustomResourceOptions } from '@pulumi/pulumi';
import { UptimeCheckConfig } from '@pulumi/gcp/monitoring/uptimeCheckConfig.js';
import type { StackConfig } from '../config.ts';
import { labelsOf, serviceName } from '../names.ts';
import { healthPath } from '../partners.ts';

/** Asks one partner's service for its health from three places in the world, every five minutes, by the way that postbacks come. */
export const uptimeCheck = (partner: string, config: StackConfig, options: CustomResourceOptions) =>
  new UptimeCheckConfig(
    serviceName(partner),
    {
      displayName: serviceName(partner),
      timeout: '10s',
      period: '300s',
      selectedRegions: ['ASIA_PACIFIC', 'EUROPE', 'USA_OREGON'],
      monitoredResource: { type: 'uptime_url', labels: { project_id: config.project, host: config.domain } },
      httpCheck: {
        path: healthPath(partner),
        port: 443,
        useSsl: true,
        validateSsl: true,
        requestMethod: 'GET',
      },
      // A service that lacks a secret answers 200 and says so: it takes postbacks, and keeps none.
      contentMatchers: [{ content: 'OK', matcher: 'CONTAINS_STRING' }],
      userLabels: labelsOf(config, { partner }),
    },
    options,
  );
