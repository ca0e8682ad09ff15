import { DateTime, FixedOffsetZone, IANAZone, type Zone } from 'luxon';
import { read, unreadable, type Read } from './read.ts';

/** A zone by its IANA name (`Asia/Kuala_Lumpur`), `UTC`, or a fixed offset (`+08:00`). Undefined when there is no such zone. */
export function zoneOf(name: string): Zone | undefined {
  if (!zones.has(name)) zones.set(name, findZone(name));
  return zones.get(name);
}

/** Asking the runtime whether a zone exists takes longer than reading a whole request. */
const zones = new Map<string, Zone | undefined>();

function findZone(name: string): Zone | undefined {
  if (name === 'UTC') return FixedOffsetZone.utcInstance;
  if (/^[+-]\d\d:\d\d$/.test(name)) {
    const minutes = offsetMinutes(name);
    return minutes === undefined ? undefined : FixedOffsetZone.instance(minutes);
  }
  return name.includes('/') && IANAZone.isValidZone(name) ? IANAZone.create(name) : undefined;
}

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s?(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * Reads a time into ISO 8601 UTC with milliseconds. Understood without being told: Unix seconds (10 digits) and milliseconds (13),
 * ISO with `T` or a space, with or without seconds, zone and time of day (a date alone is its midnight in `zone`).
 * `zone` is used only where the text names none; a local time that does not exist there, or occurs twice, is unreadable.
 * With `pattern` (Luxon's tokens, such as `dd/MM/yyyy HH:mm`) nothing else is understood.
 */
export function readTime(text: string, zone?: Zone, pattern?: string): Read<string> {
  if (pattern) return readPattern(text, pattern, zone);
  if (/^\d{10}$/.test(text)) return instant(Number(text) * 1000);
  if (/^\d{13}$/.test(text)) return instant(Number(text));
  const match = iso.exec(text);
  if (!match) return unreadable('is not a time this manifest reads');
  const wall = wallClock(match);
  if (wall === undefined) return unreadable('is a date that does not exist');
  return match[8] ? withOffset(wall, match[8]) : inZone(wall, zone);
}

/** The milliseconds a clock set to UTC would show so; undefined for the 30th of February or 25 o'clock. */
function wallClock(match: RegExpExecArray): number | undefined {
  const part = (i: number) => Number(match[i] ?? 0);
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const ms = Math.trunc(Number(`0.${match[7] ?? 0}`) * 1000);
  const wall = new Date(Date.UTC(part(1), part(2) - 1, part(3), hour, minute, second, ms));
  const sameDay = wall.getUTCMonth() === part(2) - 1 && wall.getUTCDate() === part(3);
  return sameDay && hour < 24 && minute < 60 && second < 60 ? wall.getTime() : undefined;
}

function withOffset(wall: number, offset: string): Read<string> {
  if (/^z$/i.test(offset)) return instant(wall);
  const minutes = offsetMinutes(offset);
  return minutes === undefined
    ? unreadable('has an offset that no place has')
    : instant(wall - minutes * 60_000);
}

/** Minutes of `+08:00` or `-0330`; undefined where no place has that offset: the farthest are 14 hours ahead. */
function offsetMinutes(offset: string): number | undefined {
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
  if (minutes > 59 || hours * 60 + minutes > 14 * 60) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

const asWritten = { zone: 'utc', setZone: true, locale: 'en-US' } as const;

function readPattern(text: string, pattern: string, zone: Zone | undefined): Read<string> {
  const parsed = DateTime.fromFormat(text, pattern, asWritten);
  if (!parsed.isValid) return unreadable(`is not written as ${pattern}`);
  if (!/[Zz]/.test(pattern.replace(/'[^']*'/g, ''))) return inZone(parsed.toMillis(), zone);
  if (parsed.zone.isUniversal) return instant(parsed.toMillis());
  // Luxon moves a time that clocks skip and takes the first of two. So the text is read again as if its zone were UTC.
  const { result = {} } = DateTime.fromFormatExplain(text, pattern, asWritten) as { result?: object };
  return inZone(DateTime.fromObject(result, { zone: 'utc' }).toMillis(), parsed.zone);
}

/** Of Luxon's tokens those that mean one thing; what it does not know it would take for text, and some (DD, T) for the locale's. */
const patternWords = new Set(
  'yyyy yy y MM M MMM MMMM LL L LLL LLLL dd d ooo o HH H hh h mm m ss s SSS a z Z ZZ ZZZ EEE EEEE'.split(' '),
);

/**
 * Why a pattern cannot be used, or nothing. A sample is written and read back: what a pattern leaves out (the year, or which half of
 * the day) would be filled in from the clock on our wall.
 */
export function whyUnusable(pattern: string): string | undefined {
  const words = pattern.replace(/'[^']*'/g, '').match(/([A-Za-z])\1*/g) ?? [];
  const unknown = words.find((word) => !patternWords.has(word));
  if (unknown) return `"${unknown}" is none of ${[...patternWords].join(' ')}; put other letters in 'quotes'`;
  const sample = DateTime.fromObject(
    { year: 2003, month: 11, day: 22, hour: 16, minute: 45, second: 30 },
    { zone: 'utc' },
  );
  try {
    const written = DateTime.fromFormat(sample.toFormat(pattern, { locale: 'en-US' }), pattern, asWritten);
    if (!written.isValid) return 'what is written by it cannot be read back';
    if (!written.hasSame(sample, 'day')) return 'it needs year, month and day';
    return [0, sample.hour].includes(written.hour) ? undefined : 'hh needs an "a" beside it, or write HH';
  } catch {
    return 'its parts contradict each other: hh goes with a, HH without';
  }
}

function inZone(wall: number, zone: Zone | undefined): Read<string> {
  if (!zone) return unreadable('names no zone, and the manifest gives none');
  const [first, second] = instantsOf(wall, zone);
  if (first === undefined) return unreadable(`does not exist in ${zone.name}: clocks skip it`);
  if (second !== undefined) return unreadable(`occurs twice in ${zone.name}: clocks are set back`);
  return instant(first);
}

function instantsOf(wall: number, zone: Zone): number[] {
  const offsets = offsetsAround(wall, zone);
  const instants = offsets.map((offset) => wall - offset * 60_000);
  return offsets.length === 1 ? instants : instants.filter((at, i) => zone.offset(at) === offsets[i]);
}

/** Looking up a zone's offset costs more than all the rest of reading a time, and sales come in order: so one day is kept. */
const known = new Map<string, number[]>();
function offsetsAround(wall: number, zone: Zone): number[] {
  const day = 86_400_000;
  const key = `${zone.name} ${Math.floor(wall / day)}`;
  let offsets = known.get(key);
  if (!offsets) {
    const start = Math.floor(wall / day) * day;
    offsets = [...new Set([zone.offset(start - day), zone.offset(start + 2 * day)])];
    if (known.size >= 1000) known.clear();
    known.set(key, offsets);
  }
  return offsets;
}

/** Years outside this are a wrong unit or a placeholder (0000-00-00, 1970), never a sale. */
const earliest = Date.UTC(2000, 0, 1);
const latest = Date.UTC(2100, 0, 1);

function instant(ms: number): Read<string> {
  if (!(ms >= earliest && ms < latest)) return unreadable('is outside the years 2000 to 2099');
  return read(new Date(ms).toISOString());
}
