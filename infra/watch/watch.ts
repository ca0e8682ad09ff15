import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi';
import { Dashboard } from '@pulumi/gcp/monitoring/dashboard.js';
import type { Partner } from '../../services/manifest/compile.ts';
import type { Bus } from '../bus.ts';
import type { StackConfig } from '../config.ts';
import { isScheduled, isWatched } from '../partners.ts';
import { alert } from './alert.ts';
import { alerts, scheduleAlerts } from './alerts.ts';
import { dashboard } from './dashboard.ts';
import { lateAlert } from './late.ts';
import { ledgerAlerts } from './ledger-alerts.ts';
import { Metrics } from './metrics.ts';
import { Schedules } from './schedules.ts';
import { answersSlo, burnAlert } from './slo.ts';
import { uptimeCheck } from './uptime.ts';

interface Args {
  partners: readonly Partner[];
  bus: Bus;
  config: StackConfig;
}

/** What tells people: counters, a dashboard, alerts, queries over weeks, questions from outside. None of it names a partner but its own. */
export class Watch extends ComponentResource {
  constructor(name: string, { partners, bus, config }: Args, options: ComponentResourceOptions) {
    super('linkshare:infra:Watch', name, {}, options);
    const parent = { parent: this };
    const metrics = new Metrics('metrics', parent);
    const { silenceId } = new Schedules('schedules', { partners, bus, config }, parent);
    const burn = burnAlert(answersSlo(config, parent));
    const all = {
      ...alerts,
      ...scheduleAlerts(silenceId),
      burn,
      ...(config.ledger && ledgerAlerts(config)),
    };
    // An alert on a counter that is not there yet is refused.
    const dependsOn = metrics.all;
    for (const [id, each] of Object.entries(all)) alert(id, each, config, { ...parent, dependsOn });
    new Dashboard(
      'postbacks',
      { dashboardJson: JSON.stringify(dashboard(config)) },
      { ...parent, dependsOn },
    );
    for (const { id } of partners.filter((each) => isWatched(each, config))) uptimeCheck(id, config, parent);
    if (config.ledger) for (const partner of partners.filter(isScheduled)) lateAlert(partner, config, parent);
    this.registerOutputs();
  }
}
