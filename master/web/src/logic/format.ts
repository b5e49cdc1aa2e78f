// Numbers as a person reads them: three significant digits where it is a measurement, all of them
// where it is a count. What is not known is a dash.

export const kNone = '–';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

function known(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** 0.034, 3.21, 34.5, 345, 1,234. */
export function significant(value: number | null | undefined): string {
  if (!known(value)) return kNone;
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.095) return value.toFixed(3);
  if (size < 9.995) return value.toFixed(2);
  if (size < 99.95) return value.toFixed(1);
  return grouped.format(value);
}

export function count(value: number | null | undefined): string {
  return known(value) ? grouped.format(value) : kNone;
}

/** 999, 12.3k, 4.56M: for where there is little room. */
export function compact(value: number | null | undefined): string {
  if (!known(value)) return kNone;
  const size = Math.abs(value);
  if (size < 10_000) return grouped.format(value);
  const [unit, per] = size < 999_500 ? ['k', 1e3] : size < 999.5e6 ? ['M', 1e6] : ['G', 1e9];
  const scaled = value / (per as number);
  return `${Math.abs(scaled) < 99.95 ? scaled.toFixed(1) : scaled.toFixed(0)}${unit as string}`;
}

/** Of an axis: 0.05, 2.5, 50, 1,500, 20k. */
export function tick(value: number): string {
  if (Math.abs(value) < 10_000) return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 4 });
  return compact(value).replace(/\.0(?=\D)/, '');
}

/** A response time with its unit. */
export function duration(ms: number | null | undefined): string {
  if (!known(ms)) return kNone;
  if (ms < 9_995) return `${significant(ms)} ms`;
  if (ms < 99_950) return `${(ms / 1000).toFixed(1)} s`;
  return `${grouped.format(ms / 1000)} s`;
}

export function percent(ratio: number | null | undefined): string {
  if (!known(ratio)) return kNone;
  const value = ratio * 100;
  if (value === 0 || value === 100) return `${value} %`;
  if (value < 0.01) return '< 0.01 %';
  if (value > 99.99 && value < 100) return '> 99.99 %';
  return `${value < 9.995 ? value.toFixed(2) : value.toFixed(1)} %`;
}

export function bytes(value: number | null | undefined): string {
  if (!known(value)) return kNone;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let scaled = value;
  let unit = 0;
  while (Math.abs(scaled) >= 1023.5 && unit < units.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return `${unit === 0 || scaled >= 99.95 ? grouped.format(scaled) : scaled.toFixed(1)} ${units[unit] as string}`;
}

/** 7 s, 1 m 05 s, 2 h 03 m, 3 d 04 h. */
export function span(seconds: number | null | undefined): string {
  if (!known(seconds)) return kNone;
  const total = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} m ${two(total % 60)} s`;
  if (total < 86_400) return `${Math.floor(total / 3600)} h ${two(Math.floor((total % 3600) / 60))} m`;
  return `${Math.floor(total / 86_400)} d ${two(Math.floor((total % 86_400) / 3600))} h`;
}

/** 0:07, 1:05, 2:03:04: the time into a run, for axes. */
export function clock(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

/** The time of day where the reader is. */
export function timeOfDay(iso: string | number | null): string {
  if (iso === null) return kNone;
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? kNone : date.toLocaleTimeString('en-GB');
}

export function dateAndTime(iso: string | null, year = false): string {
  if (iso === null) return kNone;
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return kNone;
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...(year ? { year: 'numeric' } : {}) });
  return `${day}, ${date.toLocaleTimeString('en-GB')}`;
}

/** 0.5 is the median, 0.999 is p99.9, 1 the maximum. */
export function quantileName(quantile: number): string {
  if (quantile === 0.5) return 'Median';
  if (quantile === 1) return 'p100';
  return `p${Number((quantile * 100).toFixed(4))}`;
}

export function plural(number: number, one: string, many = `${one}s`): string {
  return `${grouped.format(number)} ${number === 1 ? one : many}`;
}

/** first, 2nd, 3rd, 4th. */
export function ordinal(number: number): string {
  const end = Math.floor(number / 10) % 10 === 1 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return number === 1 ? 'first' : `${number}${end}`;
}

/** 1 is the latest, 2 the 2nd last. */
export function ordinalFromEnd(number: number): string {
  return number === 1 ? 'latest' : `${ordinal(number)} last`;
}
