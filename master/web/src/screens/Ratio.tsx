import { useMemo, useState } from 'preact/hooks';
import { percent } from '../logic/format';
import { branchesOf, type Branch } from '../logic/tree';
import { ratios } from '../store';
import { Empty, Reading } from '../ui/Empty';
import { Meter } from '../ui/Meter';

function Share({ value, tone }: { value: number | null; tone: string }) {
  return (
    <>
      <td class="bar">{value !== null && <Meter share={value} tone={tone} />}</td>
      <td class="number">{percent(value)}</td>
    </>
  );
}

function Line({ branch }: { branch: Branch }) {
  return (
    <tr class={branch.depth === 0 ? 'root' : ''}>
      <th scope="row" class={`depth-${Math.min(branch.depth, 6)}`}><bdi>{branch.name}</bdi></th>
      <Share value={branch.configured} tone={branch.depth === 0 ? 'p50' : 'users'} />
      <Share value={branch.current} tone={branch.depth === 0 ? 'rps' : 'rps'} />
    </tr>
  );
}

export function Ratio() {
  const [view, setView] = useState<'total' | 'per_class'>('per_class');
  const known = ratios.value;
  const branches = useMemo(
    () => (known ? branchesOf(known.configured[view], known.current?.[view] ?? null) : []), [known, view]);
  if (!known) return <Reading what="task ratios" />;
  return (
    <div class="screen ratio">
      <div class="toolbar">
        <div class="segmented" role="group" aria-label="Relative to">
          <button type="button" aria-pressed={view === 'per_class'} onClick={() => setView('per_class')}>Within each class</button>
          <button type="button" aria-pressed={view === 'total'} onClick={() => setView('total')}>Of all tasks</button>
        </div>
        <span class="found">Configured: by the weights. Current: by the users that run now.</span>
      </div>
      {branches.length === 0 ? <Empty title="The scenario names no tasks" /> : (
        <div class="panel scroll-x" tabIndex={0} role="region" aria-label="Task ratios">
          <table class="plain ratios">
            <thead>
              <tr><th scope="col">Class and task</th><th scope="col" colSpan={2}>Configured</th><th scope="col" colSpan={2}>Current</th></tr>
            </thead>
            <tbody>{branches.map((branch) => <Line key={branch.path} branch={branch} />)}</tbody>
          </table>
        </div>
      )}
    </div>
  );
}
