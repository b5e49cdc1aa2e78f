import { useState } from 'preact/hooks';
import { bytes, count, duration, percent, significant, span } from '../logic/format';
import { gaugesOf, verdictWords, workerGrade, type Gauge } from '../logic/health';
import { begun, hello, meta, state, workers } from '../store';
import type { WorkerRow } from '../types';
import { Empty, Reading } from '../ui/Empty';
import { Icon } from '../ui/Icon';
import { Meter } from '../ui/Meter';
import { Name } from '../ui/Name';

function VerdictBox() {
  const verdict = meta.value?.verdict;
  if (!verdict || !begun.value) return null;
  const { title, text } = verdictWords(verdict);
  return (
    <section class={`verdict-box panel ${verdict.valid ? 'good' : 'warn'}`} aria-label="Verdict">
      <Icon name={verdict.valid ? 'check' : 'warning'} />
      <div>
        <h2>{title}</h2>
        <p>{text}</p>
        {!verdict.valid && <ul>{verdict.reasons.map((reason) => <li key={reason} dir="auto">{reason}</li>)}</ul>}
      </div>
    </section>
  );
}

function GaugeBox({ gauge }: { gauge: Gauge }) {
  const tone = { good: 'good', warn: 'accent', bad: 'bad', calm: 'calm' }[gauge.grade];
  return (
    <div class="gauge panel">
      <h2 class="small">{gauge.label}</h2>
      <p class={`gauge-value ${gauge.grade === 'bad' ? 'bad' : ''}`}>{gauge.value}</p>
      {gauge.share !== null && <Meter share={gauge.share} tone={tone} />}
      <p class="field-help">{gauge.meaning}</p>
    </div>
  );
}

type Value = (worker: WorkerRow) => number | string | null;
const kColumns: [string, Value, (worker: WorkerRow) => string][] = [
  ['Users', (w) => w.users, (w) => count(w.users)],
  ['Req/s', (w) => w.rps, (w) => significant(w.rps)],
  ['Requests', (w) => w.requests, (w) => count(w.requests)],
  ['CPU', (w) => w.cpu_percent, (w) => percent(w.cpu_percent === null ? null : w.cpu_percent / 100)],
  ['Memory', (w) => w.memory_bytes, (w) => bytes(w.memory_bytes)],
  ['Loop busy', (w) => w.busy_ratio, (w) => percent(w.busy_ratio)],
  ['Loop lag', (w) => w.loop_lag_ms, (w) => duration(w.loop_lag_ms)],
  ['Send lag p99', (w) => w.send_lag_p99_ms, (w) => duration(w.send_lag_p99_ms)],
  ['Last report', (w) => w.last_report_s, (w) => (w.last_report_s === null ? '–' : w.last_report_s < 3 ? 'now' : `${span(w.last_report_s)} ago`)],
  ['Lost', (w) => w.lost_intervals, (w) => count(w.lost_intervals)],
];

function WorkerTable({ known }: { known: WorkerRow[] }) {
  const [sort, setSort] = useState(-1);
  const value = kColumns[sort]?.[1] ?? ((worker: WorkerRow) => -(worker.index ?? 0));
  const ordered = [...known].sort((a, b) => Number(value(b) ?? -1) - Number(value(a) ?? -1) || (a.index ?? 0) - (b.index ?? 0));
  return (
    <div class="panel scroll-x" tabIndex={0} role="region" aria-label="Workers">
      <table class="plain workers-table">
        <thead>
          <tr>
            <th scope="col"><button type="button" class="sorter" onClick={() => setSort(-1)}>Worker</button></th>
            <th scope="col">State</th>
            {kColumns.map(([label], i) => (
              <th key={label} scope="col" class="number" aria-sort={sort === i ? 'descending' : 'none'}>
                <button type="button" class="sorter" onClick={() => setSort(sort === i ? -1 : i)}>{label}<span class="arrow" aria-hidden="true">{sort === i ? '↓' : ''}</span></button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ordered.map((worker) => (
            <tr key={worker.id}>
              <td class="worker-name"><Name text={worker.id} most={80} /></td>
              <td><span class={`worker-state grade-${workerGrade(worker, state.value)}`}><i class="dot" aria-hidden="true" />{worker.state ?? state.value}</span></td>
              {kColumns.map(([label, , text]) => <td key={label} class="number">{text(worker)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Workers() {
  const known = workers.value;
  const master = hello.value?.role === 'master';
  if (!known) return <Reading what="workers" />;
  const health = known.health;
  return (
    <div class="screen workers">
      <VerdictBox />
      {health && <div class="gauges">{gaugesOf(health).map((gauge) => <GaugeBox key={gauge.label} gauge={gauge} />)}</div>}
      {health && health.generator_errors.length > 0 && (
        <section class="panel generator-errors" aria-label="The generator's own errors">
          <h2 class="small">Requests that could not be made <span class="unit">the generator’s errors, never counted as the target’s</span></h2>
          <ul>{health.generator_errors.map((one) => <li key={one.text}><b class="bad">{count(one.count)}</b> <Name text={one.text} most={400} /></li>)}</ul>
        </section>
      )}
      {known.workers.length > 0 ? <WorkerTable known={known.workers} />
        : <Empty title="No worker has joined">{master ? 'Start workers with: swarm --worker --master-host THIS-HOST' : ''}</Empty>}
    </div>
  );
}
