// Processes of the real program, for the tests that need SWARM_BIN; every one ends with its test.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const running = new Set();

/** Starts the program; `says` is awaited among its lines, its first group is the answer. */
export function swarm(args, says) {
  const child = spawn(process.env.SWARM_BIN, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((done) => { child.on('exit', done); });
  const stop = async (signal = 'SIGTERM') => {
    child.kill(signal);
    await ended;
    running.delete(stop);
  };
  running.add(stop);
  return new Promise((found, failed) => {
    let text = '';
    const read = (data) => {
      text += data.toString();
      const match = says.exec(text);
      if (match) found({ answer: match[1], stop });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    ended.then((code) => failed(new Error(`swarm ended with ${code}:\n${text}`)));
  });
}

export async function stopAll() {
  await Promise.all([...running].map((stop) => stop()));
}

export const target = () => swarm(['target', '--port', '0'], /(http:\/\/127\.0\.0\.1:\d+)/).then((one) => one.answer);

/** The web page of a swarm with the quickstart's users, and how to end it. */
export async function page(host, ...more) {
  const args = ['-f', 'examples/python/quickstart.py', '-H', host, '--web-host', '127.0.0.1', ...more];
  if (!more.includes('--web-port')) args.push('--web-port', '0');
  const { answer, stop } = await swarm(args, /web interface at (http:\/\/[^\s]+:\d+)/);
  return { url: `${answer}/`, stop };
}
