// The one connection to the server: a WebSocket whose frames go into the store. When it breaks it
// is made again, at first after a second, later every ten; what was known stays on the page.
import { effect, untracked } from '@preact/signals';
import { isAnother } from '../logic/another';
import { kMostPoints, appended } from '../logic/timeline';
import {
  active, apply, connection, meta, notify, offline, points, route, runs, sight, succeeded,
} from '../store';
import type { Frame, Topic } from '../types';
import { ApiError, address, answerFrom, get, history, runList } from './api';

const kLongestPause_ms = 10_000;
/** A run says something every second. After this silence the connection is dead, whatever TCP says. */
const kSilence_ms = 8_000;

const kExceptionsPause_ms = 1500;
/** While one scrolls, the rows in sight are not told at each step. */
const kSightPause_ms = 150;

const kTopics: Partial<Record<string, Topic[]>> = {
  statistics: ['errors'], failures: ['errors'], exceptions: ['exceptions'], ratio: ['ratio'],
  workers: ['workers'], logs: ['logs'], downloads: ['workers'],
};

/** What the page wants to hear beside the statistics, where it is. */
export function topicsOf(screen: string, item: number | null): Topic[] {
  if (screen === 'statistics' && item === null) return [];
  return kTopics[screen] ?? [];
}

let socket: WebSocket | null = null;
let attempts = 0;
let timer: number | undefined;
let heard = Date.now();
let shown = '';
let exceptionsDue: number | undefined;
let sightDue: number | undefined;

/** Tells the server what is seen here, and whether anybody sees it. */
function show(): void {
  const { screen, item } = untracked(() => route.value);
  const wanted = JSON.stringify({
    show: topicsOf(screen, item), rows: untracked(() => sight.value), hidden: document.hidden,
  });
  if (wanted === shown || socket?.readyState !== WebSocket.OPEN) return;
  socket.send(wanted);
  shown = wanted;
}

/** Until the statistics that follow it tell whose it is. */
let greeting: Frame | null = null;
/** This connection came in the place of one that was lost, and has not told its statistics yet. */
let returned = false;

/** What is known of the swarm before stays, as in a report: the one that answers now knows nothing of it. */
function keepWhatWas(): void {
  answerFrom({}, 'the swarm that knew that is gone');
  offline.value = true;
  succeeded.value = true;
  connection.value = { status: 'open', since: Date.now(), retry_at: null };
  const other = socket;
  socket = null;
  other?.close();
}

function received(text: string): void {
  heard = Date.now();
  const frame = JSON.parse(text) as Frame;
  const before = meta.value;
  if (frame.kind === 'hello' && before !== null) {
    greeting = frame;
    return;
  }
  if (frame.kind === 'stats') {
    if (isAnother(before, frame)) {
      keepWhatWas();
      return;
    }
    if (greeting) apply(greeting);
    greeting = null;
  }
  apply(frame);
  if (frame.kind !== 'stats') return;
  if (returned) {
    returned = false;
    notify('good', 'Connected again.');
    void readHistory(frame.run);
    void readRuns();
  }
  if (before?.run !== frame.run || points.value.length > kMostPoints) void readHistory(frame.run);
  if (before?.exceptions_version !== frame.exceptions_version) noteExceptions();
  if (before?.run !== frame.run || before.state !== frame.state) void readRuns();
}

/** For the number beside the screen's name; the screen itself is told by the connection. */
function noteExceptions(): void {
  if (exceptionsDue !== undefined) return;
  exceptionsDue = window.setTimeout(() => {
    exceptionsDue = undefined;
    get('exceptions').then((frame) => apply(frame as Frame), () => null);
  }, kExceptionsPause_ms);
}

async function readHistory(run: number): Promise<void> {
  if (run <= 0) return;
  try {
    const found = await history(run, null);
    if (meta.value?.run !== run) return;
    points.value = appended(found.points, points.value);
  } catch {
    // The next frames bring what comes; the connection's state is told elsewhere.
  }
}

async function readRuns(): Promise<void> {
  try {
    runs.value = await runList();
  } catch {
    // As above.
  }
}

function lost(): void {
  socket = null;
  shown = '';
  attempts += 1;
  const pause = Math.min(kLongestPause_ms, 1000 * 2 ** Math.min(attempts - 1, 4));
  const since = connection.value.status === 'lost' ? connection.value.since : Date.now();
  connection.value = { status: 'lost', since, retry_at: Date.now() + pause };
  timer = window.setTimeout(connect, pause);
  // A session may have ended: only an ordinary request tells, and it leads to the log-in page.
  void get('hello').catch((error: unknown) => error instanceof ApiError);
}

export function connect(): void {
  window.clearTimeout(timer);
  if (succeeded.value) return;
  const old = socket;
  socket = null;
  old?.close();
  const fresh = new WebSocket(address('api/v1/live').replace(/^http/, 'ws'));
  socket = fresh;
  heard = Date.now();
  if (connection.value.status === 'lost') connection.value = { ...connection.value, retry_at: null };
  fresh.onopen = () => {
    returned = connection.value.status === 'lost';
    attempts = 0;
    connection.value = { status: 'open', since: Date.now(), retry_at: null };
    show();
  };
  fresh.onmessage = (event: MessageEvent<unknown>) => {
    if (typeof event.data === 'string' && socket === fresh) received(event.data);
  };
  fresh.onclose = () => {
    if (socket === fresh) lost();
  };
}

function listen(): void {
  if (connection.value.status === 'lost' && connection.value.retry_at === null
    && Date.now() - heard > kSilence_ms) connect();
  if (connection.value.status !== 'open' || !active.value) return;
  // A page in the background is not told in time, and has no reason to complain.
  if (document.hidden || Date.now() - heard < kSilence_ms) return;
  const dead = socket;
  lost();
  dead?.close();
}

export function begin(): void {
  connect();
  effect(() => {
    void route.value;
    show();
  });
  effect(() => {
    void sight.value;
    sightDue ??= window.setTimeout(() => {
      sightDue = undefined;
      show();
    }, kSightPause_ms);
  });
  window.setInterval(listen, 1000);
  window.addEventListener('online', connect);
  document.addEventListener('visibilitychange', () => {
    show();
    if (document.hidden) return;
    heard = Date.now();
    if (connection.value.status === 'lost') connect();
    // The charts go on where they were left.
    const run = meta.value?.run;
    if (run !== undefined) void readHistory(run);
  });
}
