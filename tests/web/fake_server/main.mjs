// node main.mjs [--port N] [--endpoints N] [--hostile] [--master] [--login] [--running SECONDS]
// Serves a simulated run in real time, to look at the page without swarm.
import { someOptions } from './answers.mjs';
import { hostile, many, shop } from './endpoints.mjs';
import { Model } from './model.mjs';
import { FakeServer } from './server.mjs';

const has = (name) => process.argv.includes(`--${name}`);
const number = (name, otherwise) => (has(name) ? Number(process.argv[process.argv.indexOf(`--${name}`) + 1]) : otherwise);

const endpoints = [...(has('endpoints') ? many(number('endpoints')) : shop), ...(has('hostile') ? hostile : [])];
const model = new Model({ endpoints, role: has('master') ? 'master' : 'local', picker: has('picker'), options: has('options') ? someOptions : [] });
model.withExceptions = true;
model.suspect = has('suspect');
if (has('running')) {
  model.clock = Date.now() - number('running') * 1000;
  model.start({ users: 400, hatch_rate: 20 });
  for (let i = 0; i < number('running'); i += 1) model.tick(1);
}
const server = await new FakeServer(model, { login: has('login') ? { user: 'ann', password: 'bee' } : null }).listen(number('port', 0));
console.log(server.url);
setInterval(() => server.pass(1), 1000);
