import type { CustomOption } from '../types';
import { Field } from '../ui/Field';

interface OptionFieldProps {
  option: CustomOption;
  value: string | boolean | string[] | undefined;
  problem: string | undefined;
  onChange: (value: string | boolean | string[]) => void;
}

function toggled(list: string[], choice: string): string[] {
  return list.includes(choice) ? list.filter((one) => one !== choice) : [...list, choice];
}

/** An option that the scenario added, by its kind. */
export function OptionField({ option, value, problem, onChange }: OptionFieldProps) {
  const id = `option-${option.name}`;
  const label = <><bdi>{option.name.replaceAll('_', ' ')}</bdi>{option.required && <span class="required"> needed</span>}</>;
  if (option.kind === 'bool') {
    return (
      <div class="field check">
        <label><input type="checkbox" checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} /> {label}</label>
        {option.help && <p class="field-help" dir="auto">{option.help}</p>}
      </div>
    );
  }
  if (option.kind === 'list' && option.choices) {
    const chosen = Array.isArray(value) ? value : [];
    return (
      <fieldset class="field choices">
        <legend>{label}</legend>
        {option.choices.map((choice) => (
          <label key={choice} class="chip">
            <input type="checkbox" checked={chosen.includes(choice)} onChange={() => onChange(toggled(chosen, choice))} />
            <bdi>{choice}</bdi>
          </label>
        ))}
        {problem && <p class="field-problem">{problem}</p>}
        {option.help && <p class="field-help" dir="auto">{option.help}</p>}
      </fieldset>
    );
  }
  const text = Array.isArray(value) ? value.join(', ') : String(value ?? '');
  const invalid = problem !== undefined;
  return (
    <Field id={id} label={label} help={option.help} problem={problem}>
      {option.kind === 'choice' && option.choices ? (
        <select id={id} value={text} aria-invalid={invalid} onChange={(event) => onChange(event.currentTarget.value)}>
          {!option.choices.includes(text) && <option value={text}>{text || 'choose…'}</option>}
          {option.choices.map((choice) => <option key={choice} value={choice}>{choice}</option>)}
        </select>
      ) : (
        <input id={id} type={option.secret ? 'password' : 'text'} dir="auto" value={text} aria-invalid={invalid}
          autocomplete={option.secret ? 'new-password' : 'off'} inputMode={option.kind === 'number' ? 'decimal' : undefined}
          placeholder={option.secret && option.has_value ? 'unchanged' : ''}
          onInput={(event) => {
            const typed = event.currentTarget.value;
            onChange(option.kind === 'list' ? typed.split(',').map((one) => one.trim()).filter(Boolean) : typed);
          }} />
      )}
    </Field>
  );
}
