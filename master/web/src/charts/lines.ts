// Which lines the charts of a run have, alone or with those of another run laid over them.
import { heatsInARow, type Shifted } from '../logic/heat';
import { columnsOf, joined, type Field } from '../logic/timeline';
import type { Heat, History, Point } from '../types';
import type { Ink } from './palette';
import type { Line } from './options';
import type { Columns } from './usePlot';

interface Part {
  field: Field & Ink;
  label: string;
  filled?: boolean;
}

export const kParts = {
  throughput: [
    { field: 'rps', label: 'Requests/s', filled: true }, { field: 'fps', label: 'Failures/s', filled: true },
  ],
  latency: [
    // The last one is drawn over the others: where all are the same it is the median that is seen.
    { field: 'p99', label: 'p99' }, { field: 'p95', label: 'p95' },
    { field: 'p75', label: 'p75' }, { field: 'p50', label: 'Median' },
  ],
  users: [{ field: 'users', label: 'Users', filled: true }],
} satisfies Record<string, Part[]>;

export type ChartKind = keyof typeof kParts;

export interface Series {
  lines: Line[];
  data: Columns;
}

export interface Other {
  label: string;
  points: Point[];
}

function linesOf(parts: Part[], label: string | null): Line[] {
  return parts.map((part) => ({
    label: label === null ? part.label : `${part.label}, ${label}`, ink: part.field,
    filled: label === null && (part.filled ?? false), dashed: label !== null,
  }));
}

export function seriesOf(kind: ChartKind, points: Point[], other: Other | null): Series {
  const all: Part[] = kParts[kind];
  // Two runs with four percentiles each are eight lines: of both, the three that matter.
  const parts = other && kind === 'latency' ? all.filter((part) => part.field !== 'p75') : all;
  const fields = parts.map((part) => part.field);
  const own = columnsOf(points, fields);
  // Users are told with reports: where they are not known they are on their way, which is no gap.
  if (!other && kind === 'users') return { lines: linesOf(parts, null), data: own.map((column) => column.map((value) => value ?? undefined)) };
  if (!other) return { lines: linesOf(parts, null), data: own };
  return {
    lines: [...linesOf(parts, null), ...linesOf(parts, other.label)],
    data: joined([own, columnsOf(other.points, fields)]) as Columns,
  };
}

/** What happened in a run, where its charts show it. */
export function marksOf(history: History | null): { at_s: number; label: string }[] {
  return (history?.marks ?? []).map(({ at_s, text }) => ({ at_s, label: text }));
}

export interface Sequence {
  points: Point[];
  heat: Heat | null; // of those runs whose map is known
  marks: { at_s: number; label: string }[];
}

export interface RunInARow {
  run: number;
  started: string | null;
  points: Point[];
  heat?: Heat | null;
}

/** Runs one after the other on one time axis, as they happened, each marked where it begins. */
export function inARow(runs: RunInARow[]): Sequence {
  const ordered = [...runs].sort((a, b) => a.run - b.run);
  const first = Date.parse(ordered[0]?.started ?? '');
  const sequence: Sequence = { points: [], heat: null, marks: [] };
  const heats: Shifted[] = [];
  let end = 0;
  for (const { run, started, points, heat } of ordered) {
    const wall = (Date.parse(started ?? '') - first) / 1000;
    // Without a clock, and where pauses would take the room of what happened: close together.
    const offset = Number.isFinite(wall) && wall >= end && wall - end < Math.max(60, end / 4) ? wall : end + (end > 0 ? 5 : 0);
    sequence.marks.push({ at_s: offset, label: `run ${run}` });
    for (const point of points) sequence.points.push({ ...point, t_s: point.t_s + offset });
    if (heat && heat.bounds_ms.length > 1) heats.push({ heat, offset_s: offset });
    end = offset + (points.at(-1)?.t_s ?? 0);
  }
  if (heats.length > 0) sequence.heat = heatsInARow(heats);
  return sequence;
}
