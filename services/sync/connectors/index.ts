import type { ConnectorName } from '../../manifest/connectors.ts';
import type { Connector } from '../connector.ts';

/** Every connector, loaded when it is used: one job fetches one network's report. */
export const connectors: Record<ConnectorName, () => Promise<Connector>> = {
  csv: async () => (await import('./csv.ts')).csv,
  'involve-conversions': async () => (await import('./involve-conversions.ts')).involveConversions,
  'shopee-conversions': async () => (await import('./shopee-conversions.ts')).shopeeConversions,
  'accesstrade-vn-transactions': async () => (await import('./accesstrade-vn-transactions.ts')).accesstradeVnTransactions, // prettier-ignore
  'tiktok-orders': async () => (await import('./tiktok-orders.ts')).tiktokOrders,
};
