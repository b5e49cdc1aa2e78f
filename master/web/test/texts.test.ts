import { describe, expect, it } from 'vitest';
import { causesOf, orderedErrors, wasSent } from '../src/logic/failures';
import { gaugesOf, troubleOf, verdictWords, workerGrade } from '../src/logic/health';
import { filtered, levelled, levelOf } from '../src/logic/loglines';
import { hashOf, parseRoute } from '../src/logic/route';
import { branchesOf } from '../src/logic/tree';
import { readable } from '../src/screens/HttpText';
import { windowOf } from '../src/ui/useVirtual';
import { error, exchange } from './make';

describe('log lines', () => {
  it('have the level that they name near their beginning', () => {
    expect([
      '[2026-11-29 18:30:00.123] host/WARNING/swarm: slow', '[2026-11-29 18:30:00,123] host/INFO/locust.main: an error was handled',
      '2026-11-29 18:30:00 [error] no', 'Traceback (most recent call last):',
    ].map(levelOf)).toEqual(['warning', 'info', 'error', null]);
  });
  it('go on in the level of the line before', () => {
    expect(levelled(['a/ERROR/x: no', '  File "x.py"']).map((line) => line.level)).toEqual(['error', 'error']);
  });
  it('are kept by least level and words', () => {
    const lines = levelled(['a/DEBUG/x: one', 'a/INFO/x: Two', 'a/ERROR/x: two']);
    expect(filtered(lines, 'info', 'two').map((line) => line.level)).toEqual(['info', 'error']);
  });
});

describe('failures', () => {
  it('are found by endpoint or error, and sorted', () => {
    const list = [error({ id: 1, count: 2, last_s: 9 }), error({ id: 2, count: 5, last_s: 3 }), error({ id: 3, name: '/other', count: 9 })];
    expect(orderedErrors(list, 'get', 'count').map((one) => one.id)).toEqual([3, 2, 1]);
    expect(orderedErrors(list, '', 'latest')[0]?.id).toBe(1);
    expect(orderedErrors(list, 'OTHER', 'count').map((one) => one.id)).toEqual([3]);
  });
});

describe('routes', () => {
  it('go to a screen and back', () => {
    expect(parseRoute(hashOf('failures', 7))).toEqual({ screen: 'failures', item: 7 });
    expect(parseRoute(hashOf('charts'))).toEqual({ screen: 'charts', item: null });
  });
  it('that lead nowhere lead to the statistics', () => {
    expect(parseRoute('#/<script>/x')).toEqual({ screen: 'statistics', item: null });
    expect(parseRoute('')).toEqual({ screen: 'statistics', item: null });
  });
});

describe('task ratios', () => {
  it('are one list of what is configured and what is', () => {
    const lines = branchesOf({ A: { ratio: 1, tasks: { t: { ratio: 0.5 } } } }, { A: { ratio: 0.9, tasks: { u: { ratio: 1 } } } });
    expect(lines.map((line) => [line.path, line.depth, line.configured, line.current]))
      .toEqual([['/A', 0, 1, 0.9], ['/A/t', 1, 0.5, null], ['/A/u', 1, null, 1]]);
  });
});

describe('health', () => {
  it('grades what is near its limit', () => {
    const gauges = gaugesOf({ busy_ratio: 0.95, send_lag: { p50_ms: 1, p99_ms: 6, max_ms: 7 }, descriptors: { used: 1, limit: 10 }, connections: 3, generator_errors: [] });
    expect(gauges.map((gauge) => gauge.grade)).toEqual(['bad', 'warn', 'good', 'calm']);
  });
  it('has words for the verdict, and grades workers', () => {
    expect(verdictWords({ valid: false, reasons: [] }).title).toBe('Generator suspect');
    const worker = { id: 'w', index: 0, state: 'running', users: 0, rps: 0, requests: 0, cpu_percent: 1, memory_bytes: 1, loop_lag_ms: 0,
      send_lag_p99_ms: 0, busy_ratio: 0.1, last_report_s: 0, lost_intervals: 0 };
    expect([worker, { ...worker, busy_ratio: 0.95 }, { ...worker, state: 'missing' }].map((one) => workerGrade(one))).toEqual(['good', 'warn', 'bad']);
    expect(workerGrade({ ...worker, state: null }, 'running')).toBe('good');
    expect([...troubleOf({ ...worker, loop_lag_ms: 0.16, longest_lag_ms: 8000, send_lag_p99_ms: 12, last_report_s: 9 })])
      .toEqual(['longest', 'send', 'report']);
    expect(workerGrade({ ...worker, loop_lag_ms: 402 })).toBe('warn');
  });
});

describe('bodies', () => {
  it('are in lines if they are JSON, else as they came', () => {
    expect(readable('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(readable('{"a":')).toBe('{"a":');
    expect(readable('<b>')).toBe('<b>');
  });
});

describe('windowOf', () => {
  it('is what is in sight and a little more, within the list', () => {
    expect(windowOf(0, 100, 10, 1000)).toEqual({ from: 0, to: 18 });
    expect(windowOf(5000, 100, 10, 1000)).toEqual({ from: 492, to: 518 });
    expect(windowOf(99_999, 100, 10, 20)).toEqual({ from: 20, to: 20 });
  });
});

describe('causes', () => {
  it('put together what failed for the same reason, also where the text ends with an address', () => {
    const causes = causesOf([
      error({ id: 1, name: '/a', error: '503 Server Error for url: /a', count: 4 }), error({ id: 2, name: '/a', error: 'refused', count: 9 }),
      error({ id: 3, name: '/b', error: '503 Server Error for url: /b', count: 2 }),
    ]);
    expect(causes.map(({ text, count, errors }) => [text, count, errors.map((one) => one.id)]))
      .toEqual([['503 Server Error', 6, [1, 3]], ['refused', 9, [2]]]);
  });
});

describe('an exchange', () => {
  const phases = { dns_ms: null, connect_ms: 0.2, tls_ms: null, wait_ms: null, read_ms: null };
  it('was sent if it was answered, waited for, or nobody knows', () => {
    expect(wasSent(exchange({ phases }))).toBe(true);
    expect(wasSent(exchange({ status: null, phases: { ...phases, wait_ms: 5000 } }))).toBe(true);
    expect(wasSent(exchange({ status: null }))).toBe(true);
  });
  it('was not sent without a connection', () => {
    expect(wasSent(exchange({ status: null, phases }))).toBe(false);
  });
});
