import { useMemo, useState } from 'preact/hooks';
import { causesOf, orderedErrors, type Cause, type ErrorOrder } from '../logic/failures';
import { clock, count, percent, plural } from '../logic/format';
import { hashOf } from '../logic/route';
import { prefer, prefs } from '../prefs';
import { errors, meta, route, rows } from '../store';
import type { ErrorRow } from '../types';
import { Empty, Reading } from '../ui/Empty';
import { Icon } from '../ui/Icon';
import { Name } from '../ui/Name';
import { Search } from '../ui/Search';
import { Exchanges } from './Exchanges';

/** More lines than this nobody reads; searching finds the others. */
const kMost = 300;

interface ListProps {
  shown: ErrorRow[];
  causes: Cause[] | null; // of those shown, if they are grouped
  selected: number | null;
  all: number;
}

function Share({ part, all }: { part: number; all: number }) {
  return <span class="share">{percent(all > 0 ? part / all : null)}<br />of failures</span>;
}

/** Of an endpoint that fails, how many requests it had. */
function useRequests(): (error: ErrorRow) => number {
  const known = rows.value;
  const requests = useMemo(() => new Map([...known.values()].map((row) => [`${row.method} ${row.name}`, row.requests])), [known]);
  return (error) => requests.get(`${error.method} ${error.name}`) ?? 0;
}

interface Marked {
  selected: number | null;
  all: number; // failures
}

type Requests = (error: ErrorRow) => number;

function ErrorLine({ error, selected, all, requests }: { error: ErrorRow; requests: Requests } & Marked) {
  return (
    <li>
      <a href={hashOf('failures', error.id)} aria-current={error.id === selected ? 'true' : undefined}>
        <span class="error-count"><b class="bad">{count(error.count)}</b><Share part={error.count} all={all} /></span>
        <span class="error-what">
          <span class="error-text"><Name text={error.error} /></span>
          <span class="error-where"><span class="method">{error.method}</span><Name text={error.name} most={160} /></span>
          <span class="error-when">
            {requests(error) > 0 && `${percent(Math.min(1, error.count / requests(error)))} of its requests · `}
            first {clock(error.first_s)} · last {clock(error.last_s)} into the run
          </span>
        </span>
        <Icon name="chevron" />
      </a>
    </li>
  );
}

function CauseLine({ cause, ...more }: { cause: Cause; requests: Requests } & Marked) {
  const [only] = cause.errors;
  if (cause.errors.length === 1 && only) return <ErrorLine error={only} {...more} />;
  return (
    <li>
      <details class="cause" open={cause.errors.some((error) => error.id === more.selected)}>
        <summary>
          <span class="error-count"><b class="bad">{count(cause.count)}</b><Share part={cause.count} all={more.all} /></span>
          <span class="error-what">
            <span class="error-text"><Name text={cause.text} /></span>
            <span class="error-where">on {plural(cause.errors.length, 'endpoint')}</span>
          </span>
          <Icon name="chevron" />
        </summary>
        <ul>{cause.errors.map((error) => <ErrorLine key={error.id} error={error} {...more} />)}</ul>
      </details>
    </li>
  );
}

function ErrorList({ shown, causes, selected, all }: ListProps) {
  const more = { selected, all, requests: useRequests() };
  return (
    <ul class="error-list panel" aria-label="Failures" data-list>
      {causes ? causes.slice(0, kMost).map((cause) => <CauseLine key={cause.text} cause={cause} {...more} />)
        : shown.slice(0, kMost).map((error) => <ErrorLine key={error.id} error={error} {...more} />)}
      {shown.length === 0 && <li class="nothing">No failure has these words.</li>}
      {(causes ?? shown).length > kMost && <li class="nothing">{plural((causes ?? shown).length - kMost, 'more line')}: search to find them.</li>}
    </ul>
  );
}

export function Failures() {
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<ErrorOrder>('count');
  const known = errors.value;
  const selected = route.value.item;
  const shown = useMemo(() => orderedErrors(known ?? [], search, order), [known, search, order]);
  const causes = useMemo(() => causesOf(shown), [shown]);
  const grouped = prefs.value.causes;
  const error = known?.find((one) => one.id === selected);
  const all = meta.value?.total.failures ?? 0;
  if (known === null) return <Reading what="failures" />;
  if (known.length === 0) {
    return <div class="screen"><Empty title="Nothing has failed">Each endpoint’s failures appear here by their cause, with what was sent and what came back.</Empty></div>;
  }
  return (
    <div class={`screen failures ${error ? 'with-detail' : ''}`}>
      <div class="toolbar">
        <Search what="failures" text={search} onInput={setSearch} />
        <span class="found" role="status">{plural(causes.length, 'cause')} on {plural(new Set(shown.map((one) => `${one.method} ${one.name}`)).size, 'endpoint')}, {plural(all, 'request')} in all</span>
        <span class="spring" />
        <label><input type="checkbox" checked={grouped} onChange={() => prefer({ causes: !grouped })} /> Group by cause</label>
        <label>Sort{' '}
          <select value={order} onChange={(event) => setOrder(event.currentTarget.value as ErrorOrder)}>
            <option value="count">most often</option>
            <option value="latest">latest</option>
            <option value="first">first seen</option>
            <option value="name">endpoint</option>
          </select>
        </label>
      </div>
      <div class="split">
        <ErrorList shown={shown} causes={grouped ? causes : null} selected={selected} all={all} />
        {error ? <Exchanges key={error.id} error={error} /> : (
          <p class="split-hint panel">Choose a failure to see what was sent and what came back.</p>
        )}
      </div>
    </div>
  );
}
