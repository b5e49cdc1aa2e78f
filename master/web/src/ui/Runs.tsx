import { useRef } from 'preact/hooks';
import { address } from '../live/api';
import { count, dateAndTime } from '../logic/format';
import { earlier, lost, meta, offline } from '../store';
import type { RunSummary } from '../types';
import { Icon } from './Icon';

/** The whole of a run, as a page by itself. */
export function reportOf(run: number): string {
  return address(`stats/report?run=${run}`);
}

/** In a list to choose from. */
export function nameOf(run: RunSummary): string {
  const label = run.label === '' ? '' : ` · ${run.label}`;
  return `Run ${run.run}${label} · ${dateAndTime(run.started)}`;
}

function Words({ run }: { run: RunSummary }) {
  return (
    <>
      <b>Run {run.run}{run.label !== '' && <> · <bdi>{run.label}</bdi></>}</b>
      <span>{dateAndTime(run.started)} · {count(run.requests)} requests{!run.kept && ' · too long ago to be opened'}</span>
    </>
  );
}

/** Which run this is, and the way to those before it. */
export function Runs() {
  const menu = useRef<HTMLDetailsElement>(null);
  if (offline.value || earlier.value.length === 0) return null;
  const close = () => {
    if (menu.current) menu.current.open = false;
  };
  return (
    <details class="runs" ref={menu}
      onFocusOut={(event) => { if (!menu.current?.contains(event.relatedTarget as Node | null)) close(); }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !menu.current?.open) return;
        event.stopPropagation();
        close();
        menu.current.querySelector('summary')?.focus();
      }}>
      <summary class="pill" title="Open an earlier run">Run {meta.value?.run}<Icon name="chevron" /></summary>
      {/* Where links get no focus from the mouse, the menu would close before the click. */}
      <ul class="panel" aria-label="Earlier runs" onMouseDown={(event) => event.preventDefault()}>
        {earlier.value.map((run) => (
          <li key={run.run}>
            {run.kept && !lost.value
              ? <a href={reportOf(run.run)} target="_blank" rel="noopener" onClick={close}><Words run={run} /></a>
              : <div><Words run={run} /></div>}
          </li>
        ))}
      </ul>
    </details>
  );
}
