// What a click on a column's heading does.
import type { Sort } from './rows';

/** None, then the way in which one looks for trouble, then the other, then none again. */
export function nextSort(now: Sort | null, column: string): Sort | null {
  const textual = column === 'name' || column === 'method';
  if (now?.column !== column) return { column, descending: !textual };
  return now.descending === textual ? null : { column, descending: textual };
}
