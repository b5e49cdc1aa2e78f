// The figures that one glance at the page should give, each with its last minutes.
import type { ComponentChildren } from 'preact';
import { compact, duration, percent, significant } from '../logic/format';
import { tail, type Field } from '../logic/timeline';
import { narrow } from '../prefs';
import { active, failureShare, hello, meta, points, totalQuantile } from '../store';
import type { Ink } from '../charts/palette';
import { Sparkline } from './Sparkline';

interface TileProps {
  label: string;
  value: string;
  note: ComponentChildren;
  field: Field;
  ink: Ink;
  tone?: 'bad' | undefined;
}

function Tile({ label, value, note, field, ink, tone }: TileProps) {
  return (
    <div class="kpi">
      <span class="kpi-label">{label}</span>
      <span class={`kpi-value ${tone ?? ''}`}>{value}</span>
      <span class="kpi-note">{note}</span>
      <Sparkline values={tail(points.value, field, 120)} ink={ink} />
    </div>
  );
}

function LatencyTile({ quantile, field }: { quantile: number; field: 'p50' | 'p95' | 'p99' }) {
  const overall = totalQuantile(quantile);
  const now = points.value.at(-1)?.[field] ?? null;
  const live = active.value && now !== null;
  return (
    <Tile label={quantile === 0.5 ? 'Median' : field} value={duration(live ? now : overall)}
      note={live ? `${narrow.value ? 'run' : 'whole run'} ${duration(overall)}` : 'whole run'} field={field} ink={field} />
  );
}

export function Kpis() {
  const now = meta.value;
  const total = now?.total;
  const live = active.value;
  const share = failureShare.value;
  const users = now?.users ?? 0;
  const target = now?.target_users ?? 0;
  const cut = now?.interrupted ? `, ${compact(now.interrupted)} interrupted` : '';
  const place = hello.value?.role === 'master' ? `${now?.worker_count ?? 0} workers` : 'in this process';
  return (
    <section class="kpis" aria-label="Now">
      <Tile label="Users" value={compact(users)} field="users" ink="users"
        note={live && users !== target ? `of ${compact(target)}` : place} />
      <Tile label="Requests/s" value={significant(live ? total?.rps : total?.rps_avg)} field="rps" ink="rps"
        note={live ? `${compact(total?.requests)} so far` : `average of ${compact(total?.requests)}${cut}`} />
      <Tile label="Failures" value={percent(share)} field="fps" ink="fps" tone={share ? 'bad' : undefined}
        note={live ? `${significant(total?.fps)}/s, ${compact(total?.failures)} so far` : `${compact(total?.failures)} in all`} />
      <LatencyTile quantile={0.5} field="p50" />
      <LatencyTile quantile={0.95} field="p95" />
      <LatencyTile quantile={0.99} field="p99" />
    </section>
  );
}
