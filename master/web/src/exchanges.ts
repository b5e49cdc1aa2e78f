// What was sent and what came back, of requests that failed: part of the contract in types.ts.

export interface Phases {
  dns_ms: number | null;
  connect_ms: number | null;
  tls_ms: number | null;
  wait_ms: number | null;
  read_ms: number | null;
}

export interface Exchange {
  at: string;
  worker: string;
  user_class?: string;
  method: string;
  url: string;
  request_headers: [string, string][];
  request_body: string;
  status: number | null;
  response_headers: [string, string][];
  response_body: string;
  body_truncated: boolean;
  outcome: string;
  phases: Phases | null;
  took_ms?: number | null;
}

export interface Exchanges {
  exchanges: Exchange[];
  first: number; // so many of them are the first that happened, the others the latest
}
