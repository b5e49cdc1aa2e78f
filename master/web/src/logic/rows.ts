// From all rows to the lines that the table shows: searched, sorted, grouped by the beginning of
// their names.
import type { Row } from '../types';
import type { Column } from './columns';

export interface Sort {
  column: string; // a column's id, 'name' or 'method'
  descending: boolean;
}

export interface GroupLine {
  kind: 'group';
  key: string;
  row: Row; // sums; of percentiles the greatest, which that of all is not above
  size: number;
  open: boolean;
}

export interface RowLine {
  kind: 'row';
  row: Row;
  indented: boolean;
}

export type Line = GroupLine | RowLine;

export function matches(row: Row, words: string[]): boolean {
  if (words.length === 0) return true;
  const text = `${row.method} ${row.name}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

export function wordsOf(search: string): string[] {
  return search.toLowerCase().split(/\s+/).filter((word) => word !== '');
}

const collator = new Intl.Collator('en', { numeric: true });

function compareBy(sort: Sort, columns: Column[]): (a: Row, b: Row) => number {
  const direction = sort.descending ? -1 : 1;
  if (sort.column === 'name') {
    return (a, b) => direction * collator.compare(a.name.slice(0, 200), b.name.slice(0, 200));
  }
  if (sort.column === 'method') {
    return (a, b) => direction * collator.compare(a.method, b.method);
  }
  const column = columns.find((candidate) => candidate.id === sort.column);
  if (!column) return () => 0;
  return (a, b) => {
    const left = column.value(a);
    const right = column.value(b);
    // What is not known comes last, whichever way.
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return direction * (left - right);
  };
}

export function sorted(rows: Row[], sort: Sort | null, columns: Column[]): Row[] {
  // Stable: what is equal stays in the order in which it came.
  return sort ? [...rows].sort(compareBy(sort, columns)) : rows;
}

/** The first `depth` segments of a name: '/api/users/7?x' at 2 is '/api/users'. */
export function prefixOf(name: string, depth: number): string {
  const address = /^[a-z]+:\/\//i.exec(name)?.[0] ?? '';
  const path = name.slice(address.length).split(/[?#]/, 1)[0] ?? '';
  const rooted = path.startsWith('/') ? '/' : '';
  const segments = path.split('/').filter((segment) => segment !== '');
  if (segments.length === 0) return name === '' ? '(no name)' : `${address}${rooted || path}`;
  if (!address && !rooted && segments.length === 1) return path.split(/[\s:]+/, 1)[0] ?? path;
  return address + rooted + segments.slice(0, depth).join('/');
}

function weighted(rows: Row[], value: (row: Row) => number | null): number | null {
  let sum = 0;
  let weight = 0;
  for (const row of rows) {
    const one = value(row);
    if (one === null || row.requests === 0) continue;
    sum += one * row.requests;
    weight += row.requests;
  }
  return weight > 0 ? sum / weight : null;
}

function extreme(rows: Row[], value: (row: Row) => number | null, pick: (a: number, b: number) => number) {
  return rows.reduce<number | null>((found, row) => {
    const one = value(row);
    return one === null ? found : found === null ? one : pick(found, one);
  }, null);
}

export function sum(key: string, rows: Row[]): Row {
  const add = (value: (row: Row) => number) => rows.reduce((total, row) => total + value(row), 0);
  const methods = new Set(rows.map((row) => row.method));
  return {
    id: Math.min(...rows.map((row) => row.id)),
    method: methods.size === 1 ? (rows[0]?.method ?? '') : '',
    name: key,
    requests: add((row) => row.requests),
    failures: add((row) => row.failures),
    avg_ms: weighted(rows, (row) => row.avg_ms),
    min_ms: extreme(rows, (row) => row.min_ms, Math.min),
    max_ms: extreme(rows, (row) => row.max_ms, Math.max),
    bytes_avg: weighted(rows, (row) => row.bytes_avg) ?? 0,
    rps: add((row) => row.rps),
    fps: add((row) => row.fps),
    rps_avg: add((row) => row.rps_avg),
    fps_avg: add((row) => row.fps_avg),
    p: (rows[0]?.p ?? []).map((_, i) => extreme(rows, (row) => row.p[i] ?? null, Math.max)),
    bounded: true,
  };
}

export interface Wish {
  search: string;
  sort: Sort | null;
  depth: number; // 0: no groups
  closed: ReadonlySet<string>;
}

export function linesOf(rows: Iterable<Row>, wish: Wish, columns: Column[]): Line[] {
  const words = wordsOf(wish.search);
  const found = [...rows].filter((row) => matches(row, words));
  if (wish.depth === 0) {
    return sorted(found, wish.sort, columns).map((row) => ({ kind: 'row', row, indented: false }));
  }
  const groups = new Map<string, Row[]>();
  for (const row of found) {
    const key = prefixOf(row.name, wish.depth);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const members = new Map<Row, Row[]>();
  for (const [key, group] of groups) {
    const [only] = group;
    members.set(group.length === 1 && only ? only : sum(key, group), group);
  }
  return sorted([...members.keys()], wish.sort, columns).flatMap((total): Line[] => {
    const group = members.get(total) ?? [];
    if (group.length === 1) return [{ kind: 'row', row: total, indented: false }];
    const open = !wish.closed.has(total.name);
    const head: Line = { kind: 'group', key: total.name, row: total, size: group.length, open };
    if (!open) return [head];
    return [head, ...sorted(group, wish.sort, columns)
      .map((row): Line => ({ kind: 'row', row, indented: true }))];
  });
}
