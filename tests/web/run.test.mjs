import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { someOptions } from './fake_server/answers.mjs';
import { browserPages, cells, serve, sizes } from './pages.mjs';

const { open } = browserPages();

/** What the heat map says of a part of its time: of the first of some response times that has requests. */
async function mapReader(page) {
  const chart = page.locator('.chart', { hasText: 'Latency heat map' });
  return async (share) => {
    const box = await chart.locator('.u-over').boundingBox();
    for (let height = 0.1; height < 1; height += 0.1) {
      await page.mouse.move(box.x + box.width * share, box.y + box.height * height);
      const said = await chart.locator('.legend-hint').innerText();
      if (said.endsWith('requests')) return said;
    }
    return chart.locator('.legend-hint').innerText();
  };
}

describe('a run', () => {
  it('is started by the form, edited, stopped, and begun anew', async () => {
    const server = await serve({ seconds: 0, role: 'local' });
    const page = await open(server);
    await page.getByLabel('Users').fill('50');
    await page.getByLabel('Hatch rate').fill('5');
    await page.getByLabel('Run time').fill('3m');
    await page.getByLabel('Label').fill('after the new cache');
    await page.getByRole('button', { name: 'Start swarming' }).click();
    await cells(page).first().waitFor();
    expect(server.posts).toEqual([
      ['start', { users: 50, hatch_rate: 5, host: 'https://shop.example', run_time: '3m', profile: 'after the new cache' }],
    ]);

    await page.getByRole('button', { name: 'Edit' }).click();
    expect(await page.getByLabel('Users').inputValue()).toBe('50');
    expect(await page.getByLabel('Host').isDisabled()).toBe(true);
    await page.getByText('Changes between runs only').waitFor();
    await page.getByLabel('Users').fill('80');
    await page.getByRole('button', { name: 'Change the run' }).click();
    await expect.poll(() => server.posts.at(-1)?.[1].users).toBe(80);
    expect(server.model.run).toBe(1);

    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped').first().waitFor();
    await page.keyboard.press('n');
    await page.getByRole('button', { name: 'Start swarming' }).click();
    await expect.poll(() => server.model.run).toBe(2);
  });

  it('that the server refuses says why, and stays in the form', async () => {
    const server = await serve({ seconds: 0 });
    server.post = (response) => server.json(response, { error: 'the host <b>is</b> not known' }, 400);
    const page = await open(server, { quiet: true });
    await page.getByRole('button', { name: 'Start swarming' }).click();
    await page.getByText('the host <b>is</b> not known').waitFor();
  });

  it('is not asked for with what cannot be', async () => {
    const server = await serve({ seconds: 0 });
    const page = await open(server);
    await page.getByLabel('Users').fill('none');
    await page.getByLabel('Run time').fill('soon');
    await page.getByRole('button', { name: 'Start swarming' }).click();
    await page.getByText('A whole number, 1 or more').waitFor();
    await page.getByText('Like 20, 90s, 3m or 1h20m').waitFor();
    expect(server.posts).toEqual([]);
  });

  it('has the classes, shape and options that were chosen', async () => {
    const server = await serve({ seconds: 0, picker: true, options: someOptions });
    const page = await open(server);
    await page.getByRole('checkbox', { name: 'Buyer' }).uncheck();
    await page.getByLabel('Load shape').selectOption('StepLoad');
    expect(await page.getByLabel('Users').isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Start swarming' }).click();
    await page.getByText('This one is needed').waitFor();
    await page.getByLabel('api key').fill('s3cret');
    expect(await page.getByLabel('api key').getAttribute('type')).toBe('password');
    await page.getByLabel('region').selectOption('us');
    await page.getByRole('checkbox', { name: 'toys' }).check();
    await page.getByRole('button', { name: 'Start swarming' }).click();
    await cells(page).first().waitFor();
    expect(server.posts[0][1]).toMatchObject({
      classes: ['Visitor', 'StockWatcher'], shape: 'StepLoad',
      options: { api_key: 's3cret', region: 'us', categories: ['books', 'music', 'toys'] },
    });
  });

  it('waits for a worker when there is none', async () => {
    const page = await open(await serve({ seconds: 0, workers: 0 }));
    await page.getByText('No worker has joined this master yet').waitFor();
    expect(await page.getByRole('button', { name: 'Start swarming' }).isDisabled()).toBe(true);
  });

  it('is reset only after a question', async () => {
    const server = await serve();
    const page = await open(server);
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByRole('button', { name: 'Keep them' }).click();
    expect(server.posts).toEqual([]);
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => server.posts).toEqual([['reset', {}]]);
  });

  it('can be laid beside the one before it, or after it in a row', async () => {
    const server = await serve();
    server.past.set(1, server.history(new URLSearchParams('run=1')));
    server.model.stop();
    server.model.start({ users: 200, hatch_rate: 50 });
    for (let i = 0; i < 40; i += 1) server.model.tick(1);
    const page = await open(server, { hash: '#/charts' });
    await page.getByLabel('Compare').selectOption('1');
    await page.locator('.comparison').waitFor();
    await page.getByRole('button', { name: /^Requests\/s, run 1/ }).waitFor();
    await page.getByLabel('Compare').selectOption('row');
    await expect.poll(() => page.locator('.comparison').count()).toBe(0);
    await page.locator('.chart canvas').first().waitFor();
    // Both runs are on the map, which has the time of the other charts: after this one there is nothing.
    const read = await mapReader(page);
    await expect.poll(() => read(0.2)).toMatch(/requests$/);
    await expect.poll(() => read(0.8)).toMatch(/requests$/);
    await page.getByLabel('Compare').selectOption('1');
    await expect.poll(() => read(0.5)).toMatch(/requests$/);
    await expect.poll(() => read(0.9)).toContain('Point at the map');
  });
});

