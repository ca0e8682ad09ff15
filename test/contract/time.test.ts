import fc from 'fast-check';
import { DateTime, FixedOffsetZone, type Zone } from 'luxon';
import { describe, expect, test } from 'vitest';
import { readTime, zoneOf } from '../../services/contract/time.ts';

const zone = (name: string): Zone => {
  const found = zoneOf(name);
  if (!found) throw new Error(`there is no zone ${name}`);
  return found;
};
const kualaLumpur = zone('Asia/Kuala_Lumpur');

describe('a time that names its zone needs no word in the manifest', () => {
  test.each([
    ['1795266903', '2026-11-21T13:15:03.000Z'],
    ['1795266903123', '2026-11-21T13:15:03.123Z'],
    ['2026-11-20T13:15:03Z', '2026-11-20T13:15:03.000Z'],
    ['2026-11-20t13:15:03z', '2026-11-20T13:15:03.000Z'],
    ['2026-11-20 13:15:03Z', '2026-11-20T13:15:03.000Z'],
    ['2026-11-20 13:15:03 Z', '2026-11-20T13:15:03.000Z'],
    ['2026-11-20T13:15Z', '2026-11-20T13:15:00.000Z'],
    ['2026-11-20Z', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T13:15:03.1Z', '2026-11-20T13:15:03.100Z'],
    ['2026-11-20T13:15:03.123456789Z', '2026-11-20T13:15:03.123Z'],
    ['2026-11-20T13:15:03.999999Z', '2026-11-20T13:15:03.999Z'],
    ['2026-11-20T21:15:03+08:00', '2026-11-20T13:15:03.000Z'],
    ['2026-11-20T21:15:03+0800', '2026-11-20T13:15:03.000Z'],
    ['2026-11-20 21:15:03 +0800', '2026-11-20T13:15:03.000Z'],
    ['2026-11-20T08:15:03-05:00', '2026-11-20T13:15:03.000Z'],
    ['2026-11-20T23:59:59-12:00', '2026-11-21T11:59:59.000Z'],
    ['2026-11-20T00:00:00+14:00', '2026-11-19T10:00:00.000Z'],
    ['2026-11-20T19:00:03+05:45', '2026-11-20T13:15:03.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['2000-01-01T00:00:00Z', '2000-01-01T00:00:00.000Z'],
    ['2099-12-31T23:59:59.999Z', '2099-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, value) => {
    expect(readTime(text)).toEqual({ ok: true, value });
    expect(readTime(text, kualaLumpur), "the manifest's zone is not used").toEqual({ ok: true, value });
  });
});

describe("a local time is read in the manifest's zone", () => {
  test.each([
    ['2026-11-20 21:15:03', 'Asia/Kuala_Lumpur', '2026-11-20T13:15:03.000Z'],
    ['2026-11-20T21:15:03', 'Asia/Kuala_Lumpur', '2026-11-20T13:15:03.000Z'],
    ['2026-11-20T21:15:03.5', 'Asia/Kuala_Lumpur', '2026-11-20T13:15:03.500Z'],
    ['2026-11-20 21:15', 'Asia/Kuala_Lumpur', '2026-11-20T13:15:00.000Z'],
    ['2026-11-20', 'Asia/Kuala_Lumpur', '2026-11-19T16:00:00.000Z'],
    ['2026-11-20', 'UTC', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20 21:15:03', '+08:00', '2026-11-20T13:15:03.000Z'],
    ['2026-11-20 09:45:03', '-03:30', '2026-11-20T13:15:03.000Z'],
    ['2026-01-20 12:00', 'America/New_York', '2026-01-20T17:00:00.000Z'],
    ['2026-07-20 12:00', 'America/New_York', '2026-07-20T16:00:00.000Z'],
  ])('%s in %s is %s', (text, name, value) => {
    expect(readTime(text, zone(name))).toEqual({ ok: true, value });
  });

  test('and is unreadable where the manifest names none', () => {
    expect(readTime('2026-11-20 21:15:03')).toEqual({
      ok: false,
      why: 'names no zone, and the manifest gives none',
    });
  });
});

describe('where clocks are changed, a local time may not exist or occur twice: that is never guessed', () => {
  test.each([
    ['2026-03-08 01:59:59', 'America/New_York', '2026-03-08T06:59:59.000Z'],
    ['2026-03-08 02:00:00', 'America/New_York', 'does not exist in America/New_York: clocks skip it'],
    ['2026-03-08 02:30:00', 'America/New_York', 'does not exist in America/New_York: clocks skip it'],
    ['2026-03-08 02:59:59', 'America/New_York', 'does not exist in America/New_York: clocks skip it'],
    ['2026-03-08 03:00:00', 'America/New_York', '2026-03-08T07:00:00.000Z'],
    ['2026-11-01 00:59:59', 'America/New_York', '2026-11-01T04:59:59.000Z'],
    ['2026-11-01 01:00:00', 'America/New_York', 'occurs twice in America/New_York: clocks are set back'],
    ['2026-11-01 01:59:59', 'America/New_York', 'occurs twice in America/New_York: clocks are set back'],
    ['2026-11-01 02:00:00', 'America/New_York', '2026-11-01T07:00:00.000Z'],
    ['2026-11-01T01:30:00-04:00', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['2026-11-01T01:30:00-05:00', 'America/New_York', '2026-11-01T06:30:00.000Z'],
    ['2026-10-04 02:15', 'Australia/Lord_Howe', 'does not exist in Australia/Lord_Howe: clocks skip it'],
    ['2026-10-04 02:30', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
    ['2026-04-05 01:45', 'Australia/Lord_Howe', 'occurs twice in Australia/Lord_Howe: clocks are set back'],
    ['2026-03-28 23:30', 'America/Nuuk', 'does not exist in America/Nuuk: clocks skip it'],
    ['2026-10-24 23:30', 'America/Nuuk', 'occurs twice in America/Nuuk: clocks are set back'],
    ['2011-12-30 12:00', 'Pacific/Apia', 'does not exist in Pacific/Apia: clocks skip it'],
    ['2011-12-31 00:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2026-03-08 02:30', 'Asia/Kuala_Lumpur', '2026-03-07T18:30:00.000Z'],
  ])('%s in %s: %s', (text, name, expected) => {
    const result = readTime(text, zone(name));
    expect(result.ok ? result.value : result.why).toBe(expected);
  });
});

describe('what is no time is never "now"', () => {
  test.each([
    ['', 'is not a time this manifest reads'],
    ['now', 'is not a time this manifest reads'],
    ['{datetime_conversion}', 'is not a time this manifest reads'],
    ['20/11/2026', 'is not a time this manifest reads'],
    ['2026-1-5', 'is not a time this manifest reads'],
    ['20261120', 'is not a time this manifest reads'],
    ['20261120211503', 'is not a time this manifest reads'],
    ['179526690', 'is not a time this manifest reads'],
    ['17952669031', 'is not a time this manifest reads'],
    ['1795266903.5', 'is not a time this manifest reads'],
    ['-1795266903', 'is not a time this manifest reads'],
    ['2026-11-20 9:15 PM', 'is not a time this manifest reads'],
    ['2026-11-20T13:15:03Z ', 'is not a time this manifest reads'],
    ['2026-11-20T13:15:03+8', 'is not a time this manifest reads'],
    ['2026-11-20T13:15:03 KL', 'is not a time this manifest reads'],
    ['2026-11-20T13', 'is not a time this manifest reads'],
    ['２０２６-11-20', 'is not a time this manifest reads'],
    ['2026-02-30', 'is a date that does not exist'],
    ['2026-02-29', 'is a date that does not exist'],
    ['2026-02-30T12:00:00Z', 'is a date that does not exist'],
    ['2026-13-01', 'is a date that does not exist'],
    ['2026-00-10', 'is a date that does not exist'],
    ['2026-11-00', 'is a date that does not exist'],
    ['2026-11-31', 'is a date that does not exist'],
    ['0000-00-00 00:00:00', 'is a date that does not exist'],
    ['2026-11-20 24:00', 'is a date that does not exist'],
    ['2026-11-20 25:00:00', 'is a date that does not exist'],
    ['2026-11-20 23:60', 'is a date that does not exist'],
    ['2026-12-31T23:59:60Z', 'is a date that does not exist'],
    ['2026-11-20T12:00:60Z', 'is a date that does not exist'],
    ['2026-11-20T13:15:03+14:01', 'has an offset that no place has'],
    ['2026-11-20T13:15:03+99:00', 'has an offset that no place has'],
    ['2026-11-20T13:15:03+08:60', 'has an offset that no place has'],
    ['0000000000', 'is outside the years 2000 to 2099'],
    ['0000000000000', 'is outside the years 2000 to 2099'],
    ['1970-01-01T00:00:00Z', 'is outside the years 2000 to 2099'],
    ['1999-12-31T23:59:59Z', 'is outside the years 2000 to 2099'],
    ['2100-01-01T00:00:00Z', 'is outside the years 2000 to 2099'],
    ['9999-12-31', 'is outside the years 2000 to 2099'],
    ['0026-11-20', 'is outside the years 2000 to 2099'],
    ['9999999999999', 'is outside the years 2000 to 2099'],
  ])('%j %s', (text, why) => {
    expect(readTime(text, kualaLumpur)).toEqual({ ok: false, why });
  });
});

describe('with a pattern only that pattern is read', () => {
  test.each([
    ['20/11/2026 21:15', 'dd/MM/yyyy HH:mm', kualaLumpur, '2026-11-20T13:15:00.000Z'],
    ['11/20/26', 'MM/dd/yy', kualaLumpur, '2026-11-19T16:00:00.000Z'],
    ['20261120211503', 'yyyyMMddHHmmss', kualaLumpur, '2026-11-20T13:15:03.000Z'],
    ['Nov 20, 2026 9:15 PM', 'MMM d, yyyy h:mm a', kualaLumpur, '2026-11-20T13:15:00.000Z'],
    ['20 november 2026', 'd MMMM yyyy', kualaLumpur, '2026-11-19T16:00:00.000Z'],
    ['20/11/2026 21:15 +08:00', 'dd/MM/yyyy HH:mm ZZ', undefined, '2026-11-20T13:15:00.000Z'],
    ['20/11/2026 21:15 +0800', 'dd/MM/yyyy HH:mm ZZZ', undefined, '2026-11-20T13:15:00.000Z'],
    ['20/11/2026 21:15 Asia/Kuala_Lumpur', 'dd/MM/yyyy HH:mm z', undefined, '2026-11-20T13:15:00.000Z'],
    ['2026-11-20T21:15:03Z', "yyyy-MM-dd'T'HH:mm:ss'Z'", kualaLumpur, '2026-11-20T13:15:03.000Z'],
  ])('%s written as %s', (text, pattern, where, value) => {
    expect(readTime(text, where, pattern)).toEqual({ ok: true, value });
  });

  test.each([
    ['2026-11-20T13:15:03Z', 'dd/MM/yyyy HH:mm', kualaLumpur, 'is not written as dd/MM/yyyy HH:mm'],
    ['1795266903', 'dd/MM/yyyy HH:mm', kualaLumpur, 'is not written as dd/MM/yyyy HH:mm'],
    ['11/20/2026 21:15', 'dd/MM/yyyy HH:mm', kualaLumpur, 'is not written as dd/MM/yyyy HH:mm'],
    ['30/02/2026 21:15', 'dd/MM/yyyy HH:mm', kualaLumpur, 'is not written as dd/MM/yyyy HH:mm'],
    ['20/11/2026 24:15', 'dd/MM/yyyy HH:mm', kualaLumpur, 'is not written as dd/MM/yyyy HH:mm'],
    ['20/11/2026 21:15 ', 'dd/MM/yyyy HH:mm', kualaLumpur, 'is not written as dd/MM/yyyy HH:mm'],
    ['', 'dd/MM/yyyy', kualaLumpur, 'is not written as dd/MM/yyyy'],
    ['20/11/1970', 'dd/MM/yyyy', kualaLumpur, 'is outside the years 2000 to 2099'],
    ['20/11/2026', 'dd/MM/yyyy', undefined, 'names no zone, and the manifest gives none'],
    [
      '08/03/2026 02:30',
      'dd/MM/yyyy HH:mm',
      zone('America/New_York'),
      'does not exist in America/New_York: clocks skip it',
    ],
    [
      '01/11/2026 01:30',
      'dd/MM/yyyy HH:mm',
      zone('America/New_York'),
      'occurs twice in America/New_York: clocks are set back',
    ],
  ])('%j, written as %s, is refused', (text, pattern, where, why) => {
    expect(readTime(text, where, pattern)).toEqual({ ok: false, why });
  });

  test('a zone in the text does not let a time through that its clocks skip', () => {
    expect(readTime('2026-03-08 02:30 America/New_York', undefined, 'yyyy-MM-dd HH:mm z').ok).toBe(false);
  });

  test('nor one that occurs twice there', () => {
    expect(readTime('2026-11-01 01:30 America/New_York', undefined, 'yyyy-MM-dd HH:mm z').ok).toBe(false);
  });
});

describe('a zone is named as IANA does, UTC, or a fixed offset', () => {
  test.each(['Asia/Kuala_Lumpur', 'Etc/GMT+8', 'America/Argentina/Ushuaia', 'UTC', '+08:00', '-03:30'])(
    '%s is one',
    (name) => expect(zoneOf(name)?.isValid).toBe(true),
  );

  test.each([
    '',
    'KL',
    'MYT',
    'EST',
    'GMT',
    'GMT+8',
    'Z',
    'local',
    'system',
    '+8',
    '+0800',
    'UTC+8',
    'Asia/Kuala_Lumper',
    'Asia/',
    '/',
    '../UTC',
    '+08:60',
    '+15:00',
    '+99:99',
  ])('%j is none', (name) => expect(zoneOf(name)).toBeUndefined());

  test('an offset keeps its sign', () => {
    expect([zone('+08:00').offset(0), zone('-03:30').offset(0)]).toEqual([480, -210]);
  });
});

const names = [
  'UTC',
  '+08:00',
  '-03:30',
  'Asia/Kuala_Lumpur',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/New_York',
  'America/Nuuk',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Europe/Berlin',
  'Europe/Dublin',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
] as const;

const hour = 3_600_000;
/** Moments at which the clocks of some of these places are changed. */
const changes = [
  '2026-03-08T07:00:00Z',
  '2026-11-01T06:00:00Z',
  '2026-03-29T01:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-04-04T15:00:00Z',
  '2026-10-03T15:30:00Z',
  '2011-12-30T10:00:00Z',
].map((text) => Date.parse(text));

const instants = fc.oneof(
  fc.integer({ min: Date.UTC(2000, 0, 2), max: Date.UTC(2099, 11, 30) }),
  fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -30 * hour, max: 30 * hour }))
    .map(([at, off]) => at + off),
);

test('a moment written in the local time of any zone is read as that moment, or known to occur twice', () => {
  fc.assert(
    fc.property(instants, fc.constantFrom(...names), (ms, name) => {
      const local = DateTime.fromMillis(ms, { zone: zone(name) });
      const result = readTime(local.toFormat('yyyy-MM-dd HH:mm:ss.SSS'), zone(name));
      const once = { ok: true, value: new Date(ms).toISOString() };
      const twice = { ok: false, why: `occurs twice in ${zone(name).name}: clocks are set back` };
      expect(result).toEqual(local.getPossibleOffsets().length > 1 ? twice : once);
    }),
    { numRuns: 1000 },
  );
});

test('a local time that Luxon has to move is one that does not exist', () => {
  fc.assert(
    fc.property(instants, fc.constantFrom(...names), (ms, name) => {
      const text = new Date(ms).toISOString().slice(0, -1);
      const local = DateTime.fromISO(text, { zone: zone(name) });
      const moved = local.toFormat("yyyy-MM-dd'T'HH:mm:ss.SSS") !== text;
      const result = readTime(text, zone(name));
      expect(!result.ok && result.why.startsWith('does not exist')).toBe(moved);
    }),
    { numRuns: 1000 },
  );
});

test('a moment written with any offset is read as that moment, to the millisecond', () => {
  const offsets = fc.integer({ min: -14 * 60, max: 14 * 60 });
  fc.assert(
    fc.property(instants, offsets, (ms, minutes) => {
      const text = DateTime.fromMillis(ms, { zone: 'utc' })
        .setZone(FixedOffsetZone.instance(minutes))
        .toISO()!;
      expect(readTime(text)).toEqual({ ok: true, value: new Date(ms).toISOString() });
    }),
  );
});

test('what is read as a time is read again as itself', () => {
  fc.assert(
    fc.property(instants, (ms) => {
      const value = new Date(ms).toISOString();
      expect(readTime(value)).toEqual({ ok: true, value });
      expect(readTime(String(ms))).toEqual(
        String(ms).length === 13 ? { ok: true, value } : expect.objectContaining({ ok: false }),
      );
    }),
  );
});

test('any text either is a time between 2000 and 2099 or says why not', () => {
  const unit = fc.constantFrom(...'0123456789-:.+ TZ');
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit, maxLength: 30 }), fc.string()), (text) => {
      const result = readTime(text, kualaLumpur);
      if (result.ok) expect(result.value).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      else expect(result.why).toMatch(/^(is|has|names|does|occurs) /);
    }),
  );
});
