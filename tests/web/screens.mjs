// node screens.mjs FOLDER [URL]: pictures of the page as docs/screens has them: of the swarm at URL,
// which waits for a start and is given two, or else of the fake server's runs.
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
if (!given) {
  const [{ model }] = servers;
  model.stop();
  servers[0].keep();
  for (const row of servers[0].rowsOf.get(1)) row.p = row.p.map((ms) => (row.name.startsWith('/api/search') ? ms * 2.3 : ms));
  const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
  Object.assign(model.runs[0], { label: 'before the cache', started: ago(660), ended: ago(360) });
  model.start({ users: 400, hatch_rate: 20, profile: 'with the cache' });
  for (let i = 0; i < 300; i += 1) model.tick(1);
}
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
  ['exceptions', 'exceptions', 'desk', true],
  ['exceptions-phone', 'exceptions', 'phone', false],
  ['ratio', 'ratio', 'desk', false],
  ['ratio-phone', 'ratio', 'phone', true],
  ['downloads', 'downloads', 'desk', true],
  ['downloads-phone', 'downloads', 'phone', false],
  ['logs-phone', 'logs', 'phone', true],
  ['failures', 'failures', 'desk', false, '.error-list a'],
  ['workers', 'workers', 'desk', true],
  ['logs', 'logs', 'desk', false],
  ['workers-phone', 'workers', 'phone', false],
  ['statistics-phone', 'statistics', 'phone', false],
  ['charts-phone', 'charts', 'phone', true],
  ['failures-phone', 'failures', 'phone', true, '.error-list a'],
];
// Beside the run before.
const comparisons = [['compare', 'charts', 'desk', false], ['compare-phone', 'charts', 'phone', true]];
const beginnings = [['start', '', 'desk', true], ['start-phone', '', 'phone', false]];

mkdirSync(folder, { recursive: true });
const browser = await launch();

async function take([name, hash, size, dark, open], from, compare = false) {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: dark ? 'dark' : 'light' });
  const page = await context.newPage();
  await page.goto(`${from}#/${hash}`);
  await page.locator('.screen, .start-form').first().waitFor();
  if (open) await page.locator(open).first().click();
  if (compare) await page.getByLabel('Compare').selectOption('1');
  await page.waitForTimeout(2500);
  await page.screenshot({ path: `${folder}/${name}.png` });
  await context.close();
}

async function post(path, body) {
  const answer = await fetch(new URL(`api/v1/${path}`, url), {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

function pass(ms) {
  return new Promise((done) => { setTimeout(done, ms); });
}

async function runAgain() {
  const settings = { users: 60, hatch_rate: 4 };
  await post('start', { ...settings, profile: 'before the cache' });
  await pass(kRun_ms);
  await post('stop', {});
  for (let state = ''; state !== 'stopped'; await pass(100)) ({ state } = await (await fetch(new URL('api/v1/stats', url))).json());
  await post('start', { ...settings, profile: 'with the cache' });
  await pass(kRun_ms);
}

for (const picture of beginnings) await take(picture, given ?? servers[1].url);
if (given) await runAgain();
for (const picture of pictures) await take(picture, url);
for (const picture of comparisons) await take(picture, url, true);
await browser.close();
await Promise.all(servers.map((server) => server.close()));