describe('the connection', () => {
  it('that is lost is said to be, and comes back by itself, with what has happened since', async () => {
    const server = await serve();
    const page = await open(server, { quiet: true });
    await cells(page).first().waitFor();
    server.down();
    await page.getByText('Connection to swarm lost.').waitFor();
    await expect.poll(() => cells(page).count()).toBeGreaterThan(10);
    server.model.tick(1);
    server.up = true;
    await page.getByText('Connected again.').waitFor();
    await expect.poll(() => page.getByText('Connection to swarm lost.').count()).toBe(0);
  });

  it('comes back to a master that was restarted and has begun at zero', async () => {
    const server = await serve();
    const page = await open(server, { quiet: true });
    await cells(page).first().waitFor();
    server.down();
    await page.getByText('Connection to swarm lost.').waitFor();
    Object.assign(server.model, { run: 0, runId: 0, runs: [], state: 'ready' });
    server.model.clear();
    server.up = true;
    // What was measured is only in this page now: it is not swept away by a swarm that knows nothing of it.
    await page.getByText('Another swarm answers here now.').waitFor();
    expect(await page.getByText('Connection to swarm lost.').count()).toBe(0);
    expect(await cells(page).count()).toBeGreaterThan(10);
    expect(await page.getByRole('button', { name: /Stop|Edit|Reset|New run/ }).count()).toBe(0);
    const [file] = await Promise.all([
      page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).click(),
    ]);
    expect(readFileSync(await file.path(), 'utf8')).toMatch(/^Type,Name,Requests,.*\nGET,\/,\d+,/);
    await page.getByRole('button', { name: 'Go on to the new one' }).click();
    await page.getByRole('button', { name: 'Start swarming' }).waitFor();
  });

  it('comes back to a master that was restarted and goes on with its run', async () => {
    const server = await serve();
    const page = await open(server, { quiet: true });
    await cells(page).first().waitFor();
    server.down();
    await page.getByText('Connection to swarm lost.').waitFor();
    for (const total of server.model.totals) total.requests = 1; // the others are on their way
    server.up = true;
    await page.getByText('Connected again.').waitFor();
    expect(await page.getByText('Another swarm answers here now.').count()).toBe(0);
  });

  it('that is lost lets nothing be done that needs it', async () => {
    const server = await serve();
    const page = await open(server, { quiet: true });
    await cells(page).first().waitFor();
    server.down();
    await page.getByText('Last seen running').waitFor();
    for (const name of ['Edit', 'Stop', 'Reset']) expect(await page.getByRole('button', { name }).isDisabled(), name).toBe(true);
    await page.keyboard.press('e');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('8');
    await page.getByText('swarm does not answer now.').first().waitFor();
    expect(await page.locator('a.file').count()).toBe(0);
  });

  it('shows the same history to who comes later or reloads', async () => {
    const page = await open(await serve({ seconds: 300 }), { hash: '#/charts' });
    await page.locator('.chart').first().waitFor();
    await page.reload();
    await page.getByRole('img', { name: /Throughput of All endpoints over time/ }).waitFor();
    const label = await page.getByRole('img', { name: /Throughput/ }).getAttribute('aria-label');
    expect(label).toMatch(/Requests\/s \d/);
  });
});

describe('logging in', () => {
  it('is needed, refused with a wrong password, and leads back', async () => {
    const server = await serve({ server: { login: { user: 'ann', password: 'bee' }, base: '/load' } });
    const page = await open(server, { quiet: true, size: sizes.phone });
    await page.getByLabel('User').fill('ann');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('do not match').waitFor();
    await page.getByLabel('Password').fill('bee');
    await page.getByRole('button', { name: 'Log in' }).click();
    await cells(page).first().waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password').waitFor();
  });
});
