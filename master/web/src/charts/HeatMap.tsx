import { useMemo, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { count, duration, significant } from '../logic/format';
import { cellAt, cellsOf, coarser, extentOf, type Cell } from '../logic/heat';
import type { Heat } from '../types';
import { Chart } from './Chart';
import { heatPlugin } from './heatPlugin';
import type { Line, Mark } from './options';

const kNoLines: Line[] = [];
const kEmpty: Heat = { t_s: [], w_s: [], bounds_ms: [], counts: [] };

interface HeatMapProps {
  heat: Heat | null;
  subject: string;
  alone: boolean; // what else the other charts show, a map cannot
  marks: Mark[];
  end_s: number; // the time axis ends where the other charts' does
}

export function HeatMap({ heat, subject, alone, marks, end_s }: HeatMapProps) {
  const cells = useMemo(() => cellsOf(coarser(heat ?? kEmpty, 300)), [heat]);
  const extent = useMemo(() => extentOf(cells) ?? [1, 1000] as [number, number], [cells]);
  const latest = useRef<{ cells: Cell[]; extent: [number, number] }>({ cells, extent });
  latest.current = { cells, extent };
  const plugins = useMemo(() => [heatPlugin(() => latest.current.cells)], []);
  const range = useMemo(() => (): [number, number] => latest.current.extent, []);
  // The slots' ends, the end of the axis, and the line that is not seen.
  const data = useMemo(() => {
    const times = (heat ?? kEmpty).t_s;
    const all = end_s > (times.at(-1) ?? 0) ? [...times, end_s] : times;
    return [all, all.map(() => extent[0])];
  }, [heat, end_s, extent]);
  const hint = (u: uPlot) => {
    const { left, top } = u.cursor;
    if (left === undefined || top === undefined || left < 0 || top < 0) return null;
    const cell = cellAt(latest.current.cells, u.posToVal(left, 'x'), u.posToVal(top, 'y'));
    return cell && `${significant(cell.low_ms)} – ${duration(cell.high_ms)}: ${count(cell.count)} requests`;
  };
  return (
    <Chart title="Latency heat map" unit={alone ? 'ms, logarithmic' : 'ms, logarithmic; of this run'} subject={subject} lines={kNoLines} data={data}
      format={significant} logarithmic marks={marks} plugins={plugins} range={range} hint={hint}>
      <span class="heat-scale" aria-hidden="true"><span>few</span><i /><span>many requests</span></span>
    </Chart>
  );
}
