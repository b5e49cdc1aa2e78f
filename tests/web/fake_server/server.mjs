// A server that speaks /api/v1 with a simulated run behind it, and serves the built page with the
// headers that swarm sends. The test double of swarm's own server.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { exchangesOf, helloOf, historyOf, logsOf, ratiosOf, statsOf, workersOf } from './answers.mjs';

const dist = fileURLToPath(new URL('../../../master/web/dist/', import.meta.url));
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
  + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export class FakeServer {
  constructor(model, { base = '', login = null } = {}) {
    Object.assign(this, { model, base, login, past: new Map(), rowsOf: new Map(), clients: new Map(), posts: [], heard: [], up: true });
    this.http = createServer((request, response) => this.answer(request, response));
    this.sockets = new WebSocketServer({ noServer: true });
    this.http.on('upgrade', (request, socket, head) => {
      if (!this.up || request.url !== `${this.base}/api/v1/live` || !this.admits(request)) {
        socket.end(this.up ? 'HTTP/1.1 401 Unauthorized\r\n\r\n' : '');
        return;
      }
      this.sockets.handleUpgrade(request, socket, head, (client) => this.welcome(client));
    });
  }

  async listen(port = 0) {
    await new Promise((done) => { this.http.listen(port, '127.0.0.1', done); });
    this.port = this.http.address().port;
    this.url = `http://127.0.0.1:${this.port}${this.base}/`;
    return this;
  }

  async close() {
    for (const client of this.clients.keys()) client.terminate();
    this.http.closeAllConnections?.();
    await new Promise((done) => { this.http.close(done); });
  }

  /** Dies and comes back, as a restarted master. */
  down() {
    this.up = false;
    for (const client of this.clients.keys()) client.terminate();
    this.clients.clear();
  }

  admits(request) {
    return !this.login || (request.headers.cookie ?? '').includes('session=good');
  }

  welcome(client) {
    const seen = { rows: new Map(), counts: new Map(), points: 0, topics: [], run: this.model.run, sight: null, hidden: false, look: 0 };
    this.clients.set(client, seen);
    client.on('close', () => this.clients.delete(client));
    client.on('error', () => {});
    client.on('message', (data) => {
      const { show = seen.topics, rows = seen.sight, hidden = seen.hidden } = JSON.parse(data.toString());
      this.heard.push({ show, rows, hidden });
      Object.assign(seen, { topics: show, sight: rows && new Set(rows), hidden });
      this.tell(client, seen);
    });
    client.send(JSON.stringify(helloOf(this.model, this.login !== null)));
    this.tell(client, seen, true);
  }

  /** What is new to this client. */
  tell(client, seen, full = seen.run !== this.model.run) {
    const { model } = this;
    if (seen.hidden) return;
    if (full) Object.assign(seen, { rows: new Map(), points: 0, run: model.run });
    const { rows, counts } = this.news(seen);
    const history = model.points.slice(Math.max(seen.points, model.points.length - 30));
    seen.points = model.points.length;
    client.send(JSON.stringify(statsOf(model, rows, history, { counts, ...(full ? { full: true } : {}) })));
    for (const topic of seen.topics) client.send(JSON.stringify(this.topic(topic)));
  }

  /** Rows in sight in full, others by their counts and in full by turns, as swarm does. */
  news(seen) {
    const { model } = this;
    const rows = [];
    const counts = [];
    const turns = Math.min(5, Math.max(1, Math.floor(model.totals.length / 500)));
    seen.look += 1;
    model.totals.forEach((total, i) => {
      if (seen.rows.get(i) === total.requests || (total.requests === 0 && model.state === 'ready')) return;
      if (!seen.rows.has(i) || !seen.sight || seen.sight.has(i) || (seen.look + i) % turns === 0) {
        seen.rows.set(i, total.requests);
        rows.push(model.row(i));
      } else if (seen.counts.get(i) !== total.requests) {
        counts.push([i, total.requests, total.failures, total.rps, total.fps]);
      }
      seen.counts.set(i, total.requests);
    });
    return { rows, counts };
  }

  topic(name) {
    const { model } = this;
    switch (name) {
      case 'workers': return workersOf(model);
      case 'errors': return { kind: 'errors', errors: [...model.errors.values()] };
      case 'exceptions': return { kind: 'exceptions', exceptions: model.exceptions };
      case 'logs': return logsOf(model);
      default: return ratiosOf(model);
    }
  }

  pass(seconds, step = 1) {
    for (let i = 0; i < seconds; i += step) this.model.tick(step);
    this.tellAll();
  }

  tellAll() {
    for (const [client, seen] of this.clients) this.tell(client, seen);
  }

  helloAll() {
    const text = JSON.stringify(helloOf(this.model, this.login !== null));
    for (const client of this.clients.keys()) client.send(text);
  }

  async answer(request, response) {
    const url = new URL(request.url, 'http://fake');
    const path = url.pathname.slice(this.base.length);
    if (!this.up) return request.socket.destroy();
    if (path === '') return this.send(response, 302, '', { Location: `${this.base}/` });
    if (path.startsWith('/api/v1/')) return this.api(request, response, path.slice(8), url);
    if (path.endsWith('/csv')) return this.send(response, 200, 'a,b\n', { 'Content-Type': 'text/csv' });
    if (path === '/' && !this.admits(request)) return this.send(response, 302, '', { Location: `${this.base}/login` });
    const file = normalize(join(dist, path === '/' ? 'index.html' : path === '/login' ? 'login.html' : path));
    if (!file.startsWith(dist) || !existsSync(file)) return this.send(response, 404, 'not here');
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff' });
    return createReadStream(file).pipe(response);
  }

  send(response, status, body, headers = {}) {
    response.writeHead(status, { 'Content-Security-Policy': policy, ...headers });
    response.end(body);
  }

  json(response, value, status = 200, headers = {}) {
    this.send(response, status, JSON.stringify(value), { 'Content-Type': 'application/json', ...headers });
  }

  async api(request, response, path, url) {
    if (request.method === 'POST') {
      let text = '';
      for await (const chunk of request) text += chunk;
      return this.post(response, path, JSON.parse(text || '{}'), request);
    }
    if (!this.admits(request)) return this.json(response, { error: 'log in first' }, 401);
    const exchanges = /^errors\/(\d+)\/exchanges$/.exec(path);
    if (exchanges) {
      const error = [...this.model.errors.values()].find((one) => one.id === Number(exchanges[1]));
      return error ? this.json(response, exchangesOf(error)) : this.json(response, { error: 'no such error' }, 404);
    }
    const before = /^runs\/(\d+)\/endpoints$/.exec(path);
    if (before) return this.json(response, this.rowsOf.get(Number(before[1])) ?? []);
    if (path === 'history') return this.json(response, this.history(url.searchParams));
    if (path === 'runs') return this.json(response, this.runs());
    if (path === 'hello') return this.json(response, helloOf(this.model, this.login !== null));
    if (path === 'run.json' || path.startsWith('log/')) return this.send(response, 200, '{}');
    return this.json(response, this.topic(path));
  }

  /** What is known of the present run after the next one began. */
  keep() {
    const { model } = this;
    this.past.set(model.run, historyOf(model, null));
    this.rowsOf.set(model.run, model.totals.map((_, i) => model.row(i)));
  }

  kept() {
    return true;
  }

  history(query) {
    const run = Number(query.get('run'));
    const endpoint = query.has('endpoint') ? Number(query.get('endpoint')) : null;
    return run === this.model.run ? historyOf(this.model, endpoint) : (this.past.get(run) ?? historyOf(this.model, null));
  }

  runs() {
    return this.model.runs.map((run) => ({ ...run, ...(run.run === this.model.run && this.model.summary()), kept: this.kept(run.run) }));
  }

  post(response, path, body, request) {
    if (path === 'login') {
      if (body.user === this.login?.user && body.password === this.login?.password) {
        return this.json(response, { ok: true }, 200, { 'Set-Cookie': 'session=good; Path=/; HttpOnly; SameSite=Strict' });
      }
      return this.json(response, { error: 'this user and password do not match' }, 401);
    }
    if (path === 'logout') return this.json(response, { ok: true }, 200, { 'Set-Cookie': 'session=; Path=/; Max-Age=0' });
    if (!this.admits(request)) return this.json(response, { error: 'log in first' }, 401);
    this.posts.push([path, body]);
    const { model } = this;
    if (path === 'start') {
      const users = body.shape ? 50 : (body.users ?? model.settings?.users);
      if (!(users >= 1)) return this.json(response, { error: 'users must be 1 or more' }, 400);
      if (model.state === 'stopped') this.keep();
      const seconds = /^(\d+)(s|m)?$/.exec(body.run_time ?? '');
      model.start({ hatch_rate: 10, ...body, users, run_time_s: seconds ? Number(seconds[1]) * (seconds[2] === 'm' ? 60 : 1) : null });
      model.tick(1);
    } else if (path === 'stop') model.stop();
    else if (path === 'reset') model.clear();
    this.helloAll();
    for (const [client, seen] of this.clients) this.tell(client, seen, path === 'reset' || undefined);
    return this.json(response, { ok: true });
  }
}
