import { beforeEach, describe, expect, it } from 'vitest';
import { isAnother } from '../src/logic/another';
import { active, apply, begun, errors, failureShare, hello as said, meta, notices, notify, points, rows } from '../src/store';
import type { Frame } from '../src/types';
import { error, hello, point, row, stats } from './make';

beforeEach(() => {
  said.value = null;
  meta.value = null;
  rows.value = new Map();
  points.value = [];
  errors.value = null;
  notices.value = [];
});

describe('statistics', () => {
  it('are what changed, on top of what was known', () => {
    apply(stats({ full: true, rows: [row({ id: 1, requests: 1 }), row({ id: 2, requests: 1 })] }));
    apply(stats({ rows: [row({ id: 2, requests: 5 })] }));
    expect([...rows.value.values()].map((one) => one.requests)).toEqual([1, 5]);
  });
  it('of rows out of sight are their counts, until the rest comes', () => {
    apply(stats({ full: true, rows: [row({ id: 1, requests: 1, p: [5] }), row({ id: 2, requests: 1, p: [5] })] }));
    apply(stats({ rows: [row({ id: 1, requests: 2, p: [6] })], counts: [[2, 9, 3, 4.5, 1.5], [99, 1, 1, 1, 1]] }));
    expect([...rows.value.keys()]).toEqual([1, 2]);
    expect(rows.value.get(2)).toEqual(row({ id: 2, requests: 9, failures: 3, rps: 4.5, fps: 1.5, p: [5] }));
    apply({ kind: 'rows', run: meta.value?.run ?? 0, rows: [row({ id: 2, requests: 9, p: [7] })] });
    expect(rows.value.get(2)?.p).toEqual([7]);
    apply({ kind: 'rows', run: 99, rows: [row({ id: 2, p: [8] })] });
    expect(rows.value.get(2)?.p).toEqual([7]);
  });
  it('that are full replace all', () => {
    apply(stats({ rows: [row({ id: 1 })] }));
    apply(stats({ full: true, rows: [row({ id: 2 })] }));
    expect([...rows.value.keys()]).toEqual([2]);
  });
  it('of another run forget the one before', () => {
    apply(stats({ rows: [row({ id: 1 })], history: [point(1)] }));
    apply({ kind: 'errors', errors: [error()] });
    apply(stats({ run: 2, rows: [row({ id: 7 })], history: [point(1)] }));
    expect([...rows.value.keys()]).toEqual([7]);
    expect(points.value).toHaveLength(1);
    expect(errors.value).toBeNull();
  });
  it('that were reset begin their time again', () => {
    apply(stats({ elapsed_s: 50, history: [point(50)] }));
    apply(stats({ elapsed_s: 1, full: true, history: [point(1)] }));
    expect(points.value.map((one) => one.t_s)).toEqual([1]);
  });
  it('do not touch the rows when none changed, so that the table is not drawn again', () => {
    apply(stats({ rows: [row({ id: 1 })] }));
    const before = rows.value;
    apply(stats());
    expect(rows.value).toBe(before);
  });
});

describe('what follows', () => {
  it('from the state', () => {
    apply(hello());
    expect([active.value, begun.value]).toEqual([false, false]);
    apply(stats({ state: 'spawning' }));
    expect([active.value, begun.value]).toEqual([true, true]);
    apply(stats({ state: 'stopped' }));
    expect([active.value, begun.value]).toEqual([false, true]);
  });
  it('from the total', () => {
    apply(stats({ total: row({ requests: 8, failures: 2 }) }));
    expect(failureShare.value).toBe(0.25);
  });
});

it('ignores what a newer server may say', () => {
  apply({ kind: 'weather' } as unknown as Frame);
  expect(meta.value).toBeNull();
});

it('says the same words once, and few at a time', () => {
  for (const text of ['a', 'a', 'b', 'c', 'd']) notify('bad', text);
  expect(notices.value.map((notice) => notice.text)).toEqual(['b', 'c', 'd']);
});

describe('another swarm', () => {
  const shown = stats({ run: 2, run_id: 7, total: row({ requests: 9 }) });
  it('is one with a run that is neither the one shown nor a later one', () => {
    expect(isAnother(shown, stats({ run: 1, run_id: 8 }))).toBe(true);
    expect(isAnother(shown, stats({ run: 0, run_id: 0 }))).toBe(true);
    expect(isAnother(shown, stats({ run: 3, run_id: 8 }))).toBe(false);
    expect(isAnother(shown, stats({ run: 1, run_id: 7 }))).toBe(false);
  });
  it('is of no matter where nothing was measured', () => {
    expect(isAnother(null, shown)).toBe(false);
    expect(isAnother(stats({ total: row({ requests: 0 }) }), stats({ run: 0 }))).toBe(false);
  });
});
