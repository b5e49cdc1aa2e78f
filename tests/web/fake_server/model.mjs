// A simulated run: tick(seconds) moves it on, everything else says how it stands. No clock of its
// own, so that tests can have an hour pass at once.
import { quantiles, zOf } from './normal.mjs';

const bounds = Array.from({ length: 61 }, (_, i) => 0.1 * 10 ** (i / 10)); // 0.1 ms .. 100 s

export class Model {
  constructor({ endpoints, role = 'local', workers = 3, seed = 7, picker = false, options = [] }) {
    Object.assign(this, { endpoints, role, workers, picker, options, seed });
    Object.assign(this, { run: 0, runId: 0, finished: false });
    this.runs = [];
    this.state = 'ready';
    this.settings = null;
    this.version = { errors: 0, exceptions: 0 };
    this.clear();
  }

  random() {
    this.seed = (this.seed * 1103515245 + 12345) % 2147483648;
    return this.seed / 2147483648;
  }

  clear() {
    this.elapsed = 0;
    this.users = 0;
    this.points = [];
    this.heat = [];
    this.totals = this.endpoints.map(() => ({ requests: 0, failures: 0, rps: 0, fps: 0, slow: 1 }));
    this.errors = new Map();
    this.exceptions = [];
    this.marks = [];
  }

  start(settings) {
    const going = this.state === 'spawning' || this.state === 'running';
    if (going && settings.users !== this.settings.users) this.marks.push({ at_s: this.elapsed, text: `users ${this.settings.users} → ${settings.users}` });
    this.settings = { ...this.settings, ...settings };
    if (!going) {
      this.run += 1;
      this.runId = Math.floor(Math.random() * 1e9);
      this.finished = false;
      this.clear();
      this.started = new Date(this.clock ?? Date.now());
      this.runs.unshift({ run: this.run, started: this.started.toISOString(), ended: null });
      this.runs.length = Math.min(this.runs.length, 10);
    }
    this.state = 'spawning';
  }

  stop() {
    if (this.state === 'ready' || this.state === 'stopped') return;
    this.state = 'stopped';
    this.users = 0;
    for (const total of this.totals) Object.assign(total, { rps: 0, fps: 0 });
    const ended = new Date(this.started.getTime() + this.elapsed * 1000).toISOString();
    Object.assign(this.runs[0], { ended, ...this.summary() });
  }

  tick(seconds = 1) {
    if (this.state !== 'spawning' && this.state !== 'running') return;
    this.elapsed += seconds;
    const { users, hatch_rate: rate } = this.settings;
    const step = rate * seconds;
    this.users = this.users < users ? Math.min(users, this.users + step) : Math.max(users, this.users - step);
    this.state = Math.round(this.users) === users ? 'running' : 'spawning';
    this.measure(seconds);
    const limit = this.settings.run_time_s;
    if (limit && this.elapsed >= limit) {
      this.stop();
      this.finished = true;
    }
  }

  /** A load that grows with the users, and a target that grows slow now and then. */
  measure(seconds) {
    const weight = this.endpoints.reduce((sum, endpoint) => sum + endpoint[4], 0);
    const strain = 1 + Math.max(0, this.users - 400) / 900;
    const spell = this.elapsed % 170 > 95 && this.elapsed % 170 < 125 ? 1.9 : 1;
    const slot = { counts: new Array(bounds.length - 1).fill(0) };
    this.endpoints.forEach(([, , median, spread, share, failing], i) => {
      const total = this.totals[i];
      const pace = (this.users / 1.6) * (share / weight) * (0.94 + this.random() * 0.12);
      total.rps = pace;
      total.requests += Math.round(pace * seconds + this.random());
      total.slow = strain * (share < 7 ? spell : 1) * (0.96 + this.random() * 0.08);
      const failed = failing * (spell > 1 ? 3.5 : 1) * (0.6 + this.random() * 0.8);
      total.fps = pace * failed;
      const bad = Math.floor(total.fps * seconds + this.random() * (failing > 0 ? 1 : 0));
      total.failures = Math.min(total.requests, total.failures + bad);
      if (bad > 0) this.fail(i, bad);
      this.spread(slot.counts, median * total.slow, spread, pace * seconds);
    });
    const p = (q) => this.mixed(q);
    this.points.push({
      t_s: this.elapsed, w_s: seconds, users: Math.round(this.users), p50: p(0.5), p75: p(0.75),
      p95: p(0.95), p99: p(0.99),
      rps: this.totals.reduce((sum, one) => sum + one.rps, 0),
      fps: this.totals.reduce((sum, one) => sum + one.fps, 0),
    });
    this.heat.push({ t_s: this.elapsed, w_s: seconds, counts: slot.counts });
    if (this.elapsed > 20 && this.exceptions.length === 0 && this.withExceptions) this.raise();
  }

