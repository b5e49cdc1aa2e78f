// Points of a run over time: taking in new ones, and as the columns that the charts draw.
import type { Point } from '../types';

/** More than this, and the page asks for the thinned-out history instead. */
export const kMostPoints = 1300;

const kSameTime_s = 1e-3;

/**
 * `known` with the later ones of `fresh`; the same array if there is none. The latest slot of a run is
 * told while it fills: what begins where a known one begins takes its place.
 */
export function appended(known: Point[], fresh: Point[]): Point[] {
  const last = known.at(-1)?.t_s ?? -Infinity;
  const later = fresh.filter((point) => point.t_s > last);
  const first = later[0];
  if (!first) return known;
  const start = first.t_s - first.w_s - kSameTime_s;
  let kept = known.length;
  while (kept > 0 && beginning(known[kept - 1]) >= start) kept -= 1;
  return [...known.slice(0, kept), ...later];
}

function beginning(point: Point | undefined): number {
  return point ? point.t_s - point.w_s : -Infinity;
}

export type Field = 'rps' | 'fps' | 'users' | 'p50' | 'p75' | 'p95' | 'p99';

/**
 * Times and one column for each field. A pause of more than three slots is a gap, not a line.
 */
export function columnsOf(points: Point[], fields: Field[], offset_s = 0): (number | null)[][] {
  const times: number[] = [];
  const columns: (number | null)[][] = fields.map(() => []);
  points.forEach((point, i) => {
    const previous = points[i - 1];
    const gap = previous && point.t_s - point.w_s - previous.t_s > 3 * Math.max(point.w_s, previous.w_s);
    if (gap) {
      times.push(previous.t_s + previous.w_s + offset_s);
      columns.forEach((column) => column.push(null));
    }
    times.push(point.t_s + offset_s);
    fields.forEach((field, n) => columns[n]?.push(point[field]));
  });
  return [times, ...columns];
}

/** One joined set of columns on common times, so that runs lie over each other. */
export function joined(sets: (number | null)[][][]): (number | null | undefined)[][] {
  const times = [...new Set(sets.flatMap((set) => set[0] as number[]))].sort((a, b) => a - b);
  const place = new Map(times.map((time, i) => [time, i]));
  const result: (number | null | undefined)[][] = [times];
  for (const set of sets) {
    const [own, ...columns] = set as [number[], ...(number | null)[][]];
    for (const column of columns) {
      // undefined: this set has no point here, go on drawing; null: it has none, stop.
      const filled: (number | null | undefined)[] = new Array<undefined>(times.length).fill(undefined);
      column.forEach((value, i) => {
        filled[place.get(own[i] ?? 0) ?? 0] = value;
      });
      result.push(filled);
    }
  }
  return result;
}

/** The last `most` values of a field, for a sparkline. */
export function tail(points: Point[], field: Field, most: number): number[] {
  return points.slice(-most).map((point) => point[field] ?? 0);
}
