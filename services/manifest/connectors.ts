/**
 * Every connector there is: how a network's report is fetched. A manifest names one under `report.from`; what the report's fields mean
 * stays in the manifest. The list is here, apart from the code in services/sync/connectors, so that the schema, `partner check`, the
 * Pulumi program and sync agree on it without importing each other.
 *
 * `secrets`: those it reads, by their names in Secret Manager after `linkshare-<partner>-`. `writes`: those it may write a new version of.
 */
export const connectors = {
  /** `linkshare sync import` alone: somebody downloads the file. It has no schedule. */
  csv: { secrets: [] },
  'involve-conversions': { secrets: ['api-key', 'api-secret'] },
  'shopee-conversions': { secrets: ['app-id', 'app-secret'] },
  'accesstrade-vn-transactions': { secrets: ['api-token'] },
  'tiktok-orders': { secrets: ['app-key', 'app-secret', 'tokens'], writes: ['tokens'] },
} as const satisfies Record<string, { secrets: readonly string[]; writes?: readonly string[] }>;

export type ConnectorName = keyof typeof connectors;

export const connectorNames = Object.keys(connectors) as [ConnectorName, ...ConnectorName[]];
