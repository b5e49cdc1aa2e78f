// A fake server with a run, and a page of a real browser that looks at it.
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launch } from './browser.mjs';
import { shop } from './fake_server/endpoints.mjs';
import { Model } from './fake_server/model.mjs';
import { FakeServer } from './fake_server/server.mjs';
import { sizes } from './sizes.mjs';

export { sizes };

/** A server whose run is so many seconds old; 0: none has begun. */
export async function serve({ seconds = 60, server = {}, users = 400, ...model } = {}) {
  const simulated = new Model({ endpoints: shop, role: 'master', ...model });
  simulated.withExceptions = true;
  simulated.suspect = model.suspect ?? false;
  if (seconds > 0) {
    simulated.clock = Date.now() - seconds * 1000;
    simulated.start({ users, hatch_rate: 20 });
    for (let i = 0; i < seconds; i += 1) simulated.tick(1);
  }
  return new FakeServer(simulated, server).listen();
}

/**
 * Gives each test of a file `open(server, options)`, where a server has a `url`: a page in a fresh browser context. Whatever the
 * page complains about fails the test: errors, and what the Content-Security-Policy has refused.
 */
export function browserPages() {
  let browser;
  let contexts = [];
  const servers = [];
  const complaints = [];
  beforeAll(async () => { browser = await launch(); });
  afterAll(async () => { await browser?.close(); });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    await Promise.all(servers.splice(0).map((server) => server.close?.()));
    contexts = [];
    expect(complaints.splice(0)).toEqual([]);
  });

  async function open(server, { hash = '', size = sizes.desk, dark = false, quiet = false, ...more } = {}) {
    if (!servers.includes(server)) servers.push(server);
    const context = await browser.newContext({ viewport: size, colorScheme: dark ? 'dark' : 'light', ...more });
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // A server that is gone is one of the things that are tested: `quiet`.
      if (message.type() === 'error' && !quiet) complaints.push(message.text());
    });
    await page.goto(server.url + hash);
    return page;
  }
  return { open };
}

export const cells = (page) => page.locator('.lines .line');

export const names = (page) => page.locator('.lines .line .name .given').allTextContents();
