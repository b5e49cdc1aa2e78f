import { plural } from '../logic/format';
import type { Form } from '../logic/order';
import type { Hello } from '../types';
import { Field } from '../ui/Field';

interface ClassPickerProps {
  said: Hello;
  form: Form;
  problem: string | undefined;
  onChange: (change: Partial<Form>) => void;
}

export function ClassPicker({ said, form, problem, onChange }: ClassPickerProps) {
  const all = form.classes.length === said.classes.length;
  const toggle = (name: string) => onChange({
    classes: said.classes.map((one) => one.name)
      .filter((one) => (one === name) !== form.classes.includes(one)),
  });
  return (
    <>
      <fieldset class="classes">
        <legend>User classes</legend>
        <label class="class-row all">
          <input type="checkbox" checked={all}
            onChange={() => onChange({ classes: all ? [] : said.classes.map((one) => one.name) })} />
          <span>All</span>
        </label>
        {said.classes.map((one) => (
          <label key={one.name} class="class-row">
            <input type="checkbox" checked={form.classes.includes(one.name)} onChange={() => toggle(one.name)} />
            <bdi class="class-name">{one.name}</bdi>
            <span class="class-note">
              {one.fixed_count > 0 ? `exactly ${one.fixed_count}` : `weight ${one.weight}`} · {plural(one.tasks.length, 'task')}
            </span>
          </label>
        ))}
        {problem && <p class="field-problem">{problem}</p>}
      </fieldset>
      {said.shapes.length > 0 && (
        <Field id="shape" label="Load shape" help="Decides how many users there are over time">
          <select id="shape" value={form.shape} onChange={(event) => onChange({ shape: event.currentTarget.value })}>
            <option value="">None: users and hatch rate as above</option>
            {said.shapes.map((shape) => <option key={shape} value={shape}>{shape}</option>)}
          </select>
        </Field>
      )}
    </>
  );
}
