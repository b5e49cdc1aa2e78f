import { count, duration, percent, significant } from '../logic/format';
import { quantiles } from '../store';
import type { RunSummary } from '../types';

interface Figure {
  label: string;
  value: (run: RunSummary) => number | null;
  text: (value: number | null) => string;
  better: 'less' | 'more' | null;
}

function seconds(run: RunSummary): number | null {
  const from = Date.parse(run.started ?? '');
  const to = run.ended === null ? Date.now() : Date.parse(run.ended);
  return to > from ? (to - from) / 1000 : null;
}

function figures(): Figure[] {
  const quantile = (q: number) => (run: RunSummary) => run.total?.p[quantiles.value.indexOf(q)] ?? null;
  const average = (run: RunSummary) => run.total?.rps_avg ?? (run.requests / (seconds(run) ?? NaN));
  return [
    { label: 'Users at the peak', value: (run) => run.users_peak, text: count, better: null },
    { label: 'Requests', value: (run) => run.requests, text: count, better: null },
    { label: 'Requests/s', value: average, text: significant, better: 'more' },
    { label: 'Failed', value: (run) => (run.requests > 0 ? run.failures / run.requests : null), text: percent, better: 'less' },
    { label: 'Median', value: quantile(0.5), text: duration, better: 'less' },
    { label: 'p95', value: quantile(0.95), text: duration, better: 'less' },
    { label: 'p99', value: quantile(0.99), text: duration, better: 'less' },
  ];
}

function change(figure: Figure, now: number | null, then: number | null) {
  if (now === null || then === null || then === 0 || !Number.isFinite(now / then)) return null;
  const ratio = now / then - 1;
  const same = Math.abs(ratio) < 0.02;
  const good = figure.better === null || same ? null : (ratio > 0) === (figure.better === 'more');
  const words = same ? 'about the same' : `${ratio > 0 ? '+' : '−'}${percent(Math.abs(ratio))}`;
  return <span class={`change ${good === null ? '' : good ? 'good' : 'bad'}`}>{words}</span>;
}

/** The figures of two runs, and how far this one is from the other. */
export function Comparison({ first, second }: { first: RunSummary | undefined; second: RunSummary | undefined }) {
  if (!first || !second) return null;
  const shown = figures().filter((figure) => figure.value(first) !== null || figure.value(second) !== null);
  return (
    <div class="comparison panel" tabIndex={0} role="region" aria-label="The two runs in figures">
      <table>
        <thead>
          <tr><td />{shown.map((figure) => <th key={figure.label} scope="col">{figure.label}</th>)}</tr>
        </thead>
        <tbody>
          <tr><th scope="row">This run ({first.run})</th>{shown.map((figure) => <td key={figure.label}>{figure.text(figure.value(first))}</td>)}</tr>
          <tr class="then"><th scope="row">Run {second.run}</th>{shown.map((figure) => <td key={figure.label}>{figure.text(figure.value(second))}</td>)}</tr>
          <tr><th scope="row">Change</th>{shown.map((figure) => <td key={figure.label}>{change(figure, figure.value(first), figure.value(second))}</td>)}</tr>
        </tbody>
      </table>
    </div>
  );
}
