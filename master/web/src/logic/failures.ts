// The list of failures: searched, and sorted as one wants to see it.
import type { ErrorRow } from '../types';
import { wordsOf } from './rows';

export type ErrorOrder = 'count' | 'latest' | 'first' | 'name';

const kCompare: Record<ErrorOrder, (a: ErrorRow, b: ErrorRow) => number> = {
  count: (a, b) => b.count - a.count,
  latest: (a, b) => b.last_s - a.last_s,
  first: (a, b) => a.first_s - b.first_s,
  name: (a, b) => a.name.slice(0, 200).localeCompare(b.name.slice(0, 200)),
};

export function orderedErrors(errors: ErrorRow[], search: string, order: ErrorOrder): ErrorRow[] {
  const words = wordsOf(search);
  return errors
    .filter((error) => {
      const text = `${error.method} ${error.name} ${error.error}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => kCompare[order](a, b) || a.id - b.id);
}
