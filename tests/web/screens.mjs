// node screens.mjs FOLDER [URL]: pictures of the page as docs/screens has them: of the swarm at URL,
// which waits for a start and is given one, or else of the fake server's run.
import { mkdirSync } from 'node:fs';
import { launch } from './browser.mjs';
import { someOptions } from './fake_server/answers.mjs';
import { shop } from './fake_server/endpoints.mjs';
import { Model } from './fake_server/model.mjs';
import { FakeServer } from './fake_server/server.mjs';
import { sizes } from './sizes.mjs';

const [folder, given] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node screens.mjs FOLDER [URL]');
  process.exit(2);
}

async function fake(seconds) {
  const model = new Model({ endpoints: shop, role: 'master', picker: true, options: someOptions });
  model.withExceptions = true;
  model.clock = Date.now() - seconds * 1000;
  if (seconds > 0) model.start({ users: 400, hatch_rate: 20 });
  for (let i = 0; i < seconds; i += 1) model.tick(1);
  return new FakeServer(model).listen();
}

const servers = given ? [] : [await fake(300), await fake(0)];
const url = given ?? servers[0].url;

const kRun_ms = 60_000; // of the run, before it is looked at

// Name, place, size, dark; `open` is a link to follow first, where ids are not known before.
const pictures = [
  ['statistics', 'statistics', 'desk', true],
  ['statistics-light', 'statistics', 'desk', false],
  ['endpoint', 'statistics', 'desk', false, '.lines .line:nth-child(6) a'],
  ['endpoint-phone', 'statistics', 'phone', true, '.lines .line:nth-child(6) a'],
  ['charts', 'charts', 'desk', true],
  ['charts-light', 'charts', 'desk', false],
  ['failures', 'failures', 'desk', false, '.error-list a'],
  ['workers', 'workers', 'desk', true],
  ['logs', 'logs', 'desk', false],
  ['workers-phone', 'workers', 'phone', false],
  ['statistics-phone', 'statistics', 'phone', false],
  ['charts-phone', 'charts', 'phone', true],
  ['failures-phone', 'failures', 'phone', true, '.error-list a'],
];
const beginnings = [['start', '', 'desk', true], ['start-phone', '', 'phone', false]];

mkdirSync(folder, { recursive: true });
const browser = await launch();

async function take([name, hash, size, dark, open], from) {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: dark ? 'dark' : 'light' });
  const page = await context.newPage();
  await page.goto(`${from}#/${hash}`);
  await page.locator('.screen, .start-form').first().waitFor();
  if (open) await page.locator(open).first().click();
  await page.waitForTimeout(2500);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await context.close();
}

for (const picture of beginnings) await take(picture, given ?? servers[1].url);
if (given) {
  const started = await fetch(new URL('api/v1/start', given), {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"users":60,"hatch_rate":4}',
  });
  if (!started.ok) throw new Error(await started.text());
  await new Promise((done) => { setTimeout(done, kRun_ms); });
}
for (const picture of pictures) await take(picture, url);
await browser.close();
await Promise.all(servers.map((server) => server.close()));
