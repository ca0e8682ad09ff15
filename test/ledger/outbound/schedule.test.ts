import { describe, expect, it } from 'vitest';
import { judge } from '../../../services/ledger/outbound/outcome.ts';
import {
  nextAttempt,
  pauseAfter,
  readRetryAfter,
  schedule,
} from '../../../services/ledger/outbound/schedule.ts';
import { rotate, signed } from '../../../services/ledger/outbound/sign.ts';

const now = new Date('2026-11-24T12:00:00Z');
const never = () => 0;
const most = () => 0.999_999;

describe('the schedule', () => {
  it("is Standard Webhooks', then ends", () => {
    const waits = schedule.map((_, made) => nextAttempt(made, 0, never)! / 1000);
    expect(waits).toEqual([0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]);
    expect(nextAttempt(8, 0, never)).toBeUndefined();
    expect(nextAttempt(8, 60_000, never)).toBeUndefined();
  });

  it('adds up to a fifth, never takes away, and waits for longer where it is asked to', () => {
    expect(nextAttempt(2, 0, most)).toBe(360_000);
    expect(nextAttempt(1, 60_000, never)).toBe(60_000);
    expect(nextAttempt(2, 60_000, never)).toBe(300_000);
  });

  it('leaves alone who is away, for longer each time, to an hour', () => {
    expect([4, 5, 6, 7, 12, 13, 10_000].map((n) => pauseAfter(n, never) / 1000)).toEqual([0, 30, 60, 120, 3_600, 3_600, 3_600]); // prettier-ignore
  });

  it.each([
    ['7', 7_000],
    [' 7 ', 7_000],
    ['0', 0],
    ['Tue, 24 Nov 2026 12:01:00 GMT', 60_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['86400', 3_600_000],
    ['99999999999999999999999999', 3_600_000],
    ['Wed, 24 Nov 2126 12:00:00 GMT', 3_600_000],
    ['-5', 0],
    ['soon', 0],
    ['', 0],
    [undefined, 0],
  ])('reads Retry-After %j as %d ms', (text, ms) => expect(readRetryAfter(text, now)).toBe(ms));
});

describe('an answer', () => {
  const judged = (status: number | null, text = '', match: string | null = null) => {
    const { is, present } = judge({ status, text, retryAfter: undefined, error: 'broke', ms: 1 }, { match });
    return `${is}, ${present ? 'present' : 'away'}`;
  };

  it.each([
    [200, 'delivered, present'],
    [204, 'delivered, present'],
    [299, 'delivered, present'],
    [301, 'again, present'],
    [302, 'again, present'],
    [400, 'never, present'],
    [401, 'never, present'],
    [404, 'never, present'],
    [408, 'again, away'],
    [410, 'never, present'],
    [425, 'again, away'],
    [429, 'again, away'],
    [500, 'again, away'],
    [503, 'again, away'],
    [599, 'again, away'],
    [null, 'again, away'],
  ])('of %s means %s', (status, means) => expect(judged(status)).toBe(means));

  it('counts only with the text that was agreed', () => {
    expect(judged(200, '{"status":"OK"}', '"OK"')).toBe('delivered, present');
    expect(judged(200, '{"status":"error"}', '"OK"')).toBe('again, present');
    expect(judged(404, '"OK"', '"OK"')).toBe('never, present');
  });
});

describe('a signature', () => {
  // https://github.com/standard-webhooks/standard-webhooks: the test vector of its libraries
  const value = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const published = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const sign = (secrets: { value: string; until?: string }[]) =>
    signed('msg_p5jXN8AQM9LWM0D4loKWxJek', new Date(1_614_265_330_999), '{"test": 2432232314}', secrets);

  it('is the one that is published', () => expect(sign([{ value }])).toEqual(published));

  it('is absent without a secret; the id is not', () =>
    expect(Object.keys(sign([]))).toEqual(['webhook-id', 'webhook-timestamp']));

  it('is made by the old secret too, for a day', () => {
    const [fresh, old] = rotate([{ value }, { value: 'whsec_b2xk', until: '2026-01-01T00:00:00.000Z' }], now);
    expect(fresh!.value).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(old).toEqual({ value, until: '2026-11-25T12:00:00.000Z' });
    expect(rotate([{ value }, old!], now)).toHaveLength(2);
    const by = sign([fresh!, old!])['webhook-signature']!.split(' ');
    expect(by).toHaveLength(2);
    expect(by[1]).toBe(published['webhook-signature']);
    const later = signed('a', new Date('2026-11-25T12:00:00.000Z'), '', [fresh!, old!])['webhook-signature'];
    expect(later!.split(' ')).toHaveLength(1);
  });
});
