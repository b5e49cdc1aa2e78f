import { describe, expect, it } from 'vitest';
import { formOf, hostWarning, isShaped, orderOf, presentOf, problemsOf } from '../src/logic/order';
import { parseRunTime, runTimeText } from '../src/logic/runtime';
import { hello, option, stats } from './make';

const usual = { editing: false, shaped: false };

describe('the start form', () => {
  it('begins with the defaults and becomes an order', () => {
    const said = hello();
    expect(orderOf(formOf(said), said, usual)).toEqual({ users: 10, hatch_rate: 2, run_time: '', host: 'http://t', profile: '' });
  });
  it('goes on from the present run', () => {
    expect(presentOf(stats({ target_users: 50, hatch_rate: 2.5, run_time_s: 80 }))).toEqual({ users: '50', hatch_rate: '2.5', run_time: '1m20s' });
    expect(presentOf(stats({ target_users: 0, run_time_s: null }))).toEqual({ run_time: '' });
  });
  it('says what is wrong, where', () => {
    const said = hello({ host_required: true, picker: true });
    const form = { ...formOf(said), users: '1.5', hatch_rate: '0', host: ' ', run_time: 'soon', classes: [] };
    expect(Object.keys(problemsOf(form, said, usual))).toEqual(['users', 'hatch_rate', 'run_time', 'host', 'classes']);
  });
  it('asks for no users where a shape decides', () => {
    const said = hello({ shape: 'Steps' });
    const form = { ...formOf(said), users: '' };
    expect(isShaped(form)).toBe(true);
    expect(problemsOf(form, said, { editing: false, shaped: true })).toEqual({});
  });
  it('sends classes and shape only where they can be picked', () => {
    const said = hello({ picker: true, shapes: ['Steps'] });
    expect(orderOf({ ...formOf(said), classes: ['B'], shape: 'Steps' }, said, usual)).toMatchObject({ classes: ['B'], shape: 'Steps' });
    expect(orderOf(formOf(hello()), hello(), usual)).not.toHaveProperty('classes');
  });
  it('changes in a run only what can change', () => {
    const said = hello({ picker: true });
    const form = { ...formOf(said), users: '3', host: '', run_time: '1m' };
    const editing = { editing: true, shaped: false };
    expect(problemsOf(form, { ...said, host_required: true }, editing)).toEqual({});
    expect(orderOf(form, said, editing)).toEqual({ users: 3, hatch_rate: 2, run_time: '1m' });
  });
});

describe('options of the scenario', () => {
  it('have values of their kinds, and are sent where they differ', () => {
    const said = hello({ options: [
      option({ name: 'n', kind: 'number', default: '3' }), option({ name: 'b', kind: 'bool', default: true }),
      option({ name: 'l', kind: 'list', default: ['x'] }), option({ name: 't', default: 'text' }),
    ] });
    const form = formOf(said);
    expect(form.options).toEqual({ n: '3', b: true, l: ['x'], t: 'text' });
    expect(orderOf(form, said, usual)).not.toHaveProperty('options');
    const changed = { ...form, options: { n: '3', b: false, l: ['x', 'y'], t: '' } };
    expect(orderOf(changed, said, usual).options).toEqual({ b: false, l: ['x', 'y'], t: '' });
  });
  it('that are secret are not filled in, and not sent when left alone', () => {
    const said = hello({ options: [option({ name: 'key', secret: true, required: true, default: null })] });
    const form = formOf(said);
    expect(form.options['key']).toBe('');
    expect(problemsOf(form, said, usual)).toEqual({});
    expect(orderOf(form, said, usual)).not.toHaveProperty('options');
    const unset = hello({ options: said.options.map((one) => ({ ...one, has_value: false })) });
    expect(problemsOf(formOf(unset), unset, usual)).toHaveProperty('option:key');
  });
  it('that are needed are asked for', () => {
    const said = hello({ options: [option({ name: 'key', required: true, default: null })] });
    expect(problemsOf(formOf(said), said, usual)).toHaveProperty('option:key');
  });
  it('that are numbers are numbers', () => {
    const said = hello({ options: [option({ name: 'n', kind: 'number' })] });
    expect(problemsOf({ ...formOf(said), options: { n: 'many' } }, said, usual)).toHaveProperty('option:n');
  });
});

describe('hosts and run times', () => {
  it('warn of what is no address', () => {
    expect([hostWarning(''), hostWarning('https://a'), hostWarning('a.example')].map(Boolean)).toEqual([false, false, true]);
  });
  it('read what Locust reads', () => {
    expect(['20', '90s', '3m', '1h20m', '3h30m10s', '', 'x', '1m1h', '0'].map(parseRunTime))
      .toEqual([20, 90, 180, 4800, 12_610, null, null, null, null]);
    expect([null, 90, 4800].map(runTimeText)).toEqual(['', '1m30s', '1h20m']);
  });
});
