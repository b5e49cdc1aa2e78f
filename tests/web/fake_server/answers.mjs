// What the fake server says: the objects of /api/v1, from the model.
import { quantiles } from './normal.mjs';
import { bounds } from './model.mjs';

export function helloOf(model, login = false) {
  return {
    kind: 'hello', version: '0.5.0', role: model.role, scenario: 'shop.py',
    host: model.settings?.host ?? 'https://shop.example', host_required: false, state: model.state,
    classes: [
      { name: 'Visitor', weight: 8, fixed_count: 0, tasks: ['home', 'browse', 'search'] },
      { name: 'Buyer', weight: 2, fixed_count: 0, tasks: ['browse', 'checkout'] },
      { name: 'StockWatcher', weight: 1, fixed_count: 5, tasks: ['watch'] },
    ],
    picker: model.picker, shapes: model.picker ? ['StepLoad', 'DoubleWave'] : [], shape: model.settings?.shape || null,
    profile: model.settings?.profile ?? '',
    defaults: { users: 100, hatch_rate: 10, host: 'https://shop.example', run_time: null },
    options: model.options, login, percentiles: [0.5, 0.95, 0.99], quantiles, can_full_history: false,
  };
}

export const someOptions = [
  { name: 'api_key', help: 'Key of the shop’s partner API', kind: 'text', choices: null, default: null, has_value: false, secret: true, required: true },
  { name: 'region', help: 'Which shop is visited', kind: 'choice', choices: ['eu', 'us', 'apac'], default: 'eu', has_value: true, secret: false, required: false },
  { name: 'basket_size', help: 'Items that a buyer takes', kind: 'number', choices: null, default: '3', has_value: true, secret: false, required: false },
  { name: 'follow_recommendations', help: 'Visitors open what is recommended', kind: 'bool', choices: null, default: true, has_value: true, secret: false, required: false },
  { name: 'categories', help: 'What visitors look at', kind: 'list', choices: ['books', 'music', 'garden', 'toys'], default: ['books', 'music'], has_value: true, secret: false, required: false },
];

const reasons = [
  'send lag: p99 was 41 ms, over 10 ms: requests left later than planned',
  'loop 96 % busy in 3 of the last 10 seconds: the generator is at its limit',
];

export function statsOf(model, rows, history, extra = {}) {
  return {
    kind: 'stats', run: model.run, state: model.state, users: Math.round(model.users),
    target_users: model.settings?.users ?? 0, hatch_rate: model.settings?.hatch_rate ?? 0, run_id: model.runId, finished: model.finished,
    recent: model.recent(), elapsed_s: model.elapsed,
    started: model.started?.toISOString() ?? null, run_time_s: model.settings?.run_time_s ?? null,
    total: model.total(), rows, verdict: { valid: !model.suspect, reasons: model.suspect ? reasons : [] },
    interrupted: model.state === 'stopped' ? 12 : 0, worker_count: model.role === 'master' ? model.workers : 1,
    errors_version: model.version.errors, exceptions_version: model.version.exceptions, history, ...extra,
  };
}

export function workersOf(model) {
  const count = model.role === 'master' ? model.workers : 1;
  const rps = model.points.at(-1)?.rps ?? 0;
  return {
    kind: 'workers',
    workers: Array.from({ length: count }, (_, i) => ({
      id: model.role === 'master' ? `shop-worker-${i + 1}` : 'local', index: i,
      state: i === 2 && model.suspect ? 'missing' : model.state === 'stopped' ? 'ready' : model.state,
      users: Math.round(model.users / count), rps: rps / count, requests: Math.round(model.total().requests / count),
      cpu_percent: 18 + 7 * i, memory_bytes: 48e6 + 3e6 * i, loop_lag_ms: 0.4 + i * 0.3, longest_lag_ms: i === 1 && model.suspect ? 402 : 3 + i, send_lag_p99_ms: 0.37 + i * 0.2,
      busy_ratio: 0.16 + 0.06 * i, last_report_s: i === 2 && model.suspect ? 14.2 : 0.6 + i / 10, lost_intervals: 0,
    })),
    health: {
      busy_ratio: model.suspect ? 0.96 : 0.22, send_lag: { p50_ms: 0.21, p99_ms: model.suspect ? 41 : 0.37, max_ms: model.suspect ? 188 : 2.4 },
      descriptors: { used: Math.round(model.users) + 31, limit: 20000 }, connections: Math.round(model.users),
      generator_errors: model.suspect ? [{ text: 'no free port for a connection to 10.0.0.7:443', count: 17 }] : [],
    },
  };
}

