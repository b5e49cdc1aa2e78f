// Rows, points and the rest, with only what a test cares about written in it.
import type { CustomOption, ErrorRow, Exchange, Hello, Point, Row, StatsFrame } from '../src/types';

export function row(change: Partial<Row> = {}): Row {
  return {
    id: 0, method: 'GET', name: '/', requests: 1, failures: 0, avg_ms: 1, min_ms: 1, max_ms: 1, bytes_avg: 0,
    rps: 0, fps: 0, rps_avg: 0, fps_avg: 0, p: [], ...change,
  };
}

export function point(t_s: number, change: Partial<Point> = {}): Point {
  return { t_s, w_s: 1, rps: 1, fps: 0, users: 1, p50: 1, p75: 1, p95: 1, p99: 1, ...change };
}

export function stats(change: Partial<StatsFrame> = {}): StatsFrame {
  return {
    kind: 'stats', run: 1, state: 'running', users: 1, target_users: 1, elapsed_s: 10, started: null, run_time_s: null,
    total: row({ id: -1, name: 'Aggregated' }), rows: [], verdict: { valid: true, reasons: [] }, interrupted: 0,
    worker_count: 1, errors_version: 0, exceptions_version: 0, history: [], ...change,
  };
}

export function error(change: Partial<ErrorRow> = {}): ErrorRow {
  return { id: 1, method: 'GET', name: '/', error: 'E', count: 1, first_s: 0, last_s: 0, has_exchanges: false, ...change };
}

export function exchange(change: Partial<Exchange> = {}): Exchange {
  return {
    at: '2026-01-01T00:00:00Z', worker: 'w', method: 'GET', url: 'http://t/', request_headers: [], request_body: '',
    status: 500, response_headers: [], response_body: '', body_truncated: false, outcome: 'E', phases: null, ...change,
  };
}

export function option(change: Partial<CustomOption> = {}): CustomOption {
  return { name: 'o', help: '', kind: 'text', choices: null, default: '', has_value: true, secret: false, required: false, ...change };
}

export function hello(change: Partial<Hello> = {}): Hello {
  return {
    kind: 'hello', version: '1', role: 'local', scenario: 's.py', host: null, host_required: false, state: 'ready',
    classes: [{ name: 'A', weight: 1, fixed_count: 0, tasks: [] }, { name: 'B', weight: 1, fixed_count: 0, tasks: [] }],
    picker: false, shapes: [], shape: null, profile: '', defaults: { users: 10, hatch_rate: 2, host: 'http://t', run_time: null },
    options: [], login: false, percentiles: [], can_full_history: false, ...change,
  };
}
