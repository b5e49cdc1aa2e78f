import { describe, expect, it } from 'vitest';
import { hostile, hostileNames, many, shop } from './fake_server/endpoints.mjs';
import { browserPages, cells, names, serve, sizes } from './pages.mjs';

const { open } = browserPages();

describe('the table of statistics', () => {
  it('shows every endpoint, and all of them together above', async () => {
    const page = await open(await serve());
    await cells(page).first().waitFor();
    expect(await names(page)).toEqual(shop.map(([, name]) => name));
    expect(await page.locator('.line.total').innerText()).toContain('All endpoints');
  });

  it('is sorted by a heading, and remembers it after a reload', async () => {
    const page = await open(await serve());
    await page.getByRole('button', { name: 'p99' }).click();
    expect((await names(page))[0]).toBe('/api/checkout');
    expect(await page.getByRole('columnheader', { name: 'p99' }).getAttribute('aria-sort')).toBe('descending');
    await page.reload();
    await cells(page).first().waitFor();
    expect((await names(page))[0]).toBe('/api/checkout');
  });

  it('shows by an arrow how it is sorted, within the heading', async () => {
    const page = await open(await serve());
    for (const name of ['Avg fail/s', 'p99', 'Endpoint']) {
      if (name === 'Avg fail/s') {
        await page.getByRole('button', { name: 'Columns' }).click();
        await page.getByRole('checkbox', { name }).check();
      }
      await page.getByRole('columnheader', { name }).getByRole('button').click();
      const heading = page.getByRole('columnheader', { name });
      const [cell, arrow] = [await heading.boundingBox(), await heading.locator('.arrow').boundingBox()];
      expect(arrow.width, name).toBeGreaterThan(4);
      expect(arrow.x, name).toBeGreaterThanOrEqual(cell.x);
      expect(arrow.x + arrow.width, name).toBeLessThanOrEqual(cell.x + cell.width);
    }
  });

  it('shows who fails how much, and after the run the rates of all of it', async () => {
    const server = await serve();
    server.model.stop();
    const page = await open(server);
    const line = page.locator('.lines .line', { hasText: '/api/checkout' });
    const value = (label) => line.locator(`[data-label="${label}"]`).innerText();
    await line.waitFor();
    expect(await value('Failed %')).toMatch(/^\d+\.\d+ %$/);
    const [requests, rps] = [await value('Requests'), await value('Req/s')].map((text) => Number(text.replace(',', '')));
    expect(rps).toBeCloseTo(requests / 60, 1);
    await page.getByRole('link', { name: '/api/checkout' }).click();
    await page.locator('.figures', { hasText: String(rps) }).waitFor();
  });

  it('is searched', async () => {
    const page = await open(await serve());
    await cells(page).first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('post CART');
    await expect.poll(() => names(page)).toEqual(['/api/cart']);
    expect(await page.locator('.found').innerText()).toContain('1 of 15 endpoints');
  });

  it('has the columns that are chosen', async () => {
    const page = await open(await serve());
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'p99.9', exact: true }).check();
    await page.getByRole('checkbox', { name: 'Average', exact: true }).uncheck();
    const headings = await page.getByRole('columnheader').allInnerTexts();
    expect(headings).toContain('p99.9');
    expect(headings).not.toContain('Average');
  });

  it('groups by the beginning of names, and closes a group', async () => {
    const page = await open(await serve());
    await page.getByLabel('Group').selectOption('1');
    const api = page.locator('.line.group', { hasText: '/api' });
    await api.waitFor();
    expect(await api.innerText()).toContain('10 endpoints');
    const before = await cells(page).count();
    await api.getByRole('button').click();
    await expect.poll(() => cells(page).count()).toBe(before - 10);
  });

  it('is walked through by keys, and Enter opens the line', async () => {
    const page = await open(await serve());
    await cells(page).first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '/api/products' }).waitFor();
    await page.keyboard.press('Escape');
    await cells(page).first().waitFor();
  });

  it('opens an endpoint with its charts, percentiles and failures, and survives a reload there', async () => {
    const page = await open(await serve());
    await page.getByRole('link', { name: '/api/checkout' }).click();
    await page.getByText('Why it fails').waitFor();
    await page.reload();
    await page.locator('.ladder tr').nth(10).waitFor();
    await expect.poll(() => page.locator('.chart').count()).toBe(3);
    await page.locator('.own-errors a').first().click();
    await page.getByRole('button', { name: 'Copy as curl' }).waitFor();
  });
});

