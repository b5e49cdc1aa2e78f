// Requests to /api/v1, below wherever this page is served.
import type { Exchanges, History, Row, RunSummary, StartOrder } from '../types';

export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** An address of the server, given relative to the page's folder. */
export function address(path: string): string {
  return new URL(path, document.baseURI.split('#', 1)[0]).href;
}

export function toLogin(): void {
  location.assign(address('login'));
}

let kept: Record<string, unknown> | null = null;

let refusal = '';

/** A page without a server has all answers in itself; of others it says why it does not have them. */
export function answerFrom(answers: Record<string, unknown>, why = 'this report does not hold that'): void {
  kept = answers;
  refusal = why;
}

async function request(path: string, init: RequestInit): Promise<unknown> {
  if (kept !== null) {
    if (kept[path] !== undefined) return kept[path];
    throw new ApiError(404, refusal);
  }
  let response: Response;
  try {
    response = await fetch(address(`api/v1/${path}`), { credentials: 'same-origin', ...init });
  } catch {
    throw new ApiError(0, 'swarm does not answer');
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer;
  if (response.status === 401 && path !== 'login') toLogin();
  const said = (answer as { error?: unknown } | null)?.error;
  throw new ApiError(response.status, typeof said === 'string' ? said : `swarm answered ${response.status}`);
}

export function get(path: string): Promise<unknown> {
  return request(path, { cache: 'no-store' });
}

export function post(path: string, body: unknown = {}): Promise<unknown> {
  return request(path, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  });
}

export async function history(run: number, endpoint: number | null): Promise<History> {
  const query = endpoint === null ? `run=${run}` : `run=${run}&endpoint=${endpoint}`;
  return await get(`history?${query}`) as History;
}

export async function runList(): Promise<RunSummary[]> {
  const answer = await get('runs') as RunSummary[] | { runs: RunSummary[] };
  return Array.isArray(answer) ? answer : answer.runs;
}

/** Of a run that is over. */
export async function endpointsOf(run: number): Promise<Row[]> {
  return await get(`runs/${run}/endpoints`) as Row[];
}

export async function exchangesOf(error: number): Promise<Exchanges> {
  return await get(`errors/${error}/exchanges`) as Exchanges;
}

export const start = (order: StartOrder) => post('start', order);
export const stop = () => post('stop');
export const reset = () => post('reset');
export const logOut = () => post('logout');
