import { useEffect, useState } from 'preact/hooks';
import { endpointsOf } from '../live/api';
import { changeOf, compared, type Change, type Pair } from '../logic/comparison';
import { count, duration, percent, significant } from '../logic/format';
import { hashOf } from '../logic/route';
import { quantiles, rows, sight } from '../store';
import type { Row, RunSummary } from '../types';
import { Name } from '../ui/Name';

interface Figure<Of> {
  label: string;
  value: (of: Of) => number | null;
  text: (value: number | null) => string;
  better: 'less' | 'more' | null;
  points?: boolean; // a share: changes are percentage points
}

function seconds(run: RunSummary): number | null {
  const from = Date.parse(run.started ?? '');
  const to = run.ended === null ? Date.now() : Date.parse(run.ended);
  return to > from ? (to - from) / 1000 : null;
}

function rowFigures(): Figure<Row>[] {
  const quantile = (q: number) => (row: Row) => row.p[quantiles.value.indexOf(q)] ?? null;
  return [
    { label: 'Requests/s', value: (row) => row.rps_avg, text: significant, better: null },
    { label: 'Failed', value: (row) => (row.requests > 0 ? row.failures / row.requests : null), text: percent, better: 'less', points: true },
    { label: 'Median', value: quantile(0.5), text: duration, better: 'less' },
    { label: 'p95', value: quantile(0.95), text: duration, better: 'less' },
    { label: 'p99', value: quantile(0.99), text: duration, better: 'less' },
  ];
}

function figures(): Figure<RunSummary>[] {
  const average = (run: RunSummary) => run.total?.rps_avg ?? (run.requests / (seconds(run) ?? NaN));
  return [
    { label: 'Users at the peak', value: (run) => run.users_peak, text: count, better: null },
    { label: 'Requests', value: (run) => run.requests, text: count, better: null },
    { label: 'Requests/s', value: average, text: significant, better: 'more' },
    { label: 'Failed', value: (run) => (run.requests > 0 ? run.failures / run.requests : null), text: percent, better: 'less', points: true },
    ...rowFigures().slice(2).map((figure): Figure<RunSummary> => (
      { ...figure, value: (run) => (run.total ? figure.value(run.total) : null) })),
  ];
}

function ChangeWords({ change }: { change: Change | null }) {
  if (change === null) return null;
  return <span class={`change ${change.good === null ? '' : change.good ? 'good' : 'bad'}`}>{change.words}</span>;
}

function changeIn<Of>(figure: Figure<Of>, now: Of, then: Of): Change | null {
  return changeOf(figure.value(now), figure.value(then), figure.better, figure.points ?? false);
}

function titled(name: string, label: string) {
  return <>{name}{label !== '' && <span class="unit"> <bdi>{label}</bdi></span>}</>;
}

function EndpointPair({ pair, shown }: { pair: Pair; shown: Figure<Row>[] }) {
  const { now, then } = pair;
  const one = now ?? then;
  if (!one) return null;
  const words = <><span class="method">{one.method}</span> <Name text={one.name} most={120} /></>;
  return (
    <tr>
      <th scope="row">{now ? <a href={hashOf('statistics', now.id)}>{words}</a> : words}</th>
      {shown.map((figure) => (
        <td key={figure.label}>
          {now ? figure.text(figure.value(now)) : '–'}{' '}
          {now && then ? <ChangeWords change={changeIn(figure, now, then)} />
            : figure.label === 'Requests/s' && <span class="change">{now ? 'new' : 'not in this run'}</span>}
        </td>
      ))}
    </tr>
  );
}

const kMost = 100;

/** Which endpoint got better or worse; those whose p95 rose the most come first. */
function Endpoints({ run }: { run: number }) {
  const [before, setBefore] = useState<Row[] | null>(null);
  useEffect(() => {
    let over = false;
    endpointsOf(run).then((found) => { if (!over) setBefore(found); }, () => { if (!over) setBefore([]); });
    return () => {
      over = true;
    };
  }, [run]);
  useEffect(() => {
    sight.value = (before ?? []).slice(0, kMost).map((row) => row.id);
    return () => { sight.value = []; };
  }, [before]);
  if (before === null) return null;
  if (before.length === 0) return <p class="nothing">Of that run no endpoints are kept.</p>;
  const shown = rowFigures();
  const p95 = quantiles.value.indexOf(0.95);
  const pairs = compared([...rows.value.values()], before, (row) => row.p[p95] ?? null);
  return (
    <table class="by-endpoint">
      <thead><tr><th scope="col">Endpoint</th>{shown.map((figure) => <th key={figure.label} scope="col">{figure.label}</th>)}</tr></thead>
      <tbody>{pairs.slice(0, kMost).map((pair) => <EndpointPair key={pair.key} pair={pair} shown={shown} />)}</tbody>
    </table>
  );
}

/** The figures of two runs, and how far this one is from the other: of all, and of each endpoint. */
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
          <tr><th scope="row">{titled(`This run (${first.run})`, first.label)}</th>{shown.map((figure) => <td key={figure.label}>{figure.text(figure.value(first))}</td>)}</tr>
          <tr class="then"><th scope="row">{titled(`Run ${second.run}`, second.label)}</th>{shown.map((figure) => <td key={figure.label}>{figure.text(figure.value(second))}</td>)}</tr>
          <tr><th scope="row">Change</th>{shown.map((figure) => <td key={figure.label}><ChangeWords change={changeIn(figure, first, second)} /></td>)}</tr>
        </tbody>
      </table>
      <Endpoints key={second.run} run={second.run} />
    </div>
  );
}