describe('10,000 endpoints', () => {
  it('are all there, while only those in sight are in the page', async () => {
    const server = await serve({ endpoints: many(10_000), seconds: 5 });
    const page = await open(server);
    await cells(page).first().waitFor();
    expect(await page.locator('.found').innerText()).toContain('10,000 endpoints');
    expect(await cells(page).count()).toBeLessThan(60);
    await page.locator('[data-table]').focus();
    await page.keyboard.press('End');
    await expect.poll(async () => (await names(page)).at(-1)).toBe('/api/v1/reports/10999');
    await page.locator('input[data-search]').fill('10999');
    await expect.poll(() => names(page)).toEqual(['/api/v1/reports/10999']);
  });

  it('are scrolled through without long pauses, while new figures come', async () => {
    const server = await serve({ endpoints: many(10_000), seconds: 5 });
    const page = await open(server);
    await page.getByRole('button', { name: 'Requests', exact: true }).click();
    await page.evaluate(() => {
      window.longest = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
      }).observe({ type: 'longtask' });
    });
    for (let i = 0; i < 20; i += 1) {
      await page.mouse.move(700, 600);
      await page.mouse.wheel(0, 4000);
      if (i % 5 === 0) server.pass(1);
      await page.waitForTimeout(50);
    }
    const longest = await page.evaluate(() => window.longest);
    console.log(`10,000 endpoints: longest pause ${Math.round(longest)} ms`);
    // Told, not judged: how long is a matter of the machine. That the lines follow is judged.
    await expect.poll(() => cells(page).count()).toBeGreaterThan(10);
  });
});

describe('what is in sight', () => {
  const requests = async (page, name) => {
    const cell = page.locator('.lines .line', { hasText: name }).locator('[data-label=Requests]');
    return Number((await cell.innerText()).replaceAll(',', ''));
  };

  it('is what the server is told, while one scrolls, opens a line and leaves', async () => {
    const server = await serve({ endpoints: many(3000), seconds: 5 });
    const page = await open(server);
    await cells(page).first().waitFor();
    await expect.poll(() => server.heard.at(-1)?.rows).toContain(0);
    expect(server.heard.at(-1).rows.length).toBeLessThan(60);
    await page.locator('[data-table]').focus();
    await page.keyboard.press('End');
    await expect.poll(() => server.heard.at(-1).rows).toContain(2999);
    expect(server.heard.at(-1).rows).not.toContain(0);
    await page.goto(`${server.url}#/statistics/7`);
    await expect.poll(() => server.heard.at(-1).rows).toEqual([7]);
    await page.keyboard.press('2');
    await expect.poll(() => server.heard.at(-1).rows).toEqual([]);
  });

  it('and what is not: both are right when the run goes on, and when it has ended', async () => {
    const server = await serve({ endpoints: many(3000), seconds: 5 });
    const page = await open(server);
    await cells(page).first().waitFor();
    await expect.poll(() => server.heard.at(-1)?.rows.length).toBeGreaterThan(10);
    await page.getByLabel('Group').selectOption('1');
    // The groups' sums are those of all rows, in sight or not.
    server.pass(7);
    await expect.poll(() => requests(page, '3,000 endpoints')).toBe(server.model.total().requests);
    await page.getByLabel('Group').selectOption('0');
    await page.locator('input[data-search]').fill('3999');
    await expect.poll(() => requests(page, '/api/v3/reports/3999')).toBe(server.model.totals[2999].requests);
    server.pass(3);
    await expect.poll(() => requests(page, '/api/v3/reports/3999')).toBe(server.model.totals[2999].requests);
  });

  it('of a page that nobody sees is nothing, until somebody does', async () => {
    const server = await serve({ endpoints: shop, seconds: 5 });
    const page = await open(server);
    await cells(page).first().waitFor();
    const see = (seen) => page.evaluate((now) => {
      Object.defineProperty(document, 'hidden', { value: !now, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, seen);
    await see(false);
    await expect.poll(() => server.heard.at(-1)?.hidden).toBe(true);
    const before = await requests(page, '/api/orders/[id]');
    server.pass(20);
    await page.waitForTimeout(300);
    expect(await requests(page, '/api/orders/[id]')).toBe(before);
    await see(true);
    await expect.poll(() => server.heard.at(-1).hidden).toBe(false);
    await expect.poll(() => requests(page, '/api/orders/[id]')).toBe(server.model.totals[10].requests);
  });
});

describe('names that want to be more than names', () => {
  for (const [what, size] of Object.entries(sizes)) {
    it(`are text, whole and within the page: ${what}`, async () => {
      const server = await serve({ endpoints: hostile, seconds: 30 });
      const page = await open(server, { size });
      await cells(page).first().waitFor();
      const shown = await names(page);
      expect(shown[0]).toBe(hostileNames[0]);
      expect(shown[1]).toBe(hostileNames[1]);
      for (const hash of ['#/statistics/0', '#/statistics/7', '#/statistics/3', '#/failures', '#/failures/1', '#/exceptions', '#/logs']) {
        await page.goto(server.url + hash);
        await page.locator('#main > .screen').waitFor();
        await page.waitForTimeout(150);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), hash).toBeLessThanOrEqual(0);
      }
      expect(await page.evaluate(() => window.__hacked)).toBeUndefined();
      expect(await page.locator('img, #main script').count()).toBe(0);
    });
  }
});
