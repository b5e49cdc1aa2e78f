// An exchange as a command line that sends the same request again.
import type { Exchange } from '../types';

/** What the server puts in the place of a secret. */
const kHidden = /^(?:[A-Za-z]+ )?(?:\*{3,}|•{3,})$/;

export function isHidden(value: string): boolean {
  return kHidden.test(value.trim());
}

/** Quoted for a POSIX shell: nothing in it means anything to the shell. */
export function quote(text: string): string {
  if (text !== '' && /^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll('\0', '').replaceAll("'", "'\\''")}'`;
}

// curl adds these itself, or they would say something wrong about the request that it makes.
const kOwn = new Set(['host', 'content-length', 'connection', 'accept-encoding', 'transfer-encoding']);

function header([name, value]: [string, string]): string {
  // The name is of letters by HTTP's rule; what is not is quoted like everything else.
  if (isHidden(value) && /^[\w-]+$/.test(name)) {
    const variable = name.toUpperCase().replaceAll('-', '_');
    return `-H "${name}: $${variable}"`;
  }
  return `-H ${quote(`${name}: ${value}`.replaceAll(/[\r\n]+/g, ' '))}`;
}

export function curlOf(exchange: Exchange): string {
  const parts = [`curl -i ${quote(exchange.url)}`];
  const method = exchange.method.toUpperCase();
  if (method === 'HEAD') parts.push('--head');
  else if (method !== 'GET' || exchange.request_body !== '') parts.push(`-X ${quote(method)}`);
  const encoded = exchange.request_headers.some(([name]) => name.toLowerCase() === 'accept-encoding');
  if (encoded) parts.push('--compressed');
  for (const pair of exchange.request_headers) {
    if (!kOwn.has(pair[0].toLowerCase())) parts.push(header(pair));
  }
  if (exchange.request_body !== '') parts.push(`--data-binary ${quote(exchange.request_body)}`);
  return parts.join(' \\\n  ');
}
