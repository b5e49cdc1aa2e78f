// Two runs beside each other: what changed, and whether that is worth a colour.
import type { Row } from '../types';
import { percent } from './format';

export interface Change {
  words: string;
  good: boolean | null; // null: neither
}

// Less than this is what two runs of the same differ by anyway.
const kSame = 0.02;
const kSamePoints = 0.0005;
const kNoise = 0.1;
const kNoisePoints = 0.005;

/** From `then` to `now`; of a share in percentage points. No value: it cannot be told. */
export function changeOf(now: number | null, then: number | null, better: 'less' | 'more' | null, points: boolean): Change | null {
  if (now === null || then === null || !Number.isFinite(now) || !Number.isFinite(then)) return null;
  const same: Change = { words: 'about the same', good: null };
  if (now === then) return { words: '=', good: null };
  const sign = now > then ? '+' : '−';
  const improved = better === null ? null : (now > then) === (better === 'more');
  if (points) {
    const by = Math.abs(now - then);
    if (by < kSamePoints) return same;
    return { words: `${sign}${percent(by).replace(' %', ' points')}`, good: by < kNoisePoints ? null : improved };
  }
  if (then === 0) return null;
  const by = Math.abs(now / then - 1);
  if (by < kSame) return same;
  return { words: by >= 10 ? `× ${Math.round(now / then)}` : `${sign}${percent(by)}`, good: by < kNoise ? null : improved };
}

export interface Pair {
  key: string;
  now: Row | null; // of this run
  then: Row | null; // of the other
}

/** Each endpoint of either run once; what `value` of it has grown the most comes first, what is in one run only last. */
export function compared(now: Row[], then: Row[], value: (row: Row) => number | null): Pair[] {
  const keyOf = (row: Row) => `${row.method} ${row.name}`;
  const pairs = new Map<string, Pair>(now.map((row) => [keyOf(row), { key: keyOf(row), now: row, then: null }]));
  for (const row of then) {
    const pair = pairs.get(keyOf(row));
    if (pair) pair.then = row;
    else pairs.set(keyOf(row), { key: keyOf(row), now: null, then: row });
  }
  const growth = ({ now: one, then: other }: Pair) => {
    const [left, right] = [one && value(one), other && value(other)];
    return left === null || right === null || right === 0 ? -Infinity : left / right;
  };
  return [...pairs.values()].sort((a, b) => {
    const [left, right] = [growth(a), growth(b)];
    return left === right ? 0 : right - left;
  });
}
