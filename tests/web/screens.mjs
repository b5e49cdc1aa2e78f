// node screens.mjs URL FOLDER: pictures of a running swarm's page, as docs/screens has them. The run
// should have begun, and have failures; the start form is taken from its New run dialog otherwise.
import { mkdirSync } from 'node:fs';
import { launch } from './browser.mjs';
import { sizes } from './sizes.mjs';

const [url, folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node screens.mjs URL FOLDER');
  process.exit(2);
}

// Name, place, size, dark; `open` is a link to follow first, where ids are not known before.
const pictures = [
  ['statistics', 'statistics', 'desk', true],
  ['statistics-light', 'statistics', 'desk', false],
  ['endpoint', 'statistics', 'desk', false, '.lines .line:nth-child(2) a'],
  ['charts', 'charts', 'desk', true],
  ['charts-light', 'charts', 'desk', false],
  ['failures', 'failures', 'desk', false, '.error-list a'],
  ['workers', 'workers', 'desk', true],
  ['logs', 'logs', 'desk', false],
  ['statistics-phone', 'statistics', 'phone', false],
  ['charts-phone', 'charts', 'phone', true],
  ['failures-phone', 'failures', 'phone', true, '.error-list a'],
];

mkdirSync(folder, { recursive: true });
const browser = await launch();
for (const [name, hash, size, dark, open] of pictures) {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: dark ? 'dark' : 'light' });
  const page = await context.newPage();
  await page.goto(`${url}#/${hash}`);
  await page.locator('.screen').waitFor();
  if (open) await page.locator(open).first().click();
  await page.waitForTimeout(2500);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await context.close();
}
await browser.close();
