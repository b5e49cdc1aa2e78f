import { describe, expect, it } from 'vitest';
import { browserPages, cells, serve, sizes } from './pages.mjs';

const { open } = browserPages();

describe('a fleet', () => {
  it('shows which worker lags, and greys one that is missing, with the way to its log', async () => {
    const page = await open(await serve({ suspect: true }), { hash: '#/workers' });
    const line = (name) => page.locator('.workers-table tr', { hasText: name });
    await line('shop-worker-2').waitFor();
    expect(await line('shop-worker-2').locator('.trouble').innerText()).toBe('402 ms');
    expect(await line('shop-worker-1').locator('.trouble').count()).toBe(0);
    expect(await line('shop-worker-3').getAttribute('class')).toContain('away');
    await page.getByRole('button', { name: 'State' }).click();
    expect(await page.locator('.worker-name').allInnerTexts()).toEqual(['shop-worker-3', 'shop-worker-2', 'shop-worker-1']);
    await page.getByRole('link', { name: 'shop-worker-2' }).click();
    await page.getByText('shop-worker-2/INFO/swarm: starting 133 users').waitFor();
    expect(await page.getByLabel('Log of').inputValue()).toBe('shop-worker-2');
  });

  it('is a list of cards on a phone, with every figure in sight', async () => {
    const page = await open(await serve(), { hash: '#/workers', size: sizes.phone });
    const last = page.locator('.workers-table tr').last().locator('td').last();
    await last.waitFor();
    const box = await last.boundingBox();
    expect(box.x + box.width).toBeLessThanOrEqual(sizes.phone.width);
  });
});

describe('two runs', () => {
  async function twice() {
    const server = await serve({ seconds: 40 });
    server.model.stop();
    server.keep();
    for (const row of server.rowsOf.get(1)) row.p = row.p.map((ms) => (row.name.startsWith('/api/search') ? ms / 9 : ms));
    Object.assign(server.model.runs[0], { label: 'before the cache' });
    server.model.start({ users: 400, hatch_rate: 20, profile: 'with the cache' });
    for (let i = 0; i < 40; i += 1) server.model.tick(1);
    return server;
  }

  it('are compared endpoint by endpoint, what got worse first, with the labels that they have', async () => {
    const page = await open(await twice(), { hash: '#/charts' });
    await page.getByLabel('Compare').selectOption('1');
    const first = page.locator('.by-endpoint tbody tr').first();
    await first.waitFor();
    expect(await first.innerText()).toContain('/api/search');
    expect(await page.locator('.by-endpoint .change.bad').count()).toBeGreaterThan(0);
    const table = page.locator('.comparison table').first();
    expect(await table.innerText()).toContain('before the cache');
    expect(await table.innerText()).toContain('with the cache');
    expect(await table.locator('td', { hasText: /^=$/ }).count()).toBe(1);
    await page.getByRole('button', { name: /^p99, run 1/ }).waitFor();
    expect(await page.locator('.header').innerText()).toContain('with the cache');
  });

  it('can be downloaded and opened, the earlier one too', async () => {
    const server = await twice();
    const page = await open(server, { hash: '#/downloads' });
    const links = () => page.locator('a.file').evaluateAll((all) => all.map((one) => new URL(one.href).pathname + new URL(one.href).search));
    await page.getByLabel('Of').selectOption('1');
    await expect.poll(links).toEqual(['/stats/requests/csv?run=1', '/stats/failures/csv?run=1', '/exceptions/csv?run=1',
      '/stats/report?download=1&run=1', '/api/v1/run.json?run=1']);
    expect(await page.getByRole('link', { name: 'Open run 1' }).getAttribute('href')).toContain('stats/report?run=1');
    await page.getByLabel('Of').selectOption('');
    await expect.poll(async () => (await links()).includes('/stats/requests/csv')).toBe(true);

    await page.getByText('Run 2', { exact: true }).click();
    const menu = page.getByRole('list', { name: 'Earlier runs' });
    expect(await menu.innerText()).toContain('Run 1 · before the cache');
    expect(await menu.getByRole('link').getAttribute('href')).toContain('stats/report?run=1');
    await page.keyboard.press('Escape');
    await expect.poll(() => menu.isVisible()).toBe(false);
  });

  it('that was too long ago can be laid beside this one, not opened', async () => {
    const server = await twice();
    server.kept = () => false;
    const page = await open(server, { hash: '#/charts' });
    await page.getByText('Run 2', { exact: true }).click();
    await page.getByText('too long ago to be opened').waitFor();
    await page.getByLabel('Compare').selectOption('1');
    await page.locator('.comparison').waitFor();
    expect(await page.getByRole('link', { name: 'Open run 1' }).count()).toBe(0);
  });
});

describe('the charts', () => {
  it('mark what happened', async () => {
    const server = await serve();
    server.model.start({ users: 500 });
    server.model.tick(1);
    const page = await open(server, { hash: '#/charts' });
    const asked = await (await page.request.get(`${server.url}api/v1/history?run=1`)).json();
    expect(asked.marks.map((mark) => mark.text)).toEqual(['users 400 → 500']);
    await page.locator('.chart[data-marks="users 400 → 500"]').first().waitFor();
  });
});

describe('failures', () => {
  it('are grouped by their cause when that is asked for, also after a reload', async () => {
    const page = await open(await serve({ seconds: 120 }), { hash: '#/failures' });
    const found = page.locator('.found').first();
    await found.waitFor();
    const [, causes, endpoints] = /(\d+) causes on (\d+) endpoints/.exec(await found.innerText());
    await page.getByLabel('Group by cause').check();
    await page.reload();
    await page.locator('.cause').first().waitFor();
    expect(await page.locator('.error-list > li').count()).toBe(Number(causes));
    expect(Number(endpoints)).toBeGreaterThan(1);
    const group = page.locator('.cause').first();
    await group.locator('summary').click();
    await group.locator('a').first().click();
    await page.getByText('2nd last').waitFor();
  });

  it('that found no connection say what would have been sent', async () => {
    const server = await serve();
    const json = server.json.bind(server);
    server.json = (response, value, ...more) => {
      for (const one of value?.exchanges ?? []) {
        Object.assign(one, { status: null, phases: { dns_ms: null, connect_ms: 0.2, tls_ms: null, wait_ms: null, read_ms: null } });
      }
      return json(response, value, ...more);
    };
    const page = await open(server, { hash: '#/failures' });
    await page.locator('.error-list a').first().click();
    await page.getByText('Would have sent').waitFor();
  });
});

describe('names', () => {
  it('that are too long are cut in their middle', async () => {
    const long = `/api/v1/shops/${'very-long-part/'.repeat(20)}and-its-end`;
    const page = await open(await serve({ seconds: 20, endpoints: [['GET', long, 20, 0.3, 5, 0]] }));
    await cells(page).first().waitFor();
    const end = page.locator('.parted > span').last();
    const box = await end.boundingBox();
    const cell = await page.locator('.lines .line .name').boundingBox();
    expect(await end.innerText()).toContain('and-its-end');
    expect(box.x + box.width).toBeLessThanOrEqual(cell.x + cell.width);
  });
});
