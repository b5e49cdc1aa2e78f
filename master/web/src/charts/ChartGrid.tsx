import { useMemo } from 'preact/hooks';
import { count, significant } from '../logic/format';
import { prefer, prefs } from '../prefs';
import type { Heat, Point } from '../types';
import { Chart } from './Chart';
import { HeatMap } from './HeatMap';
import { seriesOf, type Other } from './lines';
import type { Mark } from './options';
import { zoom } from './zoom';

interface ChartGridProps {
  subject: string;
  points: Point[];
  heat: Heat | null;
  other: Other | null;
  marks: Mark[];
  users: boolean; // an endpoint has none of its own
}

const kNoMarks: Mark[] = [];

export function ZoomOut() {
  if (!zoom.value) return null;
  return <button type="button" class="button" onClick={() => { zoom.value = null; }}>Whole time</button>;
}

/** The charts of one thing: they share the time, the cursor and the zoom. */
export function ChartGrid({ subject, points, heat, other, marks, users }: ChartGridProps) {
  const throughput = useMemo(() => seriesOf('throughput', points, other), [points, other]);
  const latency = useMemo(() => seriesOf('latency', points, other), [points, other]);
  const people = useMemo(() => seriesOf('users', points, other), [points, other]);
  const end = Math.max(points.at(-1)?.t_s ?? 0, other?.points.at(-1)?.t_s ?? 0);
  const common = { subject, marks: marks.length > 0 ? marks : kNoMarks };
  const { logarithmic } = prefs.value;
  return (
    <div class="chart-grid">
      <Chart {...common} title="Throughput" unit="per second" {...throughput} format={significant} />
      <Chart {...common} title="Response times" unit="ms" {...latency} format={significant} logarithmic={logarithmic}>
        <label class="chart-option">
          <input type="checkbox" checked={logarithmic} onChange={() => prefer({ logarithmic: !logarithmic })} /> log
        </label>
      </Chart>
      <HeatMap subject={subject} heat={heat} alone={other === null} marks={common.marks} end_s={end} />
      {users && <Chart {...common} title="Users" unit="at the same time" {...people} format={count} />}
    </div>
  );
}
