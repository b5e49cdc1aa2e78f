// How a chart of ours looks and behaves, as uPlot's options.
import uPlot from 'uplot';
import { clock, compact } from '../logic/format';
import { logTicks, lone } from '../logic/ticks';
import { colour, type Ink } from './palette';
import { zoom, zoomTo } from './zoom';

export interface Line {
  label: string;
  ink: Ink;
  dashed?: boolean; // of another run
  filled?: boolean;
  scale?: 'y' | 'users';
}

export interface Mark {
  at_s: number;
  label: string;
}

export interface Look {
  lines: Line[];
  logarithmic: boolean;
  marks: Mark[];
  format: (value: number) => string; // of the y axis
  plugins?: uPlot.Plugin[];
  range?: (u: uPlot) => [number, number]; // of a logarithmic axis that has no lines
}

const kUnseen: uPlot.Series = { scale: 'y', stroke: 'transparent', points: { show: false } };

export const kSyncKey = 'swarm';

function faded(hex: string): string {
  return `${hex}22`;
}

function marker(marks: Mark[]): uPlot.Plugin {
  return {
    hooks: {
      draw: (u) => {
        const { ctx, bbox } = u;
        ctx.save();
        ctx.strokeStyle = colour('text');
        ctx.fillStyle = colour('text');
        ctx.globalAlpha = 0.55;
        ctx.setLineDash([4 * uPlot.pxRatio, 4 * uPlot.pxRatio]);
        ctx.font = `${11 * uPlot.pxRatio}px system-ui, sans-serif`;
        for (const mark of marks) {
          const x = u.valToPos(mark.at_s, 'x', true);
          if (x < bbox.left - 1 || x > bbox.left + bbox.width) continue;
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          // On its right, or where that has no room on its left.
          const gap = 4 * uPlot.pxRatio;
          const room = x + gap + ctx.measureText(mark.label).width <= bbox.left + bbox.width;
          ctx.textAlign = room ? 'left' : 'right';
          ctx.fillText(mark.label, room ? x + gap : x - gap, bbox.top + 11 * uPlot.pxRatio);
        }
        ctx.restore();
      },
    },
  };
}

function timeRange(u: uPlot): [number, number] {
  if (zoom.value) return zoom.value;
  const times = u.data[0];
  const last = times[times.length - 1] ?? 0;
  return [Math.min(0, times[0] ?? 0), Math.max(last, 10)];
}

function logRange(_: uPlot, low: number | null, high: number | null): [number, number] {
  return [Math.max((low ?? 1) / 1.2, 1e-3), Math.max((high ?? 10) * 1.2, 1e-2)];
}

function linearRange(_: uPlot, __: number | null, high: number | null): [number, number] {
  return [0, high !== null && high > 0 ? high * 1.08 : 1];
}

export function optionsOf(look: Look, width: number, height: number): uPlot.Options {
  const axis = {
    stroke: colour('axis'), font: '11px Inter, system-ui, sans-serif',
    grid: { stroke: colour('grid'), width: 1 }, ticks: { show: false },
  };
  const byUsers = look.lines.some((line) => line.scale === 'users');
  const logarithmic = look.logarithmic;
  return {
    width, height, padding: [10, 12, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: kSyncKey, scales: ['x', null] },
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
      y: look.lines.length === 0,
    },
    scales: {
      x: { time: false, range: timeRange },
      y: logarithmic
        ? { distr: 3, log: 10, range: look.range ?? logRange }
        : { range: linearRange },
      ...(byUsers ? { users: { range: linearRange } } : {}),
    },
    axes: [
      { ...axis, size: 28, values: (_, splits) => splits.map(clock), space: 70,
        incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400] },
      { ...axis, size: 54, values: (_, splits) => splits.map(look.format),
        ...(logarithmic ? { filter: (_: uPlot, splits: number[]) => splits,
          splits: (_: uPlot, __: number, low: number, high: number) => logTicks(low, high) } : {}) },
      ...(byUsers ? [{ ...axis, scale: 'users', side: 1, size: 46, grid: { show: false },
        values: (_: uPlot, splits: number[]) => splits.map(compact) } satisfies uPlot.Axis] : []),
    ],
    // uPlot scales by its lines: a chart that draws for itself has one that is not seen.
    series: [{}, ...(look.lines.length === 0 ? [kUnseen] : []), ...look.lines.map((line): uPlot.Series => ({
      label: line.label, scale: line.scale ?? 'y', stroke: colour(line.ink), width: line.dashed ? 1.25 : 1.75,
      ...(line.dashed ? { dash: [5, 4] } : {}), ...(line.filled ? { fill: faded(colour(line.ink)) } : {}),
      // A line needs two: what stands alone is a dot.
      points: { show: false, size: 5, fill: colour(line.ink), filter: (u, i) => lone(u.data[i] ?? []) },
    }))],
    plugins: [marker(look.marks), ...(look.plugins ?? [])],
    hooks: {
      setSelect: [(u) => {
        if (u.select.width > 4) {
          zoomTo(u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'));
        }
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      }],
    },
  };
}
