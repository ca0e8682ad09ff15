import { interpolate, type Input } from '@pulumi/pulumi';
import { Provider } from '@pulumi/gcp/provider.js';
import type { Partner } from '../services/manifest/compile.ts';
import { Bus } from './bus.ts';
import type { StackConfig } from './config.ts';
import { FrontDoor } from './door/front-door.ts';
import { LedgerStack } from './ledger/ledger.ts';
import { Logs } from './logs.ts';
import { healthPath, isScheduled } from './partners.ts';
import { PartnerService } from './partner-service.ts';
import { Reports } from './reports/reports.ts';
import { Watch } from './watch/watch.ts';

/** What an operator needs to know of a stack. */
export interface Outputs {
  /** What to paste on each partner's side; `linkshare partner url <id> --origin ..` adds the secret and the macros. */
  urls: Record<string, string>;
  /** The commands that fill secrets, by secret. */
  fillSecrets: Record<string, string>;
  /** The records to make in the domain's DNS. */
  dns: Record<string, Input<string>>;
  image: string;
  canaryImage: string;
  /** Empty, where it is not deployed. */
  ledgerImage: string;
  canary: string;
  health: string;
}

/** Declares everything. */
export function deploy(config: StackConfig, partners: readonly Partner[]): Outputs {
  const { project, region } = config;
  const options = { provider: new Provider('google', { project, region }) };
  const logs = new Logs('logs', config, options);
  const bus = new Bus('bus', config, options);
  const after = [logs.sink];
  const protectedFor = ({ id }: Partner) => config.production && !config.retiring.includes(id);
  // A network that never calls us has a report alone: no service waits for it.
  const services = new Map(
    partners
      .filter(({ receives }) => receives)
      .map((partner) => {
        const own = { ...config, production: protectedFor(partner) };
        return [
          partner.id,
          { partner, service: new PartnerService({ partner, bus, after, config: own }, options) },
        ];
      }),
  );
  const door = new FrontDoor('door', { partners: services, config }, options);
  const ledger = config.ledger ? new LedgerStack('ledger', { partners, bus, config }, options) : undefined;
  const scheduled = partners.filter(isScheduled).map((partner) => ({ partner, production: protectedFor(partner) })); // prettier-ignore
  const reports = ledger && new Reports('reports', { partners: scheduled, bus, ledger, config }, options);
  new Watch('watch', { partners, bus, config }, options);
  return outputs(config, services, door, reports?.fill);
}

function outputs(
  config: StackConfig,
  services: ReadonlyMap<string, { partner: Partner; service: PartnerService }>,
  door: FrontDoor,
  fillReports: Record<string, string> = {},
): Outputs {
  const { domain, image, canary, canaryImage = image } = config;
  const each = [...services.values()];
  return {
    urls: Object.fromEntries(
      each.map(({ partner: { id, manifest } }) => [id, `https://${domain}${manifest.path}`]),
    ),
    fillSecrets: Object.assign({}, ...each.map(({ service }) => service.secrets.fill), fillReports) as Record<string, string>, // prettier-ignore
    dns: { host: interpolate`${domain} A ${door.address.address}`, certificate: door.certificate.record },
    ...{ image, canary, canaryImage, ledgerImage: config.ledger ? (config.ledgerImage ?? image) : '' },
    health: `https://${domain}${healthPath(canary)}`,
  };
}
