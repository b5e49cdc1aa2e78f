import { useEffect, useMemo, useState } from 'preact/hooks';
import { ChartGrid, ZoomOut } from '../charts/ChartGrid';
import { inARow, marksOf } from '../charts/lines';
import { zoom } from '../charts/zoom';
import { history } from '../live/api';
import { useHistory } from '../live/useHistory';
import { earlier as earlierRuns, hello, lost, meta, notify, offline, points, runs } from '../store';
import type { History, RunSummary } from '../types';
import { Empty } from '../ui/Empty';
import { nameOf, reportOf } from '../ui/Runs';
import { Comparison } from './Comparison';

/** The run that is on the page, as it stands now: the list of runs is only read when one ends. */
function currentRun(): RunSummary | undefined {
  const now = meta.value;
  if (!now) return undefined;
  const listed = runs.value.find((one) => one.run === now.run);
  const peak = points.value.reduce((most, point) => Math.max(most, point.users ?? 0), listed?.users_peak ?? 0);
  return {
    run: now.run, started: now.started, ended: null, label: hello.value?.profile ?? '', users_peak: peak, kept: true,
    requests: now.total.requests, failures: now.total.failures, total: now.total,
  };
}

/** Histories of all earlier runs, once they are asked for. */
function useEarlier(wanted: boolean, earlier: RunSummary[]): History[] {
  const [found, setFound] = useState<History[]>([]);
  const key = earlier.map((run) => run.run).join();
  useEffect(() => {
    if (!wanted || key === '') return;
    Promise.all(key.split(',').map((run) => history(Number(run), null)))
      .then(setFound, (error: Error) => notify('bad', `Earlier runs: ${error.message}.`));
  }, [wanted, key]);
  return wanted ? found : [];
}

export function Charts() {
  const now = meta.value;
  const run = now?.run ?? null;
  const [choice, setChoice] = useState(''); // '', 'row', or the run to lay beside
  const { history: own } = useHistory(run, null, true);
  const earlier = earlierRuns.value;
  const beside = Number(choice) || null;
  const laid = earlier.find((one) => one.run === beside);
  const { history: second, problem } = useHistory(beside, null, false);
  const before = useEarlier(choice === 'row', earlier);
  const current = points.value;
  useEffect(() => {
    zoom.value = null;
  }, [choice, run]);

  const marks = useMemo(() => marksOf(own), [own]);
  const other = useMemo(() => (second ? { label: `run ${second.run}`, points: second.points } : null), [second]);
  const row = useMemo(() => (choice === 'row' && run !== null
    ? inARow([...before.map((one) => ({ run: one.run, started: one.started, points: one.points, heat: one.heat })),
      { run, started: now?.started ?? null, points: current, heat: own?.heat ?? null }]) : null), [choice, run, before, current, now?.started, own]);

  if (current.length === 0) {
    return <div class="screen"><Empty title="Nothing to draw yet">The charts begin with the first second of the run.</Empty></div>;
  }
  return (
    <div class="screen charts">
      <div class="toolbar">
        {earlier.length > 0 ? (
          <label>Compare{' '}
            <select value={choice} onChange={(event) => setChoice(event.currentTarget.value)}>
              <option value="">this run alone</option>
              <option value="row">all runs in a row</option>
              {earlier.map((one) => <option key={one.run} value={String(one.run)}>beside {nameOf(one)}</option>)}
            </select>
          </label>
        ) : !offline.value && <span class="found">Runs that you make after this one can be laid beside it here.</span>}
        {laid?.kept && !lost.value && <a class="button" href={reportOf(laid.run)} target="_blank" rel="noopener">Open run {laid.run}</a>}
        {problem && <span class="problem">{problem}</span>}
        <span class="spring" />
        <ZoomOut />
        <span class="found wide-only">Drag over a chart to zoom all of them; double-click for all of the time</span>
      </div>
      {beside !== null && <Comparison first={currentRun()} second={laid} />}
      <ChartGrid subject="All endpoints" points={row?.points ?? current} heat={row ? row.heat : (own?.heat ?? null)} other={row ? null : other}
        marks={row?.marks ?? marks} users />
    </div>
  );
}
