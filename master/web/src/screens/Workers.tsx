import { useState } from 'preact/hooks';
import { bytes, count, duration, percent, significant, span } from '../logic/format';
import { gaugesOf, isAway, troubleOf, verdictWords, workerGrade, type Gauge } from '../logic/health';
import { hashOf } from '../logic/route';
import { begun, hello, logSource, meta, state, workers } from '../store';
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

interface WorkerColumn {
  id: string;
  label: string;
  title: string;
  value: (worker: WorkerRow) => number | null;
  text: (worker: WorkerRow) => string;
}

const kColumns: WorkerColumn[] = [
  { id: 'users', label: 'Users', title: 'As its last report said', value: (w) => w.users, text: (w) => count(w.users) },
  { id: 'rps', label: 'Req/s', title: 'On average over the run', value: (w) => w.rps, text: (w) => significant(w.rps) },
  { id: 'requests', label: 'Requests', title: 'So far', value: (w) => w.requests, text: (w) => count(w.requests) },
  { id: 'cpu', label: 'CPU', title: 'Of one core', value: (w) => w.cpu_percent, text: (w) => percent(w.cpu_percent === null ? null : w.cpu_percent / 100) },
  { id: 'memory', label: 'Memory', title: 'Of its process', value: (w) => w.memory_bytes, text: (w) => bytes(w.memory_bytes) },
  { id: 'busy', label: 'Loop busy', title: 'How much of the time it computes', value: (w) => w.busy_ratio, text: (w) => percent(w.busy_ratio) },
  { id: 'lag', label: 'Loop lag', title: 'How late its loop was, last', value: (w) => w.loop_lag_ms, text: (w) => duration(w.loop_lag_ms) },
  { id: 'longest', label: 'Longest', title: 'The longest that its loop stood still in this run', value: (w) => w.longest_lag_ms ?? null, text: (w) => duration(w.longest_lag_ms) },
  { id: 'send', label: 'Send lag p99', title: 'How late its requests left', value: (w) => w.send_lag_p99_ms, text: (w) => duration(w.send_lag_p99_ms) },
  { id: 'report', label: 'Last report', title: 'When it was heard of', value: (w) => w.last_report_s, text: (w) => (w.last_report_s === null ? '–' : w.last_report_s < 3 ? 'now' : `${span(w.last_report_s)} ago`) },
  { id: 'lost', label: 'Lost', title: 'Times that it went with measurements that are in no total', value: (w) => w.lost_intervals, text: (w) => count(w.lost_intervals) },
];
const kGrades = ['calm', 'good', 'warn', 'bad'];

/** Highest first; by state, the worst first; else as the master counts them. */
function ordered(known: WorkerRow[], sort: string): WorkerRow[] {
  const column = kColumns.find((one) => one.id === sort);
  const value = column?.value ?? (sort === 'state' ? (worker: WorkerRow) => kGrades.indexOf(workerGrade(worker)) : () => 0);
  return [...known].sort((a, b) => (value(b) ?? -1) - (value(a) ?? -1) || (a.index ?? 1e9) - (b.index ?? 1e9));
}

function SortHeading({ id, label, title, sort, onSort }: { id: string; label: string; title: string; sort: string; onSort: (id: string) => void }) {
  return (
    <th scope="col" class={id === 'state' ? '' : 'number'} aria-sort={sort === id ? 'descending' : 'none'}>
      <button type="button" class="sorter" title={title} onClick={() => onSort(sort === id ? '' : id)}>{label}<span class="arrow" aria-hidden="true">{sort === id ? '↓' : ''}</span></button>
    </th>
  );
}

function WorkerName({ worker, log }: { worker: WorkerRow; log: boolean }) {
  if (!log) return <Name text={worker.id} most={80} />;
  return <a href={hashOf('logs')} title="Its log" onClick={() => { logSource.value = worker.id; }}><Name text={worker.id} most={80} /></a>;
}

function WorkerTable({ known, fleet }: { known: WorkerRow[]; fleet: boolean }) {
  const [sort, setSort] = useState('');
  return (
    <div class="panel scroll-x" tabIndex={0} role="region" aria-label="Workers">
      <table class="plain workers-table">
        <thead>
          <tr>
            <th scope="col"><button type="button" class="sorter" onClick={() => setSort('')}>Worker</button></th>
            <SortHeading id="state" label="State" title="The worst first" sort={sort} onSort={setSort} />
            {kColumns.map((column) => <SortHeading key={column.id} {...column} sort={sort} onSort={setSort} />)}
          </tr>
        </thead>
        <tbody>
          {ordered(known, sort).map((worker) => {
            const trouble = troubleOf(worker);
            return (
              <tr key={worker.id} class={isAway(worker) ? 'away' : ''} title={isAway(worker) ? 'Its numbers are as of its last report' : undefined}>
                <td class="worker-name"><WorkerName worker={worker} log={fleet} /></td>
                <td><span class={`worker-state grade-${workerGrade(worker, state.value)}`}><i class="dot" aria-hidden="true" />{worker.state ?? state.value}</span></td>
                {kColumns.map(({ id, label, text }) => (
                  <td key={id} class={`number ${trouble.has(id) ? 'trouble' : ''}`} data-label={label}>{text(worker)}</td>
                ))}
              </tr>
            );
          })}
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
      {known.workers.length > 0 ? <WorkerTable known={known.workers} fleet={master} />
        : <Empty title="No worker has joined">{master ? 'Start workers with: swarm --worker --master-host THIS-HOST' : ''}</Empty>}
    </div>
  );
}
