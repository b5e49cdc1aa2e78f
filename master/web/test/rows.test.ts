import { describe, expect, it } from 'vitest';
import { allColumns, chosenColumns, kDefaultColumns, narrowColumns } from '../src/logic/columns';
import { linesOf, prefixOf, sorted, sum, type Wish } from '../src/logic/rows';
import { nextSort } from '../src/logic/sorting';
import { row } from './make';

const columns = allColumns();
const names = (rows: { name: string }[]) => rows.map((one) => one.name);
const plain: Wish = { search: '', sort: null, depth: 0, closed: new Set() };

describe('sorting', () => {
  const rows = [row({ id: 0, name: 'b10', requests: 3 }), row({ id: 1, name: 'b9', requests: 9 }), row({ id: 2, name: 'a', requests: 3 })];
  it('without a wish keeps the order in which they came', () => {
    expect(names(sorted(rows, null, columns))).toEqual(['b10', 'b9', 'a']);
  });
  it('goes by a column, both ways, ties in the order in which they came', () => {
    expect(names(sorted(rows, { column: 'requests', descending: true }, columns))).toEqual(['b9', 'b10', 'a']);
    expect(names(sorted(rows, { column: 'requests', descending: false }, columns))).toEqual(['b10', 'a', 'b9']);
  });
  it('goes by name with numbers as numbers', () => {
    expect(names(sorted(rows, { column: 'name', descending: false }, columns))).toEqual(['a', 'b9', 'b10']);
  });
  it('puts what is not known last, whichever way', () => {
    const some = [row({ id: 0, name: 'none', p: [null] }), row({ id: 1, name: 'slow', p: [9] }), row({ id: 2, name: 'fast', p: [1] })];
    expect(names(sorted(some, { column: 'p0.5', descending: true }, columns))).toEqual(['slow', 'fast', 'none']);
    expect(names(sorted(some, { column: 'p0.5', descending: false }, columns))).toEqual(['fast', 'slow', 'none']);
  });
  it('turns from high to low to none; names from low to high', () => {
    const first = nextSort(null, 'rps');
    expect(first).toEqual({ column: 'rps', descending: true });
    expect(nextSort(first, 'rps')).toEqual({ column: 'rps', descending: false });
    expect(nextSort({ column: 'rps', descending: false }, 'rps')).toBeNull();
    expect(nextSort(first, 'name')).toEqual({ column: 'name', descending: false });
  });
});

describe('searching', () => {
  it('needs every word, in method or name, whatever the case', () => {
    const rows = [row({ id: 0, method: 'GET', name: '/Cart' }), row({ id: 1, method: 'POST', name: '/cart' })];
    const lines = linesOf(rows, { ...plain, search: ' CART post ' }, columns);
    expect(lines.map((line) => line.row.id)).toEqual([1]);
  });
  it('takes what is searched as text, not as a pattern', () => {
    expect(linesOf([row({ name: '/a.b' }), row({ id: 1, name: '/axb' })], { ...plain, search: 'a.b' }, columns)).toHaveLength(1);
  });
});

describe('grouping', () => {
  it('takes the first segments of a name', () => {
    expect(prefixOf('/api/users/7?x=1', 2)).toBe('/api/users');
    expect(prefixOf('/api/users/7', 1)).toBe('/api');
    expect(prefixOf('https://t.example/api/users', 2)).toBe('https://t.example/api');
    expect(prefixOf('login: form', 1)).toBe('login');
    expect(prefixOf('/', 1)).toBe('/');
    expect(prefixOf('', 1)).toBe('(no name)');
  });
  it('adds up counts and rates, weighs averages, and bounds percentiles from above', () => {
    const total = sum('/api', [
      row({ id: 4, requests: 10, failures: 1, avg_ms: 10, min_ms: 2, max_ms: 50, rps: 1, p: [5] }),
      row({ id: 3, requests: 30, avg_ms: 20, min_ms: 1, max_ms: 40, rps: 2, p: [9] }),
    ]);
    expect(total).toMatchObject({ requests: 40, failures: 1, avg_ms: 17.5, min_ms: 1, max_ms: 50, rps: 3, p: [9] });
    expect(allColumns([0.5]).find((column) => column.id === 'p0.5')?.text(total)).toBe('≤ 9.00');
    expect(allColumns([0.5]).find((column) => column.id === 'p0.5')?.text(row({ p: [9] }))).toBe('9.00');
  });
  it('sorts groups by percentiles as well, and has none of one endpoint', () => {
    const rows = [row({ id: 0, name: '/a/1', p: [3] }), row({ id: 1, name: '/a/2', p: [4] }), row({ id: 2, name: '/b/1', p: [7] })];
    const lines = linesOf(rows, { ...plain, depth: 1, sort: { column: 'p0.5', descending: true } }, columns);
    expect(lines.map((line) => [line.kind, line.row.name])).toEqual([['row', '/b/1'], ['group', '/a'], ['row', '/a/2'], ['row', '/a/1']]);
  });
  it('shows a head and its members, or only the head when it is closed', () => {
    const rows = [row({ id: 0, name: '/a/1' }), row({ id: 1, name: '/b/1' }), row({ id: 2, name: '/a/2' })];
    const open = linesOf(rows, { ...plain, depth: 1 }, columns);
    expect(open.map((line) => line.row.name)).toEqual(['/a', '/a/1', '/a/2', '/b/1']);
    const closed = linesOf(rows, { ...plain, depth: 1, closed: new Set(['/a']) }, columns);
    expect(closed.map((line) => line.row.name)).toEqual(['/a', '/b/1']);
  });
  it('sorts groups by their sums, and members within', () => {
    const rows = [row({ id: 0, name: '/a/1', rps: 5 }), row({ id: 1, name: '/b/1', rps: 4 }), row({ id: 2, name: '/b/2', rps: 6 })];
    const lines = linesOf(rows, { ...plain, depth: 1, sort: { column: 'rps', descending: true } }, columns);
    expect(lines.map((line) => line.row.name)).toEqual(['/b', '/b/2', '/b/1', '/a/1']);
  });
  it('makes 10,000 rows into lines, all of them', () => {
    const rows = Array.from({ length: 10_000 }, (_, id) => row({ id, name: `/s${id % 7}/e${id}`, requests: id }));
    const lines = linesOf(rows, { ...plain, depth: 1, sort: { column: 'requests', descending: true } }, columns);
    expect(lines).toHaveLength(10_007);
  });
});

describe('columns', () => {
  it('are the usual ones when none that exists is chosen', () => {
    expect(chosenColumns(columns, ['gone']).map((column) => column.id)).toEqual(
      columns.filter((column) => kDefaultColumns.includes(column.id)).map((column) => column.id));
  });
  it('on a phone contain the one that sorts', () => {
    const narrow = narrowColumns(chosenColumns(columns, kDefaultColumns), 'max');
    expect(narrow).toHaveLength(4);
    expect(narrow.map((column) => column.id)).toContain('max');
  });
  it('show failures as a share of the requests, and none of none', () => {
    const share = columns.find((column) => column.id === 'failure_ratio');
    expect(share?.text(row({ requests: 200, failures: 1 }))).toBe('0.50 %');
    expect(share?.text(row({ requests: 0 }))).toBe('–');
  });
});
