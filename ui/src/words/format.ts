// Numbers, sizes and times as people read them. Everything goes through Intl, so that a translation changes the locale only.
const locale = 'en-GB';
const wholes = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const daysOfYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const moments = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

export const count = (value: number): string => wholes.format(value);

/** "1 item", "12 items". */
export const counted = (value: number, one: string, many: string): string => `${count(value)} ${value === 1 ? one : many}`;

/** Bytes with decimal units, as file managers show them. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let rest = value;
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return `${rest >= 100 || unit === 0 ? wholes.format(rest) : tenths.format(rest)} ${units[unit] ?? ''}`;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago, in the coarsest unit that still says something. */
export function ago(time: number, now: number): string {
  const since = Math.max(0, now - time);
  if (since < minute) return 'just now';
  if (since < hour) return `${Math.floor(since / minute)} min ago`;
  if (since < day) return `${Math.floor(since / hour)} h ago`;
  return days.format(time);
}

const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

/** Whole calendar days from `now` to `time`; negative when past. */
export const daysUntil = (time: number, now: number): number => Math.round((midnight(time) - midnight(now)) / day);

export const date = (time: number, now: number): string =>
  (new Date(time).getFullYear() === new Date(now).getFullYear() ? days : daysOfYear).format(time);
export const moment = (time: number): string => moments.format(time);
