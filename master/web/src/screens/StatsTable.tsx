import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Column } from '../logic/columns';
import { plural } from '../logic/format';
import { hashOf } from '../logic/route';
import type { Line, Sort } from '../logic/rows';
import { narrow } from '../prefs';
import { sight } from '../store';
import type { Row } from '../types';
import { Icon } from '../ui/Icon';
import { Name } from '../ui/Name';
import { useVirtual } from '../ui/useVirtual';

interface StatsTableProps {
  lines: Line[];
  columns: Column[];
  total: Row;
  sort: Sort | null;
  onSort: (column: string) => void;
  onToggle: (group: string) => void;
}

const kLine_px = 33;
const kNarrowLine_px = 58;

/** Which line was opened last: back from there, one is on it again. */
let opened: number | null = null;

function open(id: number): void {
  opened = id;
  location.hash = hashOf('statistics', id);
}

function Cells({ row, columns }: { row: Row; columns: Column[] }) {
  return (
    <>
      {columns.map((column) => (
        <span key={column.id} role="cell" data-label={column.unit ? `${column.label}, ${column.unit}` : column.label}
          class={`number ${column.emphasis && (column.value(row) ?? 0) > 0 ? 'bad' : ''}`}>
          {column.text(row)}
        </span>
      ))}
    </>
  );
}

interface LineProps {
  line: Line;
  index: number;
  columns: Column[];
  marked: boolean;
  onToggle: (group: string) => void;
}

function TableLine({ line, index, columns, marked, onToggle }: LineProps) {
  const { row } = line;
  if (line.kind === 'group') {
    return (
      <div role="row" class={`line group ${marked ? 'marked' : ''}`} aria-rowindex={index + 3}>
        <span role="cell" class="name">
          <button type="button" class="group-button" aria-expanded={line.open} onClick={() => onToggle(line.key)}>
            <Icon name="chevron" /><Name text={line.key} />
            <span class="group-size">{plural(line.size, 'endpoint')}</span>
          </button>
        </span>
        <Cells row={row} columns={columns} />
      </div>
    );
  }
  return (
    <div role="row" class={`line ${line.indented ? 'indented' : ''} ${marked ? 'marked' : ''}`} aria-rowindex={index + 3}
      onClick={() => open(row.id)}>
      <span role="cell" class="name">
        <span class="method">{row.method}</span>
        <a href={hashOf('statistics', row.id)} onClick={(event) => { opened = row.id; event.stopPropagation(); }}><Name text={row.name} middle /></a>
      </span>
      <Cells row={row} columns={columns} />
    </div>
  );
}

function Heading({ id, label, title, sort, onSort }: { id: string; label: string; title: string; sort: Sort | null; onSort: (id: string) => void }) {
  const way = sort?.column === id ? (sort.descending ? 'descending' : 'ascending') : undefined;
  return (
    <span role="columnheader" class={id === 'name' ? 'name' : 'number'} aria-sort={way ?? 'none'}>
      <button type="button" class="sorter" title={title} onClick={() => onSort(id)}>
        {label}<span class="arrow" aria-hidden="true">{way === 'descending' ? '↓' : way === 'ascending' ? '↑' : ''}</span>
      </button>
    </span>
  );
}

/** Has the rows on the screen told at once. */
function useSight(lines: Line[], from: number, to: number): void {
  const key = lines.slice(from, to).flatMap((line) => (line.kind === 'row' ? [line.row.id] : [])).join();
  useEffect(() => {
    sight.value = key === '' ? [] : key.split(',').map(Number);
  }, [key]);
  useEffect(() => () => { sight.value = []; }, []);
}

export function StatsTable({ lines, columns, total, sort, onSort, onToggle }: StatsTableProps) {
  const height = narrow.value ? kNarrowLine_px : kLine_px;
  const { box, from, to, reveal } = useVirtual(lines.length, height, 70);
  const [marked, setMarked] = useState(() => lines.findIndex((line) => line.kind === 'row' && line.row.id === opened));
  useSight(lines, from, to);
  const content = useRef<HTMLDivElement>(null);
  const template = useMemo(
    () => `minmax(220px, 1fr) ${columns.map((column) => `${column.width}px`).join(' ')}`, [columns]);
  const least = 220 + columns.reduce((sum, column) => sum + column.width, 0);

  useEffect(() => {
    const style = box.current?.style;
    style?.setProperty('--columns', template);
    style?.setProperty('--least', `${least}px`);
    content.current?.style.setProperty('height', `${lines.length * height}px`);
  }, [box, template, least, lines.length, height]);

  const move = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 15, PageUp: -15, Home: -1e9, End: 1e9 };
    const step = steps[event.key];
    if (step !== undefined && !event.ctrlKey && !event.metaKey) {
      const next = Math.max(0, Math.min(lines.length - 1, marked + step));
      setMarked(next);
      reveal(next);
      event.preventDefault();
      return;
    }
    const line = lines[marked];
    if (event.key !== 'Enter' || !line || event.target !== box.current) return;
    if (line.kind === 'group') onToggle(line.key);
    else open(line.row.id);
  };
  return (
    <div class="table-box panel" ref={box} tabIndex={0} role="table" aria-label="Statistics of each endpoint"
      aria-rowcount={lines.length + 2} onKeyDown={move} data-table>
      <div role="rowgroup" class="table-head">
        <div role="row" class="line head" aria-rowindex={1}>
          <Heading id="name" label="Endpoint" title="Method and name" sort={sort} onSort={onSort} />
          {columns.map((column) => (
            <Heading key={column.id} id={column.id} label={column.label} title={column.title} sort={sort} onSort={onSort} />
          ))}
        </div>
        <div role="row" class="line total" aria-rowindex={2}>
          <span role="cell" class="name">All endpoints</span>
          <Cells row={total} columns={columns} />
        </div>
      </div>
      <div role="rowgroup" class="table-body" ref={content}>
        <Lines lines={lines} from={from} to={to} height={height} columns={columns} marked={marked} onToggle={onToggle} />
      </div>
      {lines.length === 0 && <p class="nothing">No endpoint has these words in its method and name.</p>}
    </div>
  );
}

interface LinesProps {
  lines: Line[];
  from: number;
  to: number;
  height: number;
  columns: Column[];
  marked: number;
  onToggle: (group: string) => void;
}

function Lines({ lines, from, to, height, columns, marked, onToggle }: LinesProps) {
  const part = useRef<HTMLDivElement>(null);
  useEffect(() => {
    part.current?.style.setProperty('transform', `translateY(${from * height}px)`);
  }, [from, height]);
  return (
    <div ref={part} role="presentation" class="lines">
      {lines.slice(from, to).map((line, i) => (
        <TableLine key={line.kind === 'group' ? `group ${line.key}` : line.row.id} line={line} index={from + i}
          columns={columns} marked={from + i === marked} onToggle={onToggle} />
      ))}
    </div>
  );
}
