// Everything that the page knows, in one place: signals that the components read, and apply(),
// which takes in what the server says. Nothing here talks to the server (live/live.ts does).
import { computed, signal } from '@preact/signals';
import { kQuantiles } from './logic/columns';
import { merged } from './logic/merge';
import { parseRoute } from './logic/route';
import { appended } from './logic/timeline';
import type {
  ErrorRow, ExceptionRow, Frame, Hello, LogsFrame, Point, RatioFrame, Row, RunSummary, StatsFrame,
  WorkersFrame,
} from './types';

export type Meta = Omit<StatsFrame, 'rows' | 'counts' | 'full' | 'history'>;

export interface Connection {
  status: 'connecting' | 'open' | 'lost';
  since: number; // ms since the epoch
  retry_at: number | null;
}

export type Dialog = 'start' | 'edit' | 'reset' | 'help' | null;

export interface Notice {
  id: number;
  tone: 'good' | 'bad';
  text: string;
}

export const connection = signal<Connection>({ status: 'connecting', since: Date.now(), retry_at: null });
export const hello = signal<Hello | null>(null);
export const meta = signal<Meta | null>(null);
export const rows = signal<ReadonlyMap<number, Row>>(new Map());
/** The ids of the rows that are on the screen: the server tells those in full whenever they change. */
export const sight = signal<readonly number[]>([]);
export const points = signal<Point[]>([]);
export const workers = signal<WorkersFrame | null>(null);
export const errors = signal<ErrorRow[] | null>(null);
export const exceptions = signal<ExceptionRow[] | null>(null);
export const logs = signal<LogsFrame['logs'] | null>(null);
/** Whose log is shown; '': this process's. */
export const logSource = signal('');
export const ratios = signal<RatioFrame | null>(null);
export const runs = signal<RunSummary[]>([]);

export const route = signal(parseRoute(''));
/** This is a report: nobody answers, and nothing changes any more. */
export const offline = signal(false);
/** Another swarm answers now: what is shown is all that is left of the one before it. */
export const succeeded = signal(false);
export const dialog = signal<Dialog>(null);
export const notices = signal<Notice[]>([]);

export const lost = computed(() => connection.value.status === 'lost');
export const state = computed(() => meta.value?.state ?? hello.value?.state ?? 'ready');
export const active = computed(() => !offline.value && ['spawning', 'running', 'stopping'].includes(state.value));
/** A run has begun in this process: there is something to look at. */
export const begun = computed(() => state.value !== 'ready' || (meta.value?.total.requests ?? 0) > 0);
const run = computed(() => meta.value?.run);
/** The runs before the one on the page, the newest first. */
export const earlier = computed(() => runs.value.filter((each) => each.run !== run.value));
export const quantiles = computed(() => hello.value?.quantiles ?? kQuantiles);
export const host = computed(() => hello.value?.host ?? hello.value?.defaults.host ?? null);
export const failureShare = computed(() => {
  const total = meta.value?.total;
  return total && total.requests > 0 ? total.failures / total.requests : null;
});

/** Of the total over the whole run, in ms. */
export function totalQuantile(quantile: number): number | null {
  const place = quantiles.value.indexOf(quantile);
  return place < 0 ? null : (meta.value?.total.p[place] ?? null);
}

let nextNotice = 1;

export function notify(tone: Notice['tone'], text: string): number {
  const id = nextNotice;
  nextNotice += 1;
  // The same words once, and never more than a person would read.
  notices.value = [...notices.value.filter((notice) => notice.text !== text), { id, tone, text }].slice(-3);
  return id;
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

function applyStats(frame: StatsFrame): void {
  const { rows: changed, counts, full, history, ...rest } = frame;
  const another = meta.value !== null && meta.value.run !== frame.run;
  if (another) {
    errors.value = null;
    exceptions.value = null;
    points.value = [];
  }
  // Statistics that were reset begin at zero again, and so does their time.
  const restarted = !another && frame.elapsed_s + 1 < (meta.value?.elapsed_s ?? 0);
  if (restarted) points.value = [];
  if (full === true || another) {
    rows.value = new Map(changed.map((row) => [row.id, row]));
  } else {
    rows.value = merged(rows.value, changed, counts);
  }
  points.value = appended(points.value, history);
  meta.value = rest;
}

export function apply(frame: Frame): void {
  switch (frame.kind) {
    case 'hello': hello.value = frame; break;
    case 'stats': applyStats(frame); break;
    case 'rows': if (frame.run === meta.value?.run) rows.value = merged(rows.value, frame.rows); break;
    case 'workers': workers.value = frame; break;
    case 'errors': errors.value = frame.errors; break;
    case 'exceptions': exceptions.value = frame.exceptions; break;
    case 'logs': logs.value = frame.logs; break;
    case 'ratio': ratios.value = frame; break;
    default: break; // of a newer server
  }
}
