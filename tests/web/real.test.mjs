// The page with the real program behind it: what the fake server cannot tell. Needs SWARM_BIN.
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { browserPages, cells, names } from './pages.mjs';
import { page as web, stopAll, swarm, target } from './swarm.mjs';

// Hooks run from the last to the first: the pages are closed before what they look at ends.
afterEach(stopAll);
const { open } = browserPages();

async function start(page, users) {
  await page.getByLabel('Users').fill(String(users));
  await page.getByLabel('Hatch rate').fill('20');
  await page.getByRole('button', { name: 'Start swarming' }).click();
  await cells(page).nth(1).waitFor();
}

function kpi(page, label) {
  return page.locator('.kpi', { hasText: label }).locator('.kpi-value').innerText();
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const { port } = server.address();
  await new Promise((done) => { server.close(done); });
  return port;
}

describe('with swarm behind it', () => {
  it('a run is started, explained, edited, stopped, and made again', async () => {
    const page = await open(await web(await target()));
    await start(page, 40);
    expect((await names(page)).sort()).toEqual(['A 200 Status', 'A Random HTTP Status']);
    await expect.poll(() => kpi(page, 'Users'), { timeout: 20_000 }).toBe('40');

    await page.getByRole('link', { name: 'Failures' }).click();
    await page.locator('.error-list a', { hasText: 'HTTPError' }).first().click();
    await page.getByRole('region', { name: 'Kept exchanges' }).waitFor();

    await page.keyboard.press('e');
    await page.getByLabel('Users').fill('60');
    await page.getByRole('button', { name: 'Change the run' }).click();
    await expect.poll(() => kpi(page, 'Users'), { timeout: 20_000 }).toBe('60');

    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped').first().waitFor({ timeout: 20_000 });
    await page.getByRole('button', { name: 'New run' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start swarming' }).click();
    await page.getByText(/Running|Spawning/).first().waitFor();
  });

  it('an endpoint has its charts, and the total its own', async () => {
    const page = await open(await web(await target()));
    await start(page, 20);
    await page.getByRole('link', { name: 'A 200 Status' }).click();
    await page.getByText('It has not failed.').waitFor();
    await expect.poll(() => page.getByRole('img', { name: /Throughput of GET A 200 Status over time. Latest: Requests\/s \d/ }).count(),
      { timeout: 20_000 }).toBe(1);
    await page.keyboard.press('2');
    await expect.poll(() => page.getByRole('img', { name: /Users of All endpoints over time. Latest: Users 20/ }).count(),
      { timeout: 20_000 }).toBe(1);
  });

  it('a report is the page as it was, and needs nobody', async () => {
    const server = await web(await target());
    const page = await open(server);
    await start(page, 20);
    await page.getByText('Running').first().waitFor({ timeout: 20_000 });
    await page.keyboard.press('3');
    await page.locator('.error-list a', { hasText: 'HTTPError' }).first().waitFor();
    // A second is told of when nobody's report of it can be under way any more.
    await page.keyboard.press('2');
    await page.getByRole('img', { name: /Users of All endpoints over time/ }).waitFor();
    await page.goto(`${server.url}stats/report`);
    await server.stop();
    expect((await names(page)).sort()).toEqual(['A 200 Status', 'A Random HTTP Status']);
    expect(await page.getByRole('button', { name: /Stop|Edit|Reset|New run/ }).count()).toBe(0);
    await page.getByRole('link', { name: 'A Random HTTP Status' }).click();
    await page.getByRole('img', { name: /Throughput of GET A Random HTTP Status over time/ }).waitFor();
    await page.keyboard.press('3');
    await page.locator('.error-list a', { hasText: 'HTTPError' }).first().click();
    await page.getByRole('region', { name: 'Kept exchanges' }).getByText(/Status (404|500|503)/).first().waitFor();
    await page.keyboard.press('2');
    await page.getByRole('img', { name: /Users of All endpoints over time/ }).waitFor();
  });

  it('an earlier run is opened as it was', async () => {
    const page = await open(await web(await target()));
    await page.getByLabel('Label').fill('the first');
    await start(page, 20);
    await page.getByRole('link', { name: 'Failures' }).click();
    await page.locator('.error-list a', { hasText: 'HTTPError' }).first().waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped').first().waitFor({ timeout: 20_000 });
    const total = await kpi(page, 'Failures');
    await page.getByRole('button', { name: 'New run' }).click();
    await page.getByRole('dialog').getByLabel('Label').fill('the second');
    await page.getByRole('dialog').getByRole('button', { name: 'Start swarming' }).click();
    await page.getByText('Run 2', { exact: true }).click();
    const [first] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', { name: /Run 1 · the first/ }).click()]);
    await first.getByRole('heading', { name: 'Report of run 1' }).waitFor();
    expect(await first.locator('.report-head').innerText()).toContain('the first');
    expect(await first.locator('.header').innerText()).not.toContain('the second');
    expect(await kpi(first, 'Failures')).toBe(total);
    await first.getByRole('link', { name: 'A Random HTTP Status' }).click();
    await first.getByRole('img', { name: /Throughput of GET A Random HTTP Status over time/ }).waitFor();
    await first.keyboard.press('3');
    await first.locator('.error-list a', { hasText: 'HTTPError' }).first().click();
    await first.getByRole('region', { name: 'Kept exchanges' }).getByText(/Status (404|500|503)/).first().waitFor();
  });

  it('a run that had its time stands still, with the rates of all of it', async () => {
    const page = await open(await web(await target()));
    await page.getByLabel('Run time').fill('4s');
    await start(page, 20);
    await expect.poll(() => page.locator('.kpi', { hasText: 'p99' }).innerText(), { timeout: 20_000 }).toMatch(/last \d+ s/);
    const pill = page.locator('.pill', { hasText: 'Finished' });
    await pill.waitFor({ timeout: 20_000 });
    const said = await pill.innerText();
    const rates = page.locator('.lines .line [data-label="Req/s"]');
    await expect.poll(() => rates.allInnerTexts().then((all) => all.every((text) => Number(text) > 0))).toBe(true);
    await page.waitForTimeout(2500);
    await page.reload();
    await pill.waitFor();
    expect(await pill.innerText()).toBe(said);
    await page.getByRole('button', { name: 'New run' }).click();
    expect(await page.getByRole('dialog').getByLabel('Run time').inputValue()).toBe('4s');
  });

  it('files are there', async () => {
    const server = await web(await target());
    const page = await open(server, { hash: '#/downloads' });
    const files = page.locator('a.file');
    await expect.poll(() => files.count()).toBeGreaterThan(3);
    const links = await files.evaluateAll((all) => all.map((one) => one.href));
    for (const link of links) expect((await page.request.get(link)).status(), link).toBe(200);
  });

  it('a reload finds the run as it was', async () => {
    const page = await open(await web(await target()));
    await start(page, 20);
    await page.reload();
    await cells(page).nth(1).waitFor();
    await expect.poll(() => kpi(page, 'Users'), { timeout: 20_000 }).toBe('20');
  });

  it('a swarm that is gone and comes back is noticed', async () => {
    const host = await target();
    const port = String(await freePort());
    const first = await web(host, '--web-port', port);
    const page = await open(first, { quiet: true });
    await start(page, 5);
    await first.stop('SIGKILL');
    await page.getByText('Connection to swarm lost.').waitFor();
    await web(host, '--web-port', port);
    await page.getByText('Another swarm answers here now.').waitFor({ timeout: 30_000 });
    expect((await names(page)).sort()).toEqual(['A 200 Status', 'A Random HTTP Status']);
    await page.getByRole('button', { name: 'Go on to the new one' }).click();
    await page.getByRole('button', { name: 'Start swarming' }).waitFor();
  });

  it('a master shows its three workers', async () => {
    const port = String(await freePort());
    const server = await web(await target(), '--master', '--master-bind-port', port, '--master-bind-host', '127.0.0.1', '--expect-workers', '3');
    await Promise.all([1, 2, 3].map((n) => swarm(
      ['--worker', '-f', 'examples/python/quickstart.py', '--master-host', '127.0.0.1', '--master-port', port, '--worker-id', `worker-${n}`], /(.)/)));
    const page = await open(server);
    await page.getByText('3 workers').first().waitFor({ timeout: 20_000 });
    await start(page, 30);
    await page.getByRole('link', { name: 'Workers' }).click();
    for (const n of [1, 2, 3]) await page.getByRole('row', { name: new RegExp(`worker-${n}.*running`) }).waitFor({ timeout: 20_000 });
    await page.keyboard.press('7');
    await page.getByRole('region', { name: 'Log' }).waitFor();
  });
});
