import { describe, expect, it } from 'vitest';
import { inARow, seriesOf } from '../src/charts/lines';
import { cellAt, cellsOf, coarser, extentOf, heatsInARow } from '../src/logic/heat';
import { logTicks, lone } from '../src/logic/ticks';
import { appended, columnsOf, joined } from '../src/logic/timeline';
import { point } from './make';

describe('appended', () => {
  it('takes later points only', () => {
    const known = [point(1), point(2)];
    expect(appended(known, [point(2), point(3)]).map((one) => one.t_s)).toEqual([1, 2, 3]);
    expect(appended(known, [point(1)])).toBe(known);
  });
  it('lets a slot that has filled take the place of what was known of it', () => {
    const known = [point(1), point(1.4, { w_s: 0.4, rps: 9 })];
    expect(appended(known, [point(2)]).map((one) => one.t_s)).toEqual([1, 2]);
    expect(appended(known, [point(1.8, { w_s: 0.8 })]).map((one) => one.t_s)).toEqual([1, 1.8]);
  });
  it('lets wide slots take the place of the narrow ones that they are made of', () => {
    const known = [point(2, { w_s: 2 }), point(3), point(4)];
    expect(appended(known, [point(6, { w_s: 4 })]).map((one) => one.t_s)).toEqual([2, 6]);
  });
});

describe('columnsOf', () => {
  it('is times and a column for each field', () => {
    expect(columnsOf([point(1, { rps: 5 }), point(2, { rps: 6 })], ['rps', 'p50'])).toEqual([[1, 2], [5, 6], [1, 1]]);
  });
  it('breaks the line where nothing was told for long', () => {
    expect(columnsOf([point(1), point(9)], ['rps'])).toEqual([[1, 2, 9], [1, null, 1]]);
  });
  it('moves a run in time', () => {
    expect(columnsOf([point(1)], ['rps'], 100)[0]).toEqual([101]);
  });
});

describe('joined', () => {
  it('lays runs over each other on all their times', () => {
    expect(joined([[[1, 3], [10, 30]], [[2, 3], [20, null]]])).toEqual([[1, 2, 3], [10, undefined, 30], [undefined, 20, null]]);
  });
});

describe('seriesOf', () => {
  it('dashes the other run, and has a name for each line', () => {
    const { lines, data } = seriesOf('throughput', [point(1)], { label: 'run 3', points: [point(2)] });
    expect(lines.map((line) => line.label)).toEqual(['Requests/s', 'Failures/s', 'Requests/s, run 3', 'Failures/s, run 3']);
    expect(lines.map((line) => line.dashed)).toEqual([false, false, true, true]);
    expect(data).toHaveLength(5);
  });
});

describe('inARow', () => {
  it('puts runs where they happened, and marks them', () => {
    const { points, marks } = inARow([
      { run: 2, started: '2026-01-01T00:01:00Z', points: [point(1)] }, { run: 1, started: '2026-01-01T00:00:00Z', points: [point(1), point(2)] },
    ]);
    expect(points.map((one) => one.t_s)).toEqual([1, 2, 61]);
    expect(marks).toEqual([{ at_s: 0, label: 'run 1' }, { at_s: 60, label: 'run 2' }]);
  });
  it('does not let a night between two runs take all the room', () => {
    const { points } = inARow([{ run: 1, started: '2026-01-01T00:00:00Z', points: [point(100)] }, { run: 2, started: '2026-01-02T00:00:00Z', points: [point(1)] }]);
    expect(points[1]?.t_s).toBe(106);
  });
});

describe('logTicks', () => {
  it('are round, wherever the axis begins', () => {
    expect(logTicks(0.0186, 10_320)).toEqual([0.1, 1, 10, 100, 1000, 10_000]);
    expect(logTicks(2.3, 340)).toEqual([5, 10, 20, 50, 100, 200]);
    expect(logTicks(1032, 2064)).toEqual([1200, 1400, 1600, 1800, 2000]);
    expect(logTicks(0, 5)).toEqual([]);
  });
});

describe('lone', () => {
  it('is a value that no line reaches', () => {
    expect(lone([1, null, 2, 3, null, 4])).toEqual([0, 5]);
    expect(lone([1, undefined, 2, null, undefined, 3, undefined])).toEqual([5]);
    expect(lone([1, 2, 3])).toEqual([]);
    expect(lone([])).toEqual([]);
  });
});

describe('heatsInARow', () => {
  it('has each run in its time, and its counts in their ranges', () => {
    const one = { t_s: [1, 2], w_s: [1, 1], bounds_ms: [1, 2, 4], counts: [[3, 0], [0, 4]] };
    const other = { t_s: [1], w_s: [1], bounds_ms: [2, 4, 8], counts: [[5, 6]] };
    expect(heatsInARow([{ heat: one, offset_s: 0 }, { heat: other, offset_s: 60 }])).toEqual({
      t_s: [1, 2, 61], w_s: [1, 1, 1], bounds_ms: [1, 2, 4, 8], counts: [[3, 0, 0], [0, 4, 0], [0, 5, 6]],
    });
  });
  it('is the map of runs in a row', () => {
    const heat = { t_s: [1], w_s: [1], bounds_ms: [1, 2], counts: [[3]] };
    const row = inARow([{ run: 1, started: null, points: [point(1)], heat }, { run: 2, started: null, points: [point(1)] }]);
    expect(row.heat).toEqual(heat);
    expect(inARow([{ run: 1, started: null, points: [point(1)] }]).heat).toBeNull();
  });
});

describe('a heat map', () => {
  const heat = { t_s: [1, 2, 3], w_s: [1, 1, 1], bounds_ms: [1, 10, 100], counts: [[4, 0], [0, 2], [1, 0]] };
  it('has a cell for every count that is not zero', () => {
    const cells = cellsOf(heat);
    expect(cells.map(({ from_s, to_s, low_ms, high_ms, count }) => [from_s, to_s, low_ms, high_ms, count]))
      .toEqual([[0, 1, 1, 10, 4], [1, 2, 10, 100, 2], [2, 3, 1, 10, 1]]);
  });
  it('shades the fullest with one and others less, none with nothing', () => {
    const shades = cellsOf(heat).map((cell) => cell.shade);
    expect(shades[0]).toBeCloseTo(1);
    expect(shades[1]).toBeLessThan(1);
    expect(shades[2]).toBeGreaterThan(0);
  });
  it('becomes coarser without losing a request', () => {
    const less = coarser(heat, 2);
    expect(less).toMatchObject({ t_s: [2, 3], w_s: [2, 1], counts: [[4, 2], [1, 0]] });
  });
  it('is read at a time and a response time', () => {
    expect(cellAt(cellsOf(heat), 1.5, 50)?.count).toBe(2);
    expect(cellAt(cellsOf(heat), 1.5, 5)).toBeNull();
  });
  it('reaches from its lowest to its highest cell', () => {
    const [low, high] = extentOf(cellsOf(heat)) ?? [0, 0];
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(100);
    expect(extentOf([])).toBeNull();
  });
  it('may be empty, or of a single slot', () => {
    expect(cellsOf({ t_s: [], w_s: [], bounds_ms: [], counts: [] })).toEqual([]);
    expect(coarser({ t_s: [1], w_s: [1], bounds_ms: [1, 2], counts: [[3]] }, 1).counts).toEqual([[3]]);
  });
});
