import { useState } from 'preact/hooks';
import { start } from '../live/api';
import { count, span } from '../logic/format';
import { formOf, hostWarning, isShaped, orderOf, presentOf, problemsOf, type Form, type Problems } from '../logic/order';
import { begun, hello, meta, notify } from '../store';
import type { Hello } from '../types';
import { Field } from '../ui/Field';
import { Icon } from '../ui/Icon';
import { closeDialog } from '../ui/Modal';
import { ClassPicker } from './ClassPicker';
import { OptionField } from './OptionField';

interface StartFormProps {
  said: Hello;
  editing: boolean;
}

// What was ordered last from this page, and the server does not tell.
let last: Partial<Form> = {};

function beginning(said: Hello): Form {
  const now = meta.value;
  return formOf(said, now && begun.value ? { ...last, ...presentOf(now) } : last);
}

/** How long the users will be on their way, from those that there are. */
function rampWords(form: Form, present: number): string {
  const wanted = Number(form.users);
  const seconds = Math.abs(wanted - present) / Number(form.hatch_rate);
  if (!Number.isFinite(seconds) || seconds <= 1) return 'Users started per second';
  const words = wanted < present ? `only ${count(wanted)}` : `all ${count(wanted)}`;
  return `Users a second: ${words} after ${span(Math.ceil(seconds))}`;
}

export function StartForm({ said, editing }: StartFormProps) {
  const [form, setForm] = useState(() => beginning(said));
  const [problems, setProblems] = useState<Problems>({});
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const shaped = isShaped(form);
  const situation = { editing, shaped };
  const fixed = editing ? 'Changes between runs only: stop this one first' : '';
  const set = (change: Partial<Form>) => setForm({ ...form, ...change });
  const lonely = !editing && said.role === 'master' && (meta.value?.worker_count ?? 0) === 0;

  const submit = async (event: Event) => {
    event.preventDefault();
    const found = problemsOf(form, said, situation);
    setProblems(found);
    setRefusal('');
    if (Object.keys(found).length > 0 || busy) return;
    setBusy(true);
    try {
      await start(orderOf(form, said, situation));
      last = { classes: form.classes };
      closeDialog();
      notify('good', editing ? 'The users are changing.' : 'The run has started.');
    } catch (error) {
      setRefusal((error as Error).message);
    }
    setBusy(false);
  };

  const text = (id: keyof Form & string, more: { inputMode?: 'numeric' | 'decimal' | 'url'; disabled?: boolean; placeholder?: string; autofocus?: boolean } = {}) => (
    <input id={id} type="text" autocomplete="off" spellcheck={false} value={form[id] as string} {...more}
      onFocus={(event) => { if (more.autofocus) event.currentTarget.select(); }}
      aria-invalid={problems[id] !== undefined} aria-describedby={problems[id] ? `${id}-problem` : undefined}
      onInput={(event) => set({ [id]: event.currentTarget.value } as Partial<Form>)} />
  );
  return (
    <form class="start-form" noValidate onSubmit={(event) => void submit(event)}>
      {shaped && <p class="remark">The shape of this scenario decides how many users there are, and when.</p>}
      <div class="pair">
        <Field id="users" label="Users" problem={problems['users']} help="At the same time, at the peak">
          {text('users', { inputMode: 'numeric', disabled: shaped, autofocus: true })}
        </Field>
        <Field id="hatch_rate" label="Hatch rate" problem={problems['hatch_rate']} help={shaped ? '' : rampWords(form, editing ? (meta.value?.users ?? 0) : 0)}>
          {text('hatch_rate', { inputMode: 'decimal', disabled: shaped })}
        </Field>
      </div>
      <Field id="host" label="Host" problem={problems['host']} warning={hostWarning(form.host)} help={fixed}>
        {text('host', { inputMode: 'url', disabled: editing, placeholder: said.host_required ? 'https://…' : 'the scenario’s own' })}
      </Field>
      <div class="pair">
        <Field id="run_time" label="Run time" problem={problems['run_time']} help={shaped ? '' : 'Like 90s, 3m or 1h20m; empty: until you stop it'}>
          {text('run_time', { placeholder: 'no limit', disabled: shaped })}
        </Field>
        {!editing && (
          <Field id="profile" label="Label" help="To find this run again among others">
            {text('profile', { placeholder: 'none' })}
          </Field>
        )}
      </div>
      {said.picker && !editing && (
        <ClassPicker said={said} form={form} problem={problems['classes']} onChange={set} />
      )}
      {said.options.length > 0 && !editing && (
        <fieldset class="options">
          <legend>Options of <bdi>{said.scenario}</bdi></legend>
          {said.options.map((option) => (
            <OptionField key={option.name} option={option} value={form.options[option.name]}
              problem={problems[`option:${option.name}`]}
              onChange={(value) => set({ options: { ...form.options, [option.name]: value } })} />
          ))}
        </fieldset>
      )}
      {refusal && <p class="refusal" role="alert"><Icon name="warning" /> <span dir="auto">{refusal}</span></p>}
      {lonely && <p class="remark">No worker has joined this master yet. The run can start when one has.</p>}
      <div class="form-end">
        <button type="submit" class="button primary large" disabled={busy || lonely}>
          <Icon name={editing ? 'check' : 'play'} /><span>{editing ? 'Change the run' : 'Start swarming'}</span>
        </button>
      </div>
    </form>
  );
}

export function CurrentForm({ editing }: { editing: boolean }) {
  return hello.value ? <StartForm said={hello.value} editing={editing} /> : null;
}
