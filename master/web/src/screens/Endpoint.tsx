import { useEffect, useMemo } from 'preact/hooks';
import { ChartGrid, ZoomOut } from '../charts/ChartGrid';
import { marksOf } from '../charts/lines';
import { zoom } from '../charts/zoom';
import { useHistory } from '../live/useHistory';
import { failureRatio } from '../logic/columns';
import { bytes, count, duration, percent, plural, quantileName, significant } from '../logic/format';
import { hashOf } from '../logic/route';
import { active, errors, meta, quantiles, rows, sight } from '../store';
import type { Row } from '../types';
import { Empty } from '../ui/Empty';
import { Icon } from '../ui/Icon';
import { Meter } from '../ui/Meter';
import { Name } from '../ui/Name';

const kNoPoints: [] = [];

function Figures({ row }: { row: Row }) {
  const figures: [string, string, boolean][] = [
    ['Requests', count(row.requests), false],
    ['Failures', count(row.failures), row.failures > 0],
    ['Failed', percent(failureRatio(row)), row.failures > 0],
    ['Requests/s', significant(active.value ? row.rps : row.rps_avg), false],
    ['Average', duration(row.avg_ms), false],
    ['Min', duration(row.min_ms), false],
    ['Max', duration(row.max_ms), false],
    ['Size', bytes(row.bytes_avg), false],
  ];
  return (
    <dl class="figures panel">
      {figures.map(([label, value, bad]) => (
        <div key={label}><dt>{label}</dt><dd class={bad ? 'bad' : ''}>{value}</dd></div>
      ))}
    </dl>
  );
}

/** All percentiles as a ladder: how much longer the unlucky wait. */
function Ladder({ row }: { row: Row }) {
  const most = Math.max(...row.p.map((value) => value ?? 0), 1e-9);
  return (
    <section class="ladder panel" aria-label="Percentiles">
      <h2 class="small">Percentiles <span class="unit">whole run</span></h2>
      <table>
        <tbody>
          {quantiles.value.map((quantile, i) => (
            <tr key={quantile}>
              <th scope="row">{quantileName(quantile)}</th>
              <td class="bar"><Meter share={(row.p[i] ?? 0) / most} tone={quantile >= 0.99 ? 'p99' : quantile >= 0.95 ? 'p95' : 'p50'} /></td>
              <td class="number">{duration(row.p[i])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Errors({ row }: { row: Row }) {
  const own = (errors.value ?? []).filter((error) => error.method === row.method && error.name === row.name)
    .sort((a, b) => b.count - a.count);
  return (
    <section class="own-errors panel" aria-label="Failures of this endpoint">
      <h2 class="small">Why it fails</h2>
      {own.length === 0 ? (
        <p class="nothing">{row.failures === 0 ? 'It has not failed.' : 'Its failures are on their way…'}</p>
      ) : (
        <ul>
          {own.slice(0, 8).map((error) => (
            <li key={error.id}>
              <a href={hashOf('failures', error.id)}>
                <b class="bad">{count(error.count)}</b> <Name text={error.error} />
                <Icon name="chevron" />
              </a>
            </li>
          ))}
          {own.length > 8 && <li class="nothing">and {plural(own.length - 8, 'other error')}: see Failures</li>}
        </ul>
      )}
    </section>
  );
}

export function Endpoint({ id }: { id: number }) {
  const row = rows.value.get(id);
  const run = meta.value?.run ?? null;
  const { history, problem } = useHistory(run, id, true);
  const marks = useMemo(() => marksOf(history), [history]);
  useEffect(() => {
    zoom.value = null;
    sight.value = [id];
    return () => { sight.value = []; };
  }, [id]);
  return (
    <div class="screen endpoint">
      <div class="toolbar">
        <a class="button" href={hashOf('statistics')}><Icon name="back" /><span>All endpoints</span></a>
        {row && <h2 tabIndex={-1} data-home><span class="method">{row.method}</span> <Name text={row.name} /></h2>}
        <span class="spring" />
        {problem && <span class="problem">{problem}</span>}
        <ZoomOut />
      </div>
      {!row ? (
        <Empty title="This endpoint is not in this run">It may have been in an earlier one.</Empty>
      ) : (
        <>
          <Figures row={row} />
          <div class="endpoint-body">
            <ChartGrid subject={`${row.method} ${row.name}`} points={history?.points ?? kNoPoints} heat={history?.heat ?? null}
              other={null} marks={marks} users={false} />
            <div class="endpoint-side">
              <Ladder row={row} />
              <Errors row={row} />
            </div>
          </div>
        </>
      )}
    </div>
  );
}
