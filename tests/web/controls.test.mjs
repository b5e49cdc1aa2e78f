// The form, the header and the tiles: what a newcomer looks at first.
import { describe, expect, it } from 'vitest';
import { browserPages, cells, serve } from './pages.mjs';

const { open } = browserPages();
const kpi = (page, label) => page.locator('.kpi', { hasText: label }).innerText();

describe('the form', () => {
  it('is typed over, not behind what it has', async () => {
    const page = await open(await serve({ seconds: 0 }));
    await expect.poll(() => page.evaluate(() => document.activeElement.id)).toBe('users');
    await page.keyboard.type('50');
    expect(await page.getByLabel('Users').inputValue()).toBe('50');
  });

  it('says each thing that is wrong once', async () => {
    const page = await open(await serve({ seconds: 0 }));
    await page.getByLabel('Run time').fill('soon');
    await page.getByRole('button', { name: 'Start swarming' }).click();
    expect(await page.locator('.field', { hasText: 'Run time' }).innerText()).not.toContain('1h20m; empty');
  });

  it('changes a run from where it is, whoever started it', async () => {
    const server = await serve();
    server.model.settings.run_time_s = 600;
    const page = await open(server);
    await cells(page).first().waitFor();
    await page.keyboard.press('e');
    expect(await page.getByLabel('Hatch rate').inputValue()).toBe('20');
    expect(await page.getByLabel('Run time').inputValue()).toBe('10m');
    await expect.poll(() => page.evaluate(() => document.activeElement.id)).toBe('users');
    await page.keyboard.type('600');
    expect(await page.getByLabel('Users').inputValue()).toBe('600');
    await page.getByText('all 600 after 10 s').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => server.posts.at(-1)).toEqual(['start', { users: 600, hatch_rate: 20, run_time: '10m' }]);
  });
});

describe('the header', () => {
  it('tells a run that had its time from one that was cut short', async () => {
    const server = await serve();
    const page = await open(server);
    await cells(page).first().waitFor();
    server.model.settings.run_time_s = 61;
    server.pass(1);
    await page.locator('.pill', { hasText: /^Finished\s*1 m 01 s of 1 m 01 s$/ }).waitFor();
  });

  it('has a new run on each screen, and no verdict before there is one', async () => {
    const page = await open(await serve({ seconds: 0 }), { hash: '#/workers' });
    await page.getByRole('button', { name: 'New run' }).waitFor();
    expect(await page.locator('.verdict-box, .verdict').count()).toBe(0);
    await page.getByRole('button', { name: 'New run' }).click();
    await page.getByRole('button', { name: 'Start swarming' }).click();
    await page.getByText('Generator OK').first().waitFor();
    // The button that was pressed is gone: one is not thrown out of the page.
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement.tagName)).not.toBe('BODY');
  });

  it('has nothing else where Stop was', async () => {
    const server = await serve();
    const page = await open(server);
    const stop = page.getByRole('button', { name: 'Stop' });
    const before = await stop.boundingBox();
    await stop.click();
    await page.getByRole('button', { name: 'New run' }).waitFor();
    expect(await stop.boundingBox()).toEqual(before);
    await page.mouse.click(before.x + before.width / 2, before.y + before.height / 2);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByText('No run is on').waitFor();
  });
});

describe('the tiles', () => {
  it('say of which time they are, the same for all', async () => {
    const server = await serve();
    const page = await open(server);
    for (const label of ['Requests/s', 'Failures', 'Median', 'p95', 'p99']) expect(await kpi(page, label)).toContain('last 10 s');
    server.model.stop();
    server.tellAll();
    await page.getByText('Stopped').waitFor();
    for (const label of ['Requests/s', 'Failures', 'Median', 'p95', 'p99']) {
      expect(await kpi(page, label)).toContain('whole run');
      expect(await kpi(page, label)).not.toContain('last 10 s');
    }
  });
});
