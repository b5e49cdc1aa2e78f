// The statistics as a file for spreadsheets, where no server makes one.
import type { Row } from '../types';
import type { Column } from './columns';

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvOf(rows: Iterable<Row>, columns: Column[]): string {
  const lines = [['Type', 'Name', ...columns.map((column) => column.label)]];
  for (const row of rows) {
    lines.push([row.method, row.name, ...columns.map((column) => String(column.value(row) ?? ''))]);
  }
  return lines.map((line) => `${line.map(quoted).join(',')}\n`).join('');
}
