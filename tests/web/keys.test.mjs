// The page without a mouse.
import { describe, expect, it } from 'vitest';
import { browserPages, cells, serve, sizes } from './pages.mjs';

const { open } = browserPages();
const focused = (page) => page.evaluate(() => document.activeElement.textContent);

describe('keys', () => {
  it('go through the failures and open one', async () => {
    const page = await open(await serve(), { hash: '#/failures' });
    const links = page.locator('.error-list a');
    await links.nth(2).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await focused(page)).toBe(await links.nth(1).textContent());
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('k');
    expect(await focused(page)).toBe(await links.nth(1).textContent());
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Copy as curl' }).waitFor();
    expect(page.url()).toMatch(/failures\/\d+$/);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.url()).toMatch(/failures$/);
  });

  it('come back to the line that was opened', async () => {
    const page = await open(await serve());
    await cells(page).first().waitFor();
    for (const key of ['j', 'j', 'j', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: '/api/products/[id]' }).waitFor();
    await expect.poll(() => focused(page)).toContain('/api/products/[id]');
    await page.keyboard.press('Escape');
    await page.locator('.line.marked', { hasText: '/api/products/[id]' }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement.matches('[data-table]'))).toBe(true);
    await page.keyboard.press('j');
    await page.locator('.line.marked', { hasText: 'reviews' }).waitFor();
  });

  it('close the choice of columns', async () => {
    const page = await open(await serve());
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'p99.9', exact: true }).check();
    await page.keyboard.press('Escape');
    expect(await page.locator('.column-chooser').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement.getAttribute('aria-label'))).toBe('Columns');
  });

  it('start a run and are in its table', async () => {
    const page = await open(await serve({ seconds: 0 }), { size: sizes.desk });
    await expect.poll(() => page.evaluate(() => document.activeElement.id)).toBe('users');
    await page.keyboard.press('Enter');
    await cells(page).first().waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement.matches('[data-table]'))).toBe(true);
  });
});
