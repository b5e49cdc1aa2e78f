// The start form: from what was filled in to an order to the server, or what is wrong with it.
import type { CustomOption, Hello, StartOrder } from '../types';
import { parseRunTime } from './runtime';

export interface Form {
  users: string;
  hatch_rate: string;
  host: string;
  run_time: string;
  classes: string[];
  shape: string; // '' is none
  options: Record<string, string | boolean | string[]>;
}

export type Problems = Partial<Record<string, string>>; // by field; options as 'option:NAME'

export interface Situation {
  editing: boolean;
  shaped: boolean; // a shape decides on the users
}

function optionDefault(option: CustomOption): string | boolean | string[] {
  const value = option.default;
  if (option.kind === 'bool') return value === true || value === 'true';
  if (option.kind === 'list') return Array.isArray(value) ? value : value ? String(value).split(',') : [];
  if (option.secret || value === null) return '';
  return String(value);
}

export function formOf(hello: Hello, last: Partial<Form> = {}): Form {
  const { defaults } = hello;
  return {
    users: String(defaults.users || 1),
    hatch_rate: String(defaults.hatch_rate || 1),
    host: hello.host ?? defaults.host ?? '',
    run_time: defaults.run_time === null ? '' : String(defaults.run_time),
    classes: hello.classes.map((one) => one.name),
    shape: '',
    ...last,
    options: {
      ...Object.fromEntries(hello.options.map((option) => [option.name, optionDefault(option)])),
      ...last.options,
    },
  };
}

export function isShaped(hello: Hello, form: Form): boolean {
  return form.shape !== '' || (hello.has_shape && !hello.picker);
}

/** Wrong enough to be said, not to be refused: what a host is, the scenario decides. */
export function hostWarning(host: string): string | null {
  if (host.trim() === '' || /^https?:\/\/[^\s/]+/i.test(host.trim())) return null;
  return 'This does not look like http://… or https://…';
}

function optionProblem(option: CustomOption, value: string | boolean | string[] | undefined): string | null {
  const empty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  if (empty) {
    const keeps = option.secret && option.default !== null && option.default !== '';
    return option.required && !keeps ? 'This one is needed' : null;
  }
  if (option.kind === 'number' && !Number.isFinite(Number(value))) return 'A number, please';
  return null;
}

export function problemsOf(form: Form, hello: Hello, { shaped, editing }: Situation): Problems {
  const problems: Problems = {};
  if (!shaped) {
    const users = Number(form.users);
    if (!Number.isInteger(users) || users < 1) problems['users'] = 'A whole number, 1 or more';
    const rate = Number(form.hatch_rate);
    if (!(rate > 0) || !Number.isFinite(rate)) problems['hatch_rate'] = 'A number over 0';
  }
  if (hello.host_required && form.host.trim() === '') problems['host'] = 'The scenario needs a host';
  if (form.run_time.trim() !== '' && parseRunTime(form.run_time) === null) {
    problems['run_time'] = 'Like 20, 90s, 3m or 1h20m';
  }
  if (hello.picker && form.classes.length === 0) problems['classes'] = 'At least one';
  if (!editing) {
    for (const option of hello.options) {
      const problem = optionProblem(option, form.options[option.name]);
      if (problem) problems[`option:${option.name}`] = problem;
    }
  }
  return problems;
}

function optionValue(option: CustomOption, value: string | boolean | string[]) {
  return option.kind === 'number' && value !== '' ? Number(value) : value;
}

export function orderOf(form: Form, hello: Hello, { shaped }: Situation): StartOrder {
  const order: StartOrder = {
    users: shaped ? Number(form.users) || 1 : Number(form.users),
    hatch_rate: shaped ? Number(form.hatch_rate) || 1 : Number(form.hatch_rate),
    host: form.host.trim(),
  };
  if (form.run_time.trim() !== '') order.run_time = form.run_time.trim();
  if (hello.picker) {
    order.classes = form.classes;
    if (form.shape !== '') order.shape = form.shape;
  }
  if (hello.options.length > 0) {
    order.options = {};
    for (const option of hello.options) {
      const value = form.options[option.name];
      if (value === undefined || (option.secret && value === '')) continue;
      if (option.kind === 'number' && value === '') continue;
      order.options[option.name] = optionValue(option, value);
    }
  }
  return order;
}
