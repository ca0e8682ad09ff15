/** What is known of a connector without its code. */
interface Facts {
  /** Those it reads, by their names in Secret Manager after `linkshare-<partner>-`, and before the account where a report has several. */
  secrets: readonly string[];
  /** Those of them that it may write a new version of. */
  writes?: readonly string[];
  /** What a manifest may tell it under `report.settings`. */
  settings?: readonly string[];
  /** As many as the network gives at once; a longer period is asked for in parts. */
  days?: number;
}

/**
 * Every connector there is: how a network's report is fetched. A manifest names one under `report.from`; what the report's fields mean
 * stays in the manifest. The list is here, apart from the code in services/sync/connectors, so that the schema, `partner check`, the
 * Pulumi program and sync agree on it without importing each other.
 */
export const connectors = {
  /** `linkshare sync import` alone: somebody downloads the file. It has no schedule. */
  csv: { secrets: [], settings: ['delimiter'] },
  'involve-conversions': { secrets: ['api-key', 'api-secret'], settings: ['currency', 'host'], days: 31 },
  'shopee-conversions': { secrets: ['app-id', 'app-secret'], settings: ['host'] },
  'accesstrade-vn-transactions': { secrets: ['api-token'], settings: ['host'] },
  'tiktok-orders': {
    secrets: ['app-key', 'app-secret', 'tokens'],
    writes: ['tokens'],
    settings: ['host', 'authHost'],
  },
} as const satisfies Record<string, Facts>;

/** What is known of a connector. */
export const factsOf = (name: ConnectorName): Facts => connectors[name];

export type ConnectorName = keyof typeof connectors;

export const connectorNames = Object.keys(connectors) as [ConnectorName, ...ConnectorName[]];
