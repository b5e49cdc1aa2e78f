// node open.mjs URL: opens the page of a run as a new reader does, and says as JSON how long it takes
// until the table and then the charts are there, and how much was transferred for them.
import { launch } from './browser.mjs';
import { sizes } from './sizes.mjs';

const [url] = process.argv.slice(2);
const browser = await launch();
const page = await (await browser.newContext({ viewport: sizes.desk })).newPage();
const network = await page.context().newCDPSession(page);
await network.send('Network.enable');
let bytes = 0;
network.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
network.on('Network.webSocketFrameReceived', ({ response }) => { bytes += response.payloadData.length; });

// Of the browser's start nobody is to blame.
await page.goto('about:blank');
const began = performance.now();
const passed = () => Math.round(performance.now() - began);
await page.goto(url);
await page.locator('.lines .line').nth(9).waitFor();
const table_ms = passed();
const table_bytes = bytes;
const endpoints = await page.locator('.found').innerText();
await page.keyboard.press('2');
await page.getByRole('img', { name: /Throughput of All endpoints over time. Latest: Requests\/s \d/ }).waitFor();
console.log(JSON.stringify({ endpoints, table_ms, table_bytes, charts_ms: passed() - table_ms, bytes }));
await browser.close();
