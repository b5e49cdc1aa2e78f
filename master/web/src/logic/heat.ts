// A latency heat map: how many requests of each time slot fell in which range of response times.
import type { Heat } from '../types';

export interface Cell {
  from_s: number;
  to_s: number;
  low_ms: number;
  high_ms: number;
  count: number;
  shade: number; // 0..1, by the logarithm of the count a second
}

/** Neighbouring slots together, until there are at most `most`; counts add up, nothing is lost. */
export function coarser(heat: Heat, most: number): Heat {
  let { t_s, w_s, counts } = heat;
  while (t_s.length > most) {
    const next: { t_s: number[]; w_s: number[]; counts: number[][] } = { t_s: [], w_s: [], counts: [] };
    for (let i = 0; i < t_s.length; i += 2) {
      const last = Math.min(i + 1, t_s.length - 1);
      next.t_s.push(t_s[last] ?? 0);
      next.w_s.push((w_s[i] ?? 0) + (last > i ? (w_s[last] ?? 0) : 0));
      const [one, other] = [counts[i] ?? [], last > i ? (counts[last] ?? []) : []];
      next.counts.push(heat.bounds_ms.slice(1).map((_, n) => (one[n] ?? 0) + (other[n] ?? 0)));
    }
    ({ t_s, w_s, counts } = next);
  }
  return { t_s, w_s, bounds_ms: heat.bounds_ms, counts };
}

export interface Shifted {
  heat: Heat;
  offset_s: number;
}

/** Maps of several runs on one time axis. Their ranges are of one grid, each map has a part of it. */
export function heatsInARow(parts: Shifted[]): Heat {
  const bounds = [...new Set(parts.flatMap((part) => part.heat.bounds_ms))].sort((a, b) => a - b);
  const place = new Map(bounds.map((bound, i) => [bound, i]));
  const whole: Heat = { t_s: [], w_s: [], bounds_ms: bounds, counts: [] };
  for (const { heat, offset_s } of parts) {
    whole.t_s.push(...heat.t_s.map((time) => time + offset_s));
    whole.w_s.push(...heat.w_s);
    for (const slot of heat.counts) {
      const counts = new Array<number>(Math.max(bounds.length - 1, 0)).fill(0);
      slot.forEach((count, n) => {
        counts[place.get(heat.bounds_ms[n] ?? 0) ?? 0] = count;
      });
      whole.counts.push(counts);
    }
  }
  return whole;
}

/** The cells that are not empty, shaded relative to the fullest. */
export function cellsOf(heat: Heat): Cell[] {
  const cells: Cell[] = [];
  let fullest = 0;
  heat.counts.forEach((slot, i) => {
    const to = heat.t_s[i] ?? 0;
    const width = heat.w_s[i] ?? 1;
    slot.forEach((count, n) => {
      const low = heat.bounds_ms[n];
      const high = heat.bounds_ms[n + 1];
      if (count <= 0 || low === undefined || high === undefined) return;
      const rate = count / Math.max(width, 1e-9);
      fullest = Math.max(fullest, rate);
      cells.push({ from_s: to - width, to_s: to, low_ms: low, high_ms: high, count, shade: rate });
    });
  });
  const scale = Math.log1p(fullest * 10);
  for (const cell of cells) cell.shade = scale > 0 ? Math.log1p(cell.shade * 10) / scale : 0;
  return cells;
}

/** The range of response times that has cells, a little wider; null without any. */
export function extentOf(cells: Cell[]): [number, number] | null {
  let low = Infinity;
  let high = 0;
  for (const cell of cells) {
    low = Math.min(low, cell.low_ms);
    high = Math.max(high, cell.high_ms);
  }
  return high > 0 ? [Math.max(low, high / 1e7) / 1.1, high * 1.1] : null;
}

/** The cell at a time and response time, for the cursor. */
export function cellAt(cells: Cell[], t_s: number, ms: number): Cell | null {
  return cells.find((cell) => t_s > cell.from_s && t_s <= cell.to_s
    && ms >= cell.low_ms && ms < cell.high_ms) ?? null;
}
