// The columns of the statistics table: what each shows of a row, and how it sorts.
import type { Row } from '../types';
import { bytes, count, percent, quantileName, significant } from './format';

export const kQuantiles = [0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1];

export interface Column {
  id: string;
  label: string;
  title: string; // what it means, in a sentence
  value: (row: Row) => number | null;
  text: (row: Row) => string;
  emphasis?: 'failures'; // coloured when over zero
  width: number; // px
  unit?: 'ms'; // told where the heading has room for it
}

function ms(id: string, label: string, title: string, value: (row: Row) => number | null): Column {
  return { id, label, title, value, text: (row) => significant(value(row)), width: 82, unit: 'ms' };
}

export function failureRatio(row: Row): number | null {
  return row.requests > 0 ? row.failures / row.requests : null;
}

export function quantileColumns(quantiles: number[]): Column[] {
  return quantiles.map((quantile, index) => {
    const column = ms(`p${quantile}`, quantileName(quantile),
      `${Number((quantile * 100).toFixed(4))} % of the requests took no longer (ms); of a group: at most so long`,
      (row) => row.p[index] ?? null);
    return { ...column, text: (row: Row) => (row.bounded && column.value(row) !== null ? `≤ ${column.text(row)}` : column.text(row)) };
  });
}

/** Of a run that is `over` the present rates are those of all of it: in its last ten seconds it had ended. */
export function allColumns(quantiles: number[] = kQuantiles, over = false): Column[] {
  const when = over ? 'over the whole run' : 'over the last ten seconds';
  const rps = (row: Row) => (over ? row.rps_avg : row.rps);
  const fps = (row: Row) => (over ? row.fps_avg : row.fps);
  return [
    { id: 'requests', label: 'Requests', title: 'Requests so far, failed ones included',
      value: (row) => row.requests, text: (row) => count(row.requests), width: 100 },
    { id: 'failures', label: 'Failures', title: 'Failed requests so far',
      value: (row) => row.failures, text: (row) => count(row.failures), emphasis: 'failures', width: 90 },
    { id: 'failure_ratio', label: 'Failed %', title: 'Share of the requests that failed',
      value: failureRatio, text: (row) => percent(failureRatio(row)), emphasis: 'failures', width: 84 },
    ...quantileColumns(quantiles),
    ms('avg', 'Average', 'Average response time (ms)', (row) => row.avg_ms),
    ms('min', 'Min', 'Shortest response time (ms)', (row) => row.min_ms),
    ms('max', 'Max', 'Longest response time (ms)', (row) => row.max_ms),
    { id: 'bytes', label: 'Size', title: 'Average size of a response’s body',
      value: (row) => row.bytes_avg, text: (row) => bytes(row.bytes_avg), width: 90 },
    { id: 'rps', label: 'Req/s', title: `Requests a second, ${when}`,
      value: rps, text: (row) => significant(rps(row)), width: 84 },
    { id: 'fps', label: 'Fail/s', title: `Failures a second, ${when}`,
      value: fps, text: (row) => significant(fps(row)), emphasis: 'failures', width: 78 },
    { id: 'rps_avg', label: 'Avg req/s', title: 'Requests a second, over the whole run',
      value: (row) => row.rps_avg, text: (row) => significant(row.rps_avg), width: 92 },
    { id: 'fps_avg', label: 'Avg fail/s', title: 'Failures a second, over the whole run',
      value: (row) => row.fps_avg, text: (row) => significant(row.fps_avg), emphasis: 'failures', width: 92 },
  ];
}

export const kDefaultColumns =
  ['requests', 'failures', 'failure_ratio', 'p0.5', 'p0.95', 'p0.99', 'avg', 'min', 'max', 'bytes', 'rps', 'fps'];

/** The columns with these names, in the table's order; the default ones if none is left. */
export function chosenColumns(all: Column[], ids: string[]): Column[] {
  const chosen = all.filter((column) => ids.includes(column.id));
  return chosen.length > 0 ? chosen : all.filter((column) => kDefaultColumns.includes(column.id));
}

/** What fits on a phone: the first of these that are chosen. */
export function narrowColumns(chosen: Column[], sortedBy: string | null, most = 4): Column[] {
  const preferred = ['requests', 'failure_ratio', 'p0.5', 'p0.95', 'rps'];
  const rank = (column: Column) => {
    if (column.id === sortedBy) return -1;
    const place = preferred.indexOf(column.id);
    return place < 0 ? preferred.length : place;
  };
  const kept = new Set([...chosen].sort((a, b) => rank(a) - rank(b)).slice(0, most));
  return chosen.filter((column) => kept.has(column));
}

