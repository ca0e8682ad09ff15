/**
 * How much a reason weighs. `note`: nothing is wrong, or nothing is owed either way. `difference`: somebody has to do something, or healing
 * does it. `unexplained`: nobody knows yet why.
 */
export type Weight = 'note' | 'difference' | 'unexplained';

interface Meaning {
  /** For people. */
  name: string;
  when: string;
  mends: string;
  /** Whether `--heal` makes the ledger say what the report says. */
  heals: boolean;
  weight: Weight;
}

/**
 * Every reason why postbacks and report can differ: the one table that code, command, JSON and README share. In this order a difference
 * with several reasons counts its money under the first.
 */
export const reasons = {
  'never-arrived': {
    name: 'never arrived',
    when: 'the report has it, and no request for it ever reached us',
    mends: 'heal; where there are many, ask the network whether its postback is set for this offer and event',
    heals: true,
    weight: 'difference',
  },
  quarantined: {
    name: 'quarantined',
    when: 'its postback came, is authentic, and could not be read; the reasons are in the evidence',
    mends: 'mend the manifest, then linkshare replay --partner; or heal',
    heals: true,
    weight: 'difference',
  },
  refused: {
    name: 'refused',
    when: 'a request for it came and failed verification',
    mends:
      'compare the token or key on their side with linkshare partner url; then heal, or release it by name',
    heals: true,
    weight: 'difference',
  },
  'status-behind': {
    name: 'status behind',
    when: 'a later status stands in the report, and no postback told it',
    mends: 'heal; ask the network to fire its postback on updates, too',
    heals: true,
    weight: 'difference',
  },
  'report-behind': {
    name: 'report behind',
    when: 'the postback tells a later state than the report',
    mends: 'wait, and reconcile again; if it stays so for days, ask the network which of the two is true',
    heals: false,
    weight: 'difference',
  },
  currency: {
    name: 'another currency',
    when: 'the amount stands in one currency in the postback and in another in the report',
    mends: 'say in the manifest which parameter is in which currency; heal',
    heals: true,
    weight: 'difference',
  },
  adjustment: {
    name: 'adjusted',
    when: 'the partner changed the amount after the postback: a later update time, a decision, an earlier report that still agreed, or sale and commission that fell alike',
    mends: 'heal; ask the network to fire its postback on updates, too',
    heals: true,
    weight: 'difference',
  },
  'amount-missing': {
    name: 'amount not sent',
    when: 'the report has the sale or the commission, and the postback carried neither in any currency',
    mends: 'add the parameter to the postback on their side and to the manifest; heal',
    heals: true,
    weight: 'difference',
  },
  'exchange-rate': {
    name: 'exchange rate',
    when: "the amount in the shop's currency is the same, and what it was converted to is not",
    mends: 'nothing is wrong: the network converted twice; heal to take the rate of the report',
    heals: true,
    weight: 'note',
  },
  rounding: {
    name: 'rounding',
    when: 'the amounts are one smallest unit of the currency apart, or less',
    mends: 'nothing is wrong; heal to take what the report pays',
    heals: true,
    weight: 'note',
  },
  day: {
    name: 'another day',
    when: 'the same wall clock read in another zone: it counts for another day',
    mends: 'correct the zone of occurredAt in the manifest, of the postback or of the report; heal',
    heals: true,
    weight: 'difference',
  },
  publisher: {
    name: 'another publisher',
    when: 'sub id or click id name another publisher in the report than in the postback',
    mends: 'see that postback and report map the same parameters; heal only when the report is right',
    heals: true,
    weight: 'difference',
  },
  'test-mark': {
    name: 'test or not',
    when: 'one side calls it a test, the other a sale',
    mends: "correct `test` in the manifest; heal to take the report's word",
    heals: true,
    weight: 'difference',
  },
  'earlier-report': {
    name: 'earlier report',
    when: 'the postback agrees with the report, but the ledger holds what an earlier report said',
    mends: 'heal',
    heals: true,
    weight: 'difference',
  },
  duplicate: {
    name: 'duplicate',
    when: 'a second conversion says what another one said that the report has once',
    mends: 'make the identity in the manifest the same for both; have the second one rejected',
    heals: false,
    weight: 'difference',
  },
  'duplicate-row': {
    name: 'duplicate row',
    when: 'the report has two different rows for one conversion, and no update time says which is newer',
    mends: 'add what tells them apart (a line) to the identity in the manifest, or ask the network',
    heals: false,
    weight: 'difference',
  },
  split: {
    name: 'split into lines',
    when: 'one side tells the sale whole, the other in parts, and the sums agree',
    mends: 'make the identity in the manifest the same for both: with lineId, or without',
    heals: false,
    weight: 'difference',
  },
  'other-identity': {
    name: 'other identity',
    when: 'both sides have the sale, under different ids',
    mends: 'make conversionId, lineId and account in the manifest the same for postback and report',
    heals: false,
    weight: 'difference',
  },
  gone: {
    name: 'gone from the report',
    when: 'an earlier report had it, and this one does not',
    mends: 'ask the network whether it was taken back',
    heals: false,
    weight: 'difference',
  },
  unknown: {
    name: 'unknown to the report',
    when: 'a postback told it, and the report does not have it',
    mends: 'ask the network; it is not owed before it stands in their report',
    heals: false,
    weight: 'difference',
  },
  unconfirmed: {
    name: 'unconfirmed hint',
    when: 'a request that proved nothing told it, and the report does not have it',
    mends: 'nothing is paid for it; where there are many, somebody forges postbacks: set a token',
    heals: false,
    weight: 'difference',
  },
  'left-out': {
    name: 'left out',
    when: 'the postback says that nothing is owed, and the report leaves it out',
    mends: 'nothing is wrong',
    heals: false,
    weight: 'note',
  },
  confirmed: {
    name: 'hint confirmed',
    when: 'a request that proved nothing told it, and the report confirms it',
    mends: 'heal: only then is it paid; set a token so that the next ones prove themselves',
    heals: true,
    weight: 'note',
  },
  test: {
    name: 'test',
    when: 'a test conversion: it is never owed',
    mends: 'nothing is wrong',
    heals: false,
    weight: 'note',
  },
  'not-compared': {
    name: 'not compared',
    when: 'the report broke off before its end, or the row for it could not be read: nobody can say that it is missing',
    mends: 'fetch the report again; mend the report block of the manifest where a row could not be read',
    heals: false,
    weight: 'difference',
  },
  unexplained: {
    name: 'unexplained',
    when: 'they differ, and nothing of the above says why',
    mends: 'look at both, ask the network; the evidence says what each said and when',
    heals: false,
    weight: 'unexplained',
  },
} as const satisfies Record<string, Meaning>;

export type Reason = keyof typeof reasons;

export const reasonNames = Object.keys(reasons) as Reason[];

export const meaningOf = (reason: Reason): Meaning => reasons[reason];
