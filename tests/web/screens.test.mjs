import { createRequire } from 'node:module';
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { browserPages, serve, sizes } from './pages.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const { open } = browserPages();

const screens = ['statistics', 'statistics/8', 'charts', 'failures', 'failures/1', 'exceptions', 'ratio', 'workers', 'logs', 'downloads'];

async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical' || impact === 'moderate')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).slice(0, 3).join(' | ')}`);
}

/** Text that does not fit its box where nothing says that it is cut, and what hangs out of the page. */
function misplaced() {
  const wide = document.documentElement.scrollWidth > window.innerWidth ? ['the page is wider than the window'] : [];
  const cut = [...document.querySelectorAll('button, h1, h2, h3, .kpi-value, .pill, .badge, .tabs a, label, dt, dd, .gauge-value')]
    .filter((element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1
      && getComputedStyle(element).textOverflow !== 'ellipsis' && !element.matches('.visually-hidden') && !element.querySelector('.given'))
    .map((element) => `cut: ${element.className} ${element.textContent.slice(0, 60)}`);
  return [...wide, ...cut];
}

describe.each(Object.keys(sizes))('every screen: %s', (size) => {
  it.each([['light', false], ['dark', true]])('is accessible and has nothing cut off: %s', async (_, dark) => {
    const server = await serve({ seconds: 60, suspect: dark });
    const page = await open(server, { size: sizes[size], dark });
    for (const screen of screens) {
      await page.goto(`${server.url}#/${screen}`);
      await page.locator('#main > .screen').waitFor();
      await page.waitForTimeout(200);
      expect(await violations(page), screen).toEqual([]);
      expect(await page.evaluate(misplaced), screen).toEqual([]);
    }
  });

  it.each([['light', false], ['dark', true]])('the forms and dialogs are as well: %s', async (_, dark) => {
    const server = await serve({ seconds: 0, picker: true, options: (await import('./fake_server/answers.mjs')).someOptions });
    const page = await open(server, { size: sizes[size], dark });
    await page.getByRole('button', { name: 'Start swarming' }).waitFor();
    await page.getByLabel('Users').fill('x');
    await page.getByRole('button', { name: 'Start swarming' }).click();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(misplaced)).toEqual([]);
    await page.getByRole('button', { name: 'Keyboard and help' }).click();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${server.url}login`);
    await page.getByLabel('Password').waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

describe('charts', () => {
  it('zoom together by dragging, and go back by a double click', async () => {
    const page = await open(await serve({ seconds: 120 }), { hash: '#/charts' });
    const plot = page.locator('.u-over').first();
    await plot.waitFor();
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + box.width / 4, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Whole time' }).waitFor();
    await plot.dblclick();
    await expect.poll(() => page.getByRole('button', { name: 'Whole time' }).count()).toBe(0);
  });

  it('share their cursor: all say what was at that time', async () => {
    const page = await open(await serve({ seconds: 120 }), { hash: '#/charts' });
    const plot = page.locator('.u-over').first();
    await plot.waitFor();
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + 80);
    await expect.poll(() => page.locator('.chart-time').allTextContents().then((all) => new Set(all).size)).toBe(1);
    expect(await page.locator('.chart-time').nth(1).textContent()).toMatch(/^at \d:\d\d$/);
  });

  it('are drawn on a logarithmic axis as well', async () => {
    const page = await open(await serve({ seconds: 120 }), { hash: '#/charts' });
    const chart = page.locator('.chart', { hasText: 'Response times' });
    await chart.getByLabel('log').check();
    await expect.poll(() => chart.locator('canvas').evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value, i) => i % 4 === 3 && value > 0);
    })).toBe(true);
  });

  it('hide a line, and the heat map is read at the cursor', async () => {
    const page = await open(await serve({ seconds: 120 }), { hash: '#/charts' });
    const line = page.getByRole('button', { name: /^p99/ });
    await line.click();
    expect(await line.getAttribute('aria-pressed')).toBe('false');
    const heat = page.locator('.chart', { hasText: 'Latency heat map' }).locator('.u-over');
    const box = await heat.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.getByText(/ms: [\d,]+ requests/).waitFor();
  });

  it('are saved as PNG', async () => {
    const page = await open(await serve({ seconds: 120 }), { hash: '#/charts' });
    const [file] = await Promise.all([
      page.waitForEvent('download'), page.getByRole('button', { name: 'Save Throughput as PNG' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('swarm-throughput-all-endpoints.png');
    expect(statSync(await file.path()).size).toBeGreaterThan(5000);
  });
});

describe('the other screens', () => {
  it('say of which whole a failure is a part', async () => {
    const page = await open(await serve(), { hash: '#/failures' });
    const first = page.locator('.error-list a').first();
    await first.getByText(/^\d.* %\s*of failures$/).waitFor();
    expect(await first.locator('.error-when').innerText()).toMatch(/^\d.* % of its requests · first/);
  });

  it('copy a failed request as curl, with its secrets hidden', async () => {
    const server = await serve();
    const page = await open(server, { hash: '#/failures', permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('.error-list a', { hasText: '/api/checkout' }).first().click();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied').waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toContain("curl -i https://shop.example/api/checkout");
    expect(text).toContain('-H "Authorization: $AUTHORIZATION"');
    expect(text).not.toContain('***');
    expect(await page.locator('.hidden-value').count()).toBeGreaterThan(1);
  });

  it('show tracebacks, ratios, workers and logs with their levels', async () => {
    const server = await serve({ suspect: true });
    const page = await open(server, { hash: '#/exceptions' });
    await page.getByText('line 41, in checkout').waitFor();
    await page.keyboard.press('5');
    await page.getByRole('rowheader', { name: 'StockWatcher' }).waitFor();
    await page.keyboard.press('6');
    await page.getByText('shop-worker-3').waitFor();
    await page.getByText('the generator is at its limit').waitFor();
    await page.keyboard.press('7');
    await page.locator('.level-error').first().waitFor();
    await page.getByLabel('Level').selectOption('error');
    await expect.poll(() => page.locator('.level-debug, .level-info, .level-warning').count()).toBe(0);
    await page.keyboard.press('8');
    await page.getByRole('link', { name: /Log of shop-worker-2/ }).waitFor();
    expect(await page.getByRole('link', { name: /Requests/ }).getAttribute('href')).toBe(`${server.url}stats/requests/csv`);
  });

  it('have a list of keys, and keys that can be turned off', async () => {
    const page = await open(await serve());
    await page.locator('.table-box').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('checkbox', { name: 'Single keys do these things' }).uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('2');
    await page.waitForTimeout(100);
    expect(page.url()).not.toContain('charts');
  });

  it('are dark or light as the reader wants, also after a reload', async () => {
    const page = await open(await serve(), { dark: true });
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    await page.locator('.table-box').waitFor();
    expect(await theme()).toBe('dark');
    await page.keyboard.press('t');
    expect(await theme()).toBe('light');
    await page.reload();
    expect(await theme()).toBe('light');
  });
});
