// The figures that one glance at the page should give, each with its last minutes.
import type { ComponentChildren } from 'preact';
import { compact, duration, percent, significant } from '../logic/format';
import { tail, type Field } from '../logic/timeline';
import { narrow } from '../prefs';
import { active, failureShare, hello, meta, points, totalQuantile } from '../store';
import type { Ink } from '../charts/palette';
import { Sparkline } from './Sparkline';

/** The window of all figures that have one: the server's, for the rates. */
const kRecent_s = 10;

interface TileProps {
  label: string;
  window?: string | undefined; // that the value is of
  value: string;
  note: ComponentChildren;
  field: Field;
  ink: Ink;
  tone?: 'bad' | undefined;
}

function Tile({ label, window, value, note, field, ink, tone }: TileProps) {
  return (
    <div class="kpi">
      <span class="kpi-label">{label}{window && <span class="kpi-window"> {window}</span>}</span>
      <span class={`kpi-value ${tone ?? ''}`}>{value}</span>
      <span class="kpi-note">{note}</span>
      <Sparkline values={tail(points.value, field, 120)} ink={ink} />
    </div>
  );
}

function wholeRun(): string {
  return narrow.value ? 'run' : 'whole run';
}

function lastSeconds(seconds: number): string {
  return narrow.value ? `${seconds} s` : `last ${seconds} s`;
}

function LatencyTile({ quantile, field }: { quantile: number; field: 'p50' | 'p95' | 'p99' }) {
  const overall = totalQuantile(quantile);
  const recent = active.value ? meta.value?.recent : null;
  return (
    <Tile label={quantile === 0.5 ? 'Median' : field} window={recent ? lastSeconds(recent.w_s) : wholeRun()}
      value={duration(recent ? recent[field] : overall)} field={field} ink={field}
      note={recent ? `${wholeRun()} ${duration(overall)}` : '\u00a0'} />
  );
}

/** Of the requests of the last seconds, of all where there were none. */
function recentShare(): number | null {
  const total = meta.value?.total;
  return active.value && total && total.rps > 0 ? total.fps / total.rps : null;
}

export function Kpis() {
  const now = meta.value;
  const total = now?.total;
  const live = active.value;
  const share = recentShare() ?? failureShare.value;
  const window = live ? lastSeconds(kRecent_s) : wholeRun();
  const users = now?.users ?? 0;
  const target = now?.target_users ?? 0;
  const cut = now?.interrupted ? `, ${compact(now.interrupted)} interrupted` : '';
  const place = hello.value?.role === 'master' ? `${now?.worker_count ?? 0} workers` : 'in this process';
  const failed = `${compact(total?.failures)}${live ? ' so far' : ' in all'}`;
  return (
    <section class="kpis" aria-label="Now">
      <Tile label="Users" value={compact(users)} field="users" ink="users"
        note={live && users !== target ? `of ${compact(target)}` : place} />
      <Tile label="Requests/s" window={window} value={significant(live ? total?.rps : total?.rps_avg)} field="rps" ink="rps"
        note={live ? `${compact(total?.requests)} so far` : `${compact(total?.requests)} in all${cut}`} />
      <Tile label="Failures" window={recentShare() === null ? wholeRun() : window} value={percent(share)} field="fps" ink="fps" tone={share ? 'bad' : undefined}
        note={recentShare() === null ? failed : `${wholeRun()} ${percent(failureShare.value)}${narrow.value ? '' : `, ${failed}`}`} />
      <LatencyTile quantile={0.5} field="p50" />
      <LatencyTile quantile={0.95} field="p95" />
      <LatencyTile quantile={0.99} field="p99" />
    </section>
  );
}
