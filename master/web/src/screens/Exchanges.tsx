import { useEffect, useState } from 'preact/hooks';
import { exchangesOf } from '../live/api';
import { curlOf } from '../logic/curl';
import { wasSent } from '../logic/failures';
import { clock, count, duration, ordinal, ordinalFromEnd, plural, timeOfDay } from '../logic/format';
import { hashOf } from '../logic/route';
import { offline, rows } from '../store';
import type { ErrorRow, Exchange, Exchanges as Kept, Phases } from '../types';
import { CopyButton } from '../ui/Copy';
import { Icon } from '../ui/Icon';
import { Meter } from '../ui/Meter';
import { Name } from '../ui/Name';
import { HttpText } from './HttpText';

const kPhases: [keyof Phases, string, string][] = [
  ['dns_ms', 'name', 'users'], ['connect_ms', 'connect', 'p50'], ['tls_ms', 'TLS', 'p75'],
  ['wait_ms', 'wait', 'p95'], ['read_ms', 'read', 'p99'],
];

function PhaseLines({ phases }: { phases: Phases }) {
  const known = kPhases.filter(([key]) => (phases[key] ?? 0) > 0);
  const all = known.reduce((sum, [key]) => sum + (phases[key] ?? 0), 0);
  if (known.length === 0) return null;
  return (
    <dl class="phases" aria-label="Where the time went">
      {known.map(([key, label, tone]) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd><Meter share={(phases[key] ?? 0) / all} tone={tone} /><span>{duration(phases[key])}</span></dd>
        </div>
      ))}
    </dl>
  );
}

function statusTone(status: number | null): string {
  return status !== null && status < 400 ? '' : 'bad';
}

function OneExchange({ exchange }: { exchange: Exchange }) {
  return (
    <article class="exchange">
      <header class="exchange-head">
        <span>{timeOfDay(exchange.at)}</span>
        <span>on <bdi>{exchange.worker}</bdi></span>
        {exchange.user_class && <span>by <bdi>{exchange.user_class}</bdi></span>}
        <span class="spring" />
        <CopyButton label="Copy as curl" text={() => curlOf(exchange)} />
      </header>
      <p class="request-line mono"><b>{exchange.method}</b> <Name text={exchange.url} most={600} /></p>
      <HttpText title={wasSent(exchange) ? 'Sent' : 'Would have sent'} headers={exchange.request_headers} body={exchange.request_body} truncated={false} />
      <p class={`status-line mono ${statusTone(exchange.status)}`}>
        {exchange.status === null ? 'No answer' : `Status ${exchange.status}`}
        {exchange.took_ms !== undefined && exchange.took_ms !== null && ` after ${duration(exchange.took_ms)}`}
        <span class="outcome"> · <Name text={exchange.outcome} most={600} /></span>
      </p>
      {exchange.status !== null && (
        <HttpText title="Came back" headers={exchange.response_headers} body={exchange.response_body} truncated={exchange.body_truncated} />
      )}
      {exchange.phases && <PhaseLines phases={exchange.phases} />}
    </article>
  );
}

function useKept(error: ErrorRow) {
  const [kept, setKept] = useState<Kept | null>(null);
  const [problem, setProblem] = useState('');
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let over = false;
    if (!error.has_exchanges) {
      setKept({ exchanges: [], first: 0 });
      return undefined;
    }
    exchangesOf(error.id).then((found) => { if (!over) setKept(found); },
      (failure: Error) => { if (!over) setProblem(failure.message); });
    return () => {
      over = true;
    };
  }, [error.id, error.has_exchanges, asked]);
  return { kept, problem, again: () => setAsked(asked + 1) };
}

/** One failure: where and when, and the exchanges that were kept of it. */
export function Exchanges({ error }: { error: ErrorRow }) {
  const { kept, problem, again } = useKept(error);
  const [place, setPlace] = useState(0);
  const row = [...rows.value.values()].find((one) => one.method === error.method && one.name === error.name);
  const all = kept?.exchanges ?? [];
  const current = all[Math.min(place, all.length - 1)];
  const first = kept?.first ?? 0;
  return (
    <section class="exchanges panel" aria-label="Kept exchanges">
      <header class="detail-head">
        <a class="icon-button back" href={hashOf('failures')} aria-label="Back to all failures"><Icon name="back" /></a>
        <div>
          <h2><Name text={error.error} most={600} /></h2>
          <p class="detail-where">
            {row ? <a href={hashOf('statistics', row.id)}><span class="method">{error.method}</span> <Name text={error.name} /></a>
              : <><span class="method">{error.method}</span> <Name text={error.name} /></>}
          </p>
          <p class="found">{count(error.count)} times, from {clock(error.first_s)} to {clock(error.last_s)} into the run</p>
        </div>
      </header>
      {problem && <p class="nothing problem">{problem}</p>}
      {!problem && kept && all.length === 0 && (
        <p class="nothing">No exchange was kept of it: it did not come from the HTTP client, or from workers that keep none.</p>
      )}
      {current && (
        <>
          <div class="exchange-tabs" role="group" aria-label="Which exchange">
            {all.map((_, i) => (
              <button key={i} type="button" class="chip-button" aria-pressed={i === place} onClick={() => setPlace(i)}>
                {i < first ? ordinal(i + 1) : ordinalFromEnd(all.length - i)}
              </button>
            ))}
            <span class="spring" />
            {!offline.value && (
              <button type="button" class="button small" onClick={again} title={`${plural(all.length, 'exchange')} kept`}><Icon name="reset" /><span>Refresh</span></button>
            )}
          </div>
          <OneExchange exchange={current} />
        </>
      )}
    </section>
  );
}
