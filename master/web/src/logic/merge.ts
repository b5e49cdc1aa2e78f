// What is known of the rows, with what the server has just said of some of them.
import type { Counts, Row } from '../types';

type Known = ReadonlyMap<number, Row>;

export function merged(known: Known, changed: Row[], counts: Counts[] = []): Known {
  if (changed.length === 0 && counts.length === 0) return known;
  const next = new Map(known);
  for (const row of changed) next.set(row.id, row);
  for (const [id, requests, failures, rps, fps] of counts) {
    const row = next.get(id);
    if (row) next.set(id, { ...row, requests, failures, rps, fps });
  }
  return next;
}