export function logsOf(model) {
  const at = (s) => new Date(Date.UTC(2026, 10, 29, 18, 30, s)).toISOString().slice(0, 23).replace('T', ' ');
  const lines = [
    `[${at(0)}] shop-master/INFO/swarm: web page at http://0.0.0.0:8089`,
    `[${at(4)}] shop-master/INFO/swarm: 3 workers are ready`,
    `[${at(9)}] shop-master/INFO/swarm: starting 400 users, 20 a second`,
    `[${at(12)}] shop-master/DEBUG/swarm: placement Visitor 291, Buyer 104, StockWatcher 5`,
    `[${at(29)}] shop-master/INFO/swarm: all users are running`,
    `[${at(41)}] shop-master/WARNING/swarm: worker shop-worker-3 is silent for 3 s`,
    `[${at(58)}] shop-master/ERROR/swarm: KeyError('order_id') in Buyer.checkout`,
    'Traceback (most recent call last):', '  File "shop.py", line 41, in checkout', "KeyError: 'order_id'",
    `[${at(59)}] shop-master/INFO/swarm: <b>not bold</b> "quoted" 🐝`,
  ];
  const workers = {};
  if (model.role === 'master') {
    for (let i = 1; i <= model.workers; i += 1) {
      workers[`shop-worker-${i}`] = [`[${at(3)}] shop-worker-${i}/INFO/swarm: connected to the master`,
        `[${at(11)}] shop-worker-${i}/INFO/swarm: starting 133 users`];
    }
  }
  return { kind: 'logs', logs: { master: lines, workers } };
}

export function ratiosOf() {
  const tree = (home, browse, search, buy) => ({
    per_class: {
      Visitor: { ratio: 0.72, tasks: { home: { ratio: home }, browse: { ratio: browse, tasks: { product: { ratio: 0.7 }, reviews: { ratio: 0.3 } } }, search: { ratio: search } } },
      Buyer: { ratio: 0.26, tasks: { browse: { ratio: 0.6 }, checkout: { ratio: buy } } },
      StockWatcher: { ratio: 0.02, tasks: { watch: { ratio: 1 } } },
    },
    total: {
      Visitor: { ratio: 0.72, tasks: { home: { ratio: home * 0.72 }, browse: { ratio: browse * 0.72, tasks: { product: { ratio: 0.7 * browse * 0.72 }, reviews: { ratio: 0.3 * browse * 0.72 } } }, search: { ratio: search * 0.72 } } },
      Buyer: { ratio: 0.26, tasks: { browse: { ratio: 0.6 * 0.26 }, checkout: { ratio: buy * 0.26 } } },
      StockWatcher: { ratio: 0.02, tasks: { watch: { ratio: 0.02 } } },
    },
  });
  return { kind: 'ratio', configured: tree(0.3, 0.5, 0.2, 0.4), current: tree(0.31, 0.48, 0.21, 0.39) };
}

export function historyOf(model, endpoint) {
  const every = Math.max(1, Math.ceil(model.points.length / 600));
  const keep = (list) => list.filter((_, i) => i % every === 0);
  let { points, heat } = model;
  if (endpoint !== null) {
    const [, , median, , share, failing] = model.endpoints[endpoint];
    const all = model.endpoints.reduce((sum, one) => sum + one[4], 0);
    const peak = 30 + 10 * Math.log10(median / 52);
    points = points.map((p) => ({ ...p, rps: (p.rps * share) / all, fps: (p.rps * share * failing) / all,
      p50: p.p50 && (p.p50 * median) / 40, p75: p.p75 && (p.p75 * median) / 50, p95: p.p95 && (p.p95 * median) / 110, p99: p.p99 && (p.p99 * median) / 160 }));
    heat = heat.map((slot) => ({ ...slot, counts: slot.counts.map((n, i) =>
      Math.round(((n * share) / all) * Math.exp(-(((i - peak) / 3) ** 2)) * 4)) }));
  }
  return { run: model.run, started: model.started?.toISOString() ?? null, points: keep(points), marks: model.marks,
    heat: { t_s: keep(heat).map((s) => s.t_s), w_s: keep(heat).map((s) => s.w_s * every), bounds_ms: bounds, counts: keep(heat).map((s) => s.counts) } };
}

export function exchangesOf(error) {
  const one = (n) => ({
    at: new Date(Date.UTC(2026, 10, 29, 18, 31, n * 7, 123)).toISOString(), worker: `shop-worker-${(n % 3) + 1}`, user_class: 'Buyer',
    method: error.method, url: `https://shop.example${error.name.startsWith('/') ? error.name.slice(0, 300) : '/x'}`,
    request_headers: [['Host', 'shop.example'], ['Accept', 'application/json'], ['Authorization', '***'], ['Content-Type', 'application/json'], ['Cookie', '***']],
    request_body: error.method === 'POST' ? '{"cart":"c-4711","note":"it\'s <b>urgent</b>"}' : '',
    status: error.error.includes('Timeout') ? null : 503,
    response_headers: error.error.includes('Timeout') ? [] : [['Content-Type', 'application/json'], ['Retry-After', '2'], ['Set-Cookie', '***']],
    response_body: error.error.includes('Timeout') ? '' : `{"error":"payment service is overloaded","queue":${112 + n}}`,
    body_truncated: n === 2, outcome: error.error,
    phases: { dns_ms: n === 0 ? 1.2 : 0, connect_ms: n === 0 ? 3.8 : 0, tls_ms: n === 0 ? 11.5 : 0, wait_ms: 380 + 40 * n, read_ms: 2.1 },
  });
  return { exchanges: [0, 1, 2, 6, 7, 8].map(one), first: 3 };
}
