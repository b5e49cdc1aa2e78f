import { useMemo, useRef, useState } from 'preact/hooks';
import { allColumns, chosenColumns, narrowColumns } from '../logic/columns';
import { plural } from '../logic/format';
import { linesOf } from '../logic/rows';
import { nextSort } from '../logic/sorting';
import { narrow, prefer, prefs } from '../prefs';
import { active, meta, quantiles, rows } from '../store';
import { Empty } from '../ui/Empty';
import { Icon } from '../ui/Icon';
import { Search } from '../ui/Search';
import { ColumnChooser } from './ColumnChooser';
import { StatsTable } from './StatsTable';

const kDepths = [0, 1, 2, 3];

export function Statistics() {
  const [search, setSearch] = useState('');
  const [choosing, setChoosing] = useState(false);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const { sort, depth, columns: ids } = prefs.value;
  const asked = quantiles.value;
  const few = narrow.value;
  const over = !active.value;
  const all = useMemo(() => allColumns(asked, over), [asked, over]);
  const chosen = useMemo(() => chosenColumns(all, ids), [all, ids]);
  const shown = useMemo(
    () => (few ? narrowColumns(chosen, sort?.column ?? null) : chosen),
    [chosen, sort, few],
  );
  const known = rows.value;
  const lines = useMemo(() => linesOf(known.values(), { search, sort, depth, closed }, all),
    [known, search, sort, depth, closed, all]);
  const total = meta.value?.total;
  const found = lines.reduce((number, line) => number + (line.kind === 'row' ? 1 : line.open ? 0 : line.size), 0);
  const columnsButton = useRef<HTMLButtonElement>(null);
  const closeColumns = () => {
    setChoosing(false);
    columnsButton.current?.focus();
  };
  const toggleGroup = (key: string) => {
    const next = new Set(closed);
    if (!next.delete(key)) next.add(key);
    setClosed(next);
  };
  return (
    <div class="screen statistics">
      <div class="toolbar">
        <Search what="endpoints" text={search} onInput={setSearch} />
        <span class="found" role="status">
          {search === '' ? plural(known.size, 'endpoint') : `${found.toLocaleString('en-US')} of ${plural(known.size, 'endpoint')}`}
          <span class="wide-only"> · response times in ms</span>
        </span>
        <span class="spring" />
        <label class="sort-choice">Sort{' '}
          <select value={sort ? `${sort.column} ${sort.descending ? 'down' : 'up'}` : ''} onChange={(event) => {
            const [column = '', way] = event.currentTarget.value.split(' ');
            prefer({ sort: column === '' ? null : { column, descending: way === 'down' } });
          }}>
            <option value="">as they came</option>
            <option value="name up">Name</option>
            {all.map((column) => <option key={column.id} value={`${column.id} down`}>{column.label}, highest first</option>)}
            {sort && !sort.descending && sort.column !== 'name' && <option value={`${sort.column} up`}>{sort.column}, lowest first</option>}
          </select>
        </label>
        <label>Group{' '}
          <select value={String(depth)} onChange={(event) => prefer({ depth: Number(event.currentTarget.value) })}>
            {kDepths.map((n) => <option key={n} value={String(n)}>{n === 0 ? 'none' : `by ${plural(n, 'segment')}`}</option>)}
          </select>
        </label>
        <button ref={columnsButton} type="button" class="button" aria-expanded={choosing} aria-label="Columns" onClick={() => setChoosing(!choosing)}>
          <Icon name="columns" /><span>Columns</span>
        </button>
      </div>
      {choosing && <ColumnChooser all={all} chosen={chosen} onClose={closeColumns} />}
      {known.size === 0 || !total ? (
        <Empty title="No requests yet">The first endpoint appears here as soon as a user has had an answer.</Empty>
      ) : (
        <StatsTable lines={lines} columns={shown} total={total} sort={sort}
          onSort={(column) => prefer({ sort: nextSort(sort, column) })} onToggle={toggleGroup} />
      )}
    </div>
  );
}
