import type { Partner } from '../../services/manifest/compile.ts';

/** What services/ledger/partnerSettings.ts takes for whom it is told nothing of. */
const usual = { repeatWindow: 3_600_000, paysUnverified: false };

/**
 * PARTNER_SETTINGS: what the ledger must know of partners, of those alone that differ from the usual. So adding a partner changes the
 * ledger's service only where its manifest says something that the ledger has to know.
 */
export function partnerSettings(partners: readonly Partner[]): string {
  const different = partners.flatMap(({ id, repeatWindow, paysUnverified }) => {
    const own = {
      ...(repeatWindow !== usual.repeatWindow && { repeatWindow }),
      ...(paysUnverified !== usual.paysUnverified && { paysUnverified }),
    };
    return Object.keys(own).length > 0 ? [[id, own] as const] : [];
  });
  return JSON.stringify(Object.fromEntries(different));
}
