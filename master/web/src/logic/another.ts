// Whether the statistics that a page is told are of another process than those that it shows.
import type { StatsFrame } from '../types';

type Told = Pick<StatsFrame, 'run' | 'run_id'> & { total: { requests: number } };

/** Neither a later run of the same swarm, nor the run that a master which was restarted goes on with. */
export function isAnother(before: Told | null, now: Told): boolean {
  if (before === null || before.total.requests === 0) return false;
  return now.run_id !== before.run_id && now.run <= before.run;
}
