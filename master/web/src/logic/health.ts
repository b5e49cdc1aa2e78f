// The generator's health in words and grades.
import type { Health, Verdict, WorkerRow } from '../types';
import { count, duration, kNone, percent } from './format';

export type Grade = 'good' | 'warn' | 'bad' | 'calm';

export interface Gauge {
  label: string;
  value: string;
  share: number | null; // of what is possible
  grade: Grade;
  meaning: string;
}

function graded(value: number | null, warn: number, bad: number): Grade {
  if (value === null) return 'calm';
  return value >= bad ? 'bad' : value >= warn ? 'warn' : 'good';
}

export function gaugesOf(health: Health): Gauge[] {
  const { send_lag: lag, descriptors } = health;
  const used = descriptors.limit > 0 ? descriptors.used / descriptors.limit : null;
  return [
    { label: 'Loop busy', value: percent(health.busy_ratio), share: health.busy_ratio, grade: graded(health.busy_ratio, 0.7, 0.9),
      meaning: 'How much of the time the generator computes. Near 100 % it is the bottleneck, not the target.' },
    { label: 'Send lag, p99', value: duration(lag.p99_ms), share: null, grade: graded(lag.p99_ms, 5, 20),
      meaning: `How late requests leave. Median ${duration(lag.p50_ms)}, at most ${duration(lag.max_ms)}.` },
    { label: 'Descriptors', value: descriptors.limit > 0 ? `${count(descriptors.used)} of ${count(descriptors.limit)}` : kNone, share: used, grade: graded(used, 0.8, 0.95),
      meaning: 'Files and sockets of the process. At the limit no connection can be opened.' },
    { label: 'Connections', value: count(health.connections), share: null, grade: 'calm',
      meaning: 'Opened to the target so far. Many more than users: the target does not keep them.' },
  ];
}

export function verdictWords(verdict: Verdict): { title: string; text: string } {
  return verdict.valid
    ? { title: 'Generator OK', text: 'VALID: it kept up with its plan, so the numbers are about the target, good or bad.' }
    : { title: 'Generator suspect', text: 'SUSPECT: the numbers may tell more about the generator than about the target, because:' };
}

/** Its numbers are of some time ago: nobody hears of it, for now or for good. */
export function isAway(worker: WorkerRow): boolean {
  return /missing|lost|gone|forgotten/.test(worker.state ?? '');
}

// A loop that stands still for so long offers another load than it was asked for.
const kLag_ms = 100;
const kSendLag_ms = 10;
const kSilence_s = 5;

/** What of a worker is out of order, by column. */
export function troubleOf(worker: WorkerRow): ReadonlySet<string> {
  const found: [string, boolean][] = [
    ['cpu', (worker.cpu_percent ?? 0) >= 90],
    ['busy', (worker.busy_ratio ?? 0) >= 0.9],
    ['lag', (worker.loop_lag_ms ?? 0) >= kLag_ms],
    ['longest', (worker.longest_lag_ms ?? 0) >= kLag_ms],
    ['send', (worker.send_lag_p99_ms ?? 0) >= kSendLag_ms],
    ['report', (worker.last_report_s ?? 0) >= kSilence_s],
    ['lost', worker.lost_intervals > 0],
  ];
  return new Set(found.filter(([, wrong]) => wrong).map(([column]) => column));
}

/** `run`: the state of one that has none of its own. */
export function workerGrade(worker: WorkerRow, run = ''): Grade {
  if (isAway(worker)) return 'bad';
  if (troubleOf(worker).size > 0) return 'warn';
  return /running|spawning/.test(worker.state ?? run) ? 'good' : 'calm';
}
