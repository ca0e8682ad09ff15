import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi';
import { Metric } from '@pulumi/gcp/logging/metric.js';
import { fieldKinds, fieldNames } from '../../services/manifest/fields.ts';
import { partnerServices } from '../names.ts';

/** The one line that a gateway writes for a postback; it names no URL. */
const postbackLine = `resource.type="cloud_run_revision" AND resource.labels.service_name=~"${partnerServices}" AND jsonPayload.outcome:*`;

/** What a quarantined request could not be read for. A reason in the log begins with the field that it is about. */
const fieldsOf = (kind: string) => fieldNames.filter((name) => fieldKinds[name].kind === kind);
const classes: Record<string, readonly string[]> = {
  expired: ['verify verification expired'],
  status: ['status '],
  time: fieldsOf('time').map((name) => `${name} `),
  money: fieldsOf('money').map((name) => `${name} `),
};
const beginsWith = (words: readonly string[]) => `jsonPayload.reasons=~"^(${words.join('|')})"`;

/** Filters by class of reason. `other` is what none of them is, so that nothing is quarantined without being counted. */
export const quarantineFilters: Record<string, string> = {
  ...Object.fromEntries(Object.entries(classes).map(([name, words]) => [name, beginsWith(words)])),
  other: `NOT ${beginsWith(Object.values(classes).flat())}`,
};

/** Of a counter: what Cloud Monitoring calls it. */
export const metricType = (name: string) => `logging.googleapis.com/user/linkshare/${name}`;

/** Counters made of the gateways' log. They count what comes, whether or not a sink keeps it. */
export class Metrics extends ComponentResource {
  readonly all: Metric[];

  constructor(name: string, options: ComponentResourceOptions) {
    super('linkshare:infra:Metrics', name, {}, options);
    const outcome = { key: 'outcome', extract: 'jsonPayload.outcome' };
    const postbacks = this.#counter('postbacks', 'Postbacks by what became of them', postbackLine, [outcome]);
    const quarantined = Object.entries(quarantineFilters).map(([reason, filter]) =>
      this.#counter(
        `quarantined-${reason}`,
        `Quarantined postbacks: ${reason}`,
        `${postbackLine} AND jsonPayload.outcome="quarantined" AND ${filter}`,
      ),
    );
    this.all = [postbacks, ...quarantined];
    this.registerOutputs();
  }

  #counter(
    name: string,
    description: string,
    filter: string,
    more: { key: string; extract: string }[] = [],
  ): Metric {
    const labels = [{ key: 'partner', extract: 'jsonPayload.partner' }, ...more];
    return new Metric(
      name,
      {
        name: `linkshare/${name}`,
        description,
        filter,
        metricDescriptor: {
          metricKind: 'DELTA',
          valueType: 'INT64',
          unit: '1',
          labels: labels.map(({ key }) => ({ key, valueType: 'STRING' })),
        },
        labelExtractors: Object.fromEntries(labels.map(({ key, extract }) => [key, `EXTRACT(${extract})`])),
      },
      { parent: this },
    );
  }
}
