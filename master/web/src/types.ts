// What the server says: the objects of /api/v1, as they come over the WebSocket and by REST.
// Times: *_ms response times, *_s seconds since the run's statistics started, others ISO 8601 UTC.

export type RunState = 'ready' | 'spawning' | 'running' | 'stopping' | 'stopped';

export interface UserClass {
  name: string;
  weight: number;
  fixed_count: number;
  tasks: string[];
}

export interface CustomOption {
  name: string;
  help: string;
  kind: 'text' | 'number' | 'bool' | 'choice' | 'list';
  choices: string[] | null;
  default: string | number | boolean | string[] | null; // its value now; of a secret null
  has_value: boolean;
  secret: boolean;
  required: boolean;
}

export interface Hello {
  kind: 'hello';
  version: string;
  role: 'local' | 'master';
  scenario: string;
  host: string | null;
  host_required: boolean;
  state: RunState;
  classes: UserClass[];
  picker: boolean;
  shapes: string[];
  shape: string | null; // of shapes, the one in use
  defaults: { users: number | null; hatch_rate: number | null; host: string | null; run_time: string | number | null };
  profile: string;
  options: CustomOption[];
  login: boolean;
  percentiles: number[];
  quantiles?: number[];
  can_full_history: boolean;
}

export interface Row {
  id: number;
  method: string;
  name: string;
  requests: number;
  failures: number;
  avg_ms: number | null;
  min_ms: number | null;
  max_ms: number | null;
  bytes_avg: number;
  rps: number;
  fps: number;
  rps_avg: number;
  fps_avg: number;
  p: (number | null)[];
  bounded?: boolean; // of a group: no percentile of it is above these
}

export type Counts = [number, number, number, number, number]; // id, requests, failures, rps, fps
export type RowsFrame = Pick<StatsFrame, 'run' | 'rows'> & { kind: 'rows' }; // that came into sight

export interface Point {
  t_s: number;
  w_s: number;
  rps: number;
  fps: number;
  users: number | null;
  p50: number | null;
  p75: number | null;
  p95: number | null;
  p99: number | null;
}

/** Response times of the last seconds. */
export interface Recent {
  w_s: number;
  p50: number;
  p95: number;
  p99: number;
}

export interface Verdict {
  valid: boolean;
  reasons: string[];
}

export interface StatsFrame {
  kind: 'stats';
  run: number;
  state: RunState;
  users: number;
  target_users: number;
  hatch_rate?: number;
  elapsed_s: number; // of a run that is over, how long it took
  started: string | null;
  run_time_s: number | null;
  total: Row;
  rows: Row[];
  counts?: Counts[]; // of rows out of sight, whose rest comes later
  full?: boolean;
  verdict: Verdict;
  run_id?: number; // of no other run, here or of another swarm
  finished?: boolean; // it ended as planned
  recent?: Recent | null;
  interrupted: number;
  worker_count: number;
  errors_version: number;
  exceptions_version: number;
  history: Point[];
}

export interface WorkerRow {
  id: string;
  index: number | null;
  state: string | null;
  users: number;
  rps: number;
  requests: number;
  cpu_percent: number | null;
  memory_bytes: number | null;
  loop_lag_ms: number | null;
  longest_lag_ms?: number | null; // over the run
  send_lag_p99_ms: number | null;
  busy_ratio: number | null;
  last_report_s: number | null;
  lost_intervals: number;
}

export interface Health {
  busy_ratio: number | null;
  send_lag: { p50_ms: number | null; p99_ms: number | null; max_ms: number | null };
  descriptors: { used: number; limit: number };
  connections: number;
  generator_errors: { text: string; count: number }[];
}

export interface WorkersFrame {
  kind: 'workers';
  workers: WorkerRow[];
  health: Health | null;
}

export interface ErrorRow {
  id: number;
  method: string;
  name: string;
  error: string;
  count: number;
  first_s: number;
  last_s: number;
  has_exchanges: boolean;
}

export interface ExceptionRow {
  message: string;
  traceback: string;
  count: number;
  workers: string[];
}

export interface RatioTree {
  [name: string]: { ratio: number; tasks?: RatioTree };
}

export interface Ratios {
  per_class: RatioTree;
  total: RatioTree;
}

export interface RatioFrame {
  kind: 'ratio';
  configured: Ratios;
  current: Ratios | null;
}

export interface LogsFrame {
  kind: 'logs';
  logs: { master: string[]; workers: Record<string, string[]> };
}

export interface ErrorsFrame {
  kind: 'errors';
  errors: ErrorRow[];
}

export interface ExceptionsFrame {
  kind: 'exceptions';
  exceptions: ExceptionRow[];
}

export type Frame =
  | Hello | StatsFrame | RowsFrame | WorkersFrame | ErrorsFrame | ExceptionsFrame | LogsFrame | RatioFrame;

export interface Heat {
  t_s: number[];
  w_s: number[];
  bounds_ms: number[]; // counts[slot][i] fell in bounds_ms[i] .. bounds_ms[i + 1]
  counts: number[][];
}

export interface History {
  run: number;
  started: string | null;
  points: Point[];
  marks?: { at_s: number; text: string }[]; // what happened, and when
  heat: Heat;
}

export interface RunSummary {
  run: number;
  started: string | null;
  ended: string | null;
  users_peak: number;
  requests: number;
  failures: number;
  label: string;
  kept: boolean; // there is a report of it
  total?: Row;
}

export type { Exchange, Exchanges, Phases } from './exchanges';

export interface StartOrder {
  users?: number;
  hatch_rate?: number;
  host?: string;
  run_time?: string;
  profile?: string;
  classes?: string[];
  shape?: string;
  options?: Record<string, string | number | boolean | string[]>;
}

export type Topic = 'workers' | 'errors' | 'exceptions' | 'logs' | 'ratio';
