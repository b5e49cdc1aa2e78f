import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { curlOf, isHidden, quote } from '../src/logic/curl';
import { exchange } from './make';

/** What a real shell makes of a command line, with curl replaced by something that prints its words. */
function words(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\nAUTHORIZATION=from-variable\n${command}\n`;
  return execFileSync('/bin/sh', ['-c', script]).toString().split('\0').slice(0, -1);
}

describe('quote', () => {
  it.each(["it's", '$(rm -rf /)', '`id`', 'a\nb', '"', '\\', "'; reboot; '", 'é 🐝', '-x', '~', '*', ''])('gives a shell %j as it is', (text) => {
    expect(execFileSync('/bin/sh', ['-c', `printf %s ${quote(text)}`]).toString()).toBe(text);
  });
});

describe('curlOf', () => {
  it('is short for a plain GET', () => {
    expect(curlOf(exchange())).toBe('curl -i http://t/');
  });
  it('has method, headers and body', () => {
    const command = curlOf(exchange({
      method: 'POST', url: 'http://t/a?b=1&c=$HOME', request_body: "it's {\"a\": 1}",
      request_headers: [['Host', 't'], ['Content-Length', '13'], ['Accept', 'x/y; q="1"'], ['Accept-Encoding', 'gzip']],
    }));
    expect(words(command)).toEqual(['-i', 'http://t/a?b=1&c=$HOME', '-X', 'POST', '--compressed', '-H', 'Accept: x/y; q="1"',
      '--data-binary', "it's {\"a\": 1}"]);
  });
  it('keeps hidden values hidden, as a variable that the reader sets', () => {
    const command = curlOf(exchange({ request_headers: [['Authorization', '***'], ['X-"; reboot', '***']] }));
    expect(command).toContain('"Authorization: $AUTHORIZATION"');
    expect(words(command)).toEqual(['-i', 'http://t/', '-H', 'Authorization: from-variable', '-H', 'X-"; reboot: ***']);
  });
  it('lets no header begin another one', () => {
    expect(words(curlOf(exchange({ request_headers: [['X', 'a\r\nY: b']] }))).at(-1)).toBe('X: a Y: b');
  });
});

describe('isHidden', () => {
  it('knows the server’s stars', () => {
    expect([isHidden('***'), isHidden('Bearer ***'), isHidden('*'), isHidden('a***')]).toEqual([true, true, false, false]);
  });
});