  spread(counts, median, sigma, requests) {
    for (let n = 0; n < counts.length; n += 1) {
      const low = Math.log(bounds[n] / median) / sigma;
      const high = Math.log(bounds[n + 1] / median) / sigma;
      const inside = 1 / (1 + Math.exp(-1.7 * high)) - 1 / (1 + Math.exp(-1.7 * low));
      const whole = inside * requests;
      counts[n] += Math.floor(whole + this.random() * (whole > 0.02 ? 1 : 0));
    }
  }

  /** A percentile of all endpoints together, roughly. */
  mixed(q) {
    const counts = this.heat.length > 0 ? this.heat.at(-1).counts : [];
    const all = counts.reduce((sum, one) => sum + one, 0);
    let seen = 0;
    for (let n = 0; n < counts.length; n += 1) {
      if (seen + counts[n] > q * all) return bounds[n] * (1.26 ** ((q * all - seen) / counts[n]));
      seen += counts[n];
    }
    return null;
  }

  fail(i, count) {
    const texts = [
      "HTTPError('503 Server Error: Service Unavailable')", "HTTPError('500 Server Error: Internal Server Error')",
      "ConnectTimeout('no connection after 5 s')", "CatchResponseError('order was not confirmed')",
    ];
    const [method, name] = this.endpoints[i];
    const text = texts[Math.floor(this.random() * this.random() * texts.length)];
    const key = `${i} ${text}`;
    const known = this.errors.get(key);
    if (known) Object.assign(known, { count: known.count + count, last_s: this.elapsed });
    else {
      this.errors.set(key, { id: this.errors.size + 1, method, name, error: text, count,
        first_s: this.elapsed, last_s: this.elapsed, has_exchanges: true });
    }
    this.version.errors += 1;
  }

  raise() {
    this.exceptions.push({
      message: "KeyError('order_id')", count: 41, workers: ['shop-worker-1', 'shop-worker-2'],
      traceback: 'Traceback (most recent call last):\n  File "shop.py", line 88, in run\n    self.execute_task(task)\n'
        + '  File "shop.py", line 41, in checkout\n    order = self.client.post("/api/checkout", json=cart).json()["order_id"]\n'
        + "KeyError: 'order_id'\n",
    });
    this.version.exceptions += 1;
  }

  /** As if the last second had been ten. */
  recent() {
    const p50 = this.mixed(0.5);
    return p50 === null ? null : { w_s: 10, p50, p95: this.mixed(0.95), p99: this.mixed(0.99) };
  }

  row(i) {
    const [method, name, median, spread] = this.endpoints[i];
    const total = this.totals[i];
    const at = (q) => median * total.slow * Math.exp(zOf(q) * spread);
    return this.figures(i, method, name, total, at, median, spread);
  }

  figures(id, method, name, total, at, median, spread) {
    const known = total.requests > 0;
    const value = (number) => (known ? number : null);
    return {
      id, method, name, requests: total.requests, failures: total.failures, rps: total.rps, fps: total.fps,
      avg_ms: value(median * Math.exp(spread ** 2 / 2)), min_ms: value(at(0.0005)), max_ms: value(at(0.99995)),
      bytes_avg: 180 + ((id * 7477) % 90000), rps_avg: total.requests / Math.max(1, this.elapsed),
      fps_avg: total.failures / Math.max(1, this.elapsed),
      p: quantiles.map((q) => value(at(Math.min(q, 0.99995)))),
    };
  }

  total() {
    const sum = { requests: 0, failures: 0, rps: 0, fps: 0 };
    for (const total of this.totals) for (const key of Object.keys(sum)) sum[key] += total[key];
    const at = (q) => this.mixed(q);
    return { ...this.figures(0, '', 'Aggregated', sum, at, 52, 0.6), id: -1 };
  }

  summary() {
    const total = this.total();
    return { users_peak: this.points.reduce((most, p) => Math.max(most, p.users), 0),
      requests: total.requests, failures: total.failures, label: `${this.settings.users} users`, total };
  }
}

export { bounds };
