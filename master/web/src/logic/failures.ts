// The list of failures: searched, and sorted as one wants to see it.
import type { ErrorRow, Exchange } from '../types';
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

/** Without an answer, and before any time was spent on waiting for one, there was no connection to send over. */
export function wasSent({ status, phases }: Exchange): boolean {
  return status !== null || phases === null || (phases.wait_ms ?? 0) > 0 || (phases.read_ms ?? 0) > 0;
}

export interface Cause {
  text: string;
  count: number;
  errors: ErrorRow[]; // in the order in which they came
}

/** Without the address that some texts end with: the same on each endpoint. */
export function causeOf(error: string): string {
  return error.replace(/ for url: .*$/s, '');
}

/** Together what failed for the same cause, in the order of the first of each. */
export function causesOf(errors: ErrorRow[]): Cause[] {
  const causes = new Map<string, Cause>();
  for (const error of errors) {
    const text = causeOf(error.error);
    const known = causes.get(text);
    if (known) {
      known.count += error.count;
      known.errors.push(error);
    } else {
      causes.set(text, { text, count: error.count, errors: [error] });
    }
  }
  return [...causes.values()];
}
