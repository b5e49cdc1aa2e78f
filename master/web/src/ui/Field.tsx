import type { ComponentChildren } from 'preact';

interface FieldProps {
  id: string;
  label: ComponentChildren;
  help?: ComponentChildren;
  problem?: string | null | undefined;
  warning?: string | null | undefined;
  children: ComponentChildren;
}

/** A labelled input with its help, and what is wrong with it. */
export function Field({ id, label, help, problem, warning, children }: FieldProps) {
  return (
    <div class={`field ${problem ? 'wrong' : ''}`}>
      <label for={id}>{label}</label>
      {children}
      {problem && <p class="field-problem" id={`${id}-problem`}>{problem}</p>}
      {!problem && warning && <p class="field-warning">{warning}</p>}
      {help && !problem && <p class="field-help" dir="auto" id={`${id}-help`}>{help}</p>}
    </div>
  );
}
