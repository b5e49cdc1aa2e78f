// The start form: from what was filled in to an order to the server, or what is wrong with it.
import type { CustomOption, Hello, StartOrder, StatsFrame } from '../types';
import { parseRunTime, runTimeText } from './runtime';

type OptionValue = string | boolean | string[];

export interface Form {
  users: string;
  hatch_rate: string;
  host: string;
  run_time: string;
  profile: string;
  classes: string[];
  shape: string; // '' is none
  options: Record<string, OptionValue>;
}

export type Problems = Partial<Record<string, string>>; // by field; options as 'option:NAME'

export interface Situation {
  editing: boolean;
  shaped: boolean; // a shape decides on the users
}

function presentValue(option: CustomOption): OptionValue {
  const value = option.default;
  if (option.kind === 'bool') return value === true;
  if (option.kind === 'list') return Array.isArray(value) ? value : [];
  return value === null ? '' : String(value);
}

export function formOf(hello: Hello, last: Partial<Form> = {}): Form {
  const { defaults } = hello;
  return {
    users: String(defaults.users || 1),
    hatch_rate: String(defaults.hatch_rate || 1),
    run_time: defaults.run_time === null ? '' : String(defaults.run_time),
    ...last,
    // What the server remembers of the last start, from whichever page it came.
    host: hello.host ?? defaults.host ?? '',
    profile: hello.profile,
    classes: last.classes ?? hello.classes.map((one) => one.name),
    shape: hello.shape ?? '',
    options: Object.fromEntries(hello.options.map((option) => [option.name, presentValue(option)])),
  };
}

/** Of the run that goes on, or was the last: users, hatch rate and run time, whoever ordered them. */
export function presentOf(now: Pick<StatsFrame, 'target_users' | 'hatch_rate' | 'run_time_s'>): Partial<Form> {
  const { target_users, hatch_rate, run_time_s } = now;
  return {
    ...(target_users > 0 ? { users: String(target_users) } : {}),
    ...(hatch_rate !== undefined && hatch_rate > 0 ? { hatch_rate: String(hatch_rate) } : {}),
    run_time: runTimeText(run_time_s),
  };
}

export function isShaped(form: Form): boolean {
  return form.shape !== '';
}

/** Wrong enough to be said, not to be refused: what a host is, the scenario decides. */
export function hostWarning(host: string): string | null {
  if (host.trim() === '' || /^https?:\/\/[^\s/]+/i.test(host.trim())) return null;
  return 'This does not look like http://… or https://…';
}

function optionProblem(option: CustomOption, value: OptionValue | undefined): string | null {
  const empty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  if (empty) return option.required && !(option.secret && option.has_value) ? 'This one is needed' : null;
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
    if (form.run_time.trim() !== '' && parseRunTime(form.run_time) === null) {
      problems['run_time'] = 'Like 20, 90s, 3m or 1h20m';
    }
  }
  if (editing) return problems;
  if (hello.host_required && form.host.trim() === '') problems['host'] = 'The scenario needs a host';
  if (hello.picker && form.classes.length === 0) problems['classes'] = 'At least one';
  for (const option of hello.options) {
    const problem = optionProblem(option, form.options[option.name]);
    if (problem) problems[`option:${option.name}`] = problem;
  }
  return problems;
}

/** Those that are not as the server has them; a secret that nobody typed stays as it is. */
function changedOptions(form: Form, hello: Hello): Record<string, OptionValue> {
  const differs = (option: CustomOption) =>
    JSON.stringify(form.options[option.name]) !== JSON.stringify(presentValue(option));
  return Object.fromEntries(hello.options.filter(differs)
    .map((option) => [option.name, form.options[option.name] ?? '']));
}

export function orderOf(form: Form, hello: Hello, { shaped, editing }: Situation): StartOrder {
  const order: StartOrder = {};
  if (!shaped) {
    order.users = Number(form.users);
    order.hatch_rate = Number(form.hatch_rate);
    order.run_time = form.run_time.trim();
  }
  if (editing) return order;
  order.host = form.host.trim();
  order.profile = form.profile.trim();
  if (hello.picker) {
    order.classes = form.classes;
    order.shape = form.shape;
  }
  const options = changedOptions(form, hello);
  if (Object.keys(options).length > 0) order.options = options;
  return order;
}
