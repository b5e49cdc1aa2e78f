import { useEffect } from 'preact/hooks';
import type { Column } from '../logic/columns';
import { kDefaultColumns } from '../logic/columns';
import { prefer } from '../prefs';
import { dialog } from '../store';

interface ColumnChooserProps {
  all: Column[];
  chosen: Column[];
  onClose: () => void;
}

export function ColumnChooser({ all, chosen, onClose }: ColumnChooserProps) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || dialog.value !== null) return;
      event.stopPropagation();
      onClose();
    };
    // Before the keys of the page, for which a checkbox is something that one types in.
    document.addEventListener('keydown', press, true);
    return () => document.removeEventListener('keydown', press, true);
  }, [onClose]);
  const ids = chosen.map((column) => column.id);
  const toggle = (id: string) => {
    const next = ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id];
    if (next.length > 0) prefer({ columns: next });
  };
  return (
    <fieldset class="column-chooser panel">
      <legend class="visually-hidden">Columns of the table</legend>
      {all.map((column) => (
        <label key={column.id} class="chip" title={column.title}>
          <input type="checkbox" checked={ids.includes(column.id)} onChange={() => toggle(column.id)} />
          {column.label}
        </label>
      ))}
      <span class="spring" />
      <button type="button" class="button" onClick={() => prefer({ columns: kDefaultColumns })}>Reset columns</button>
      <button type="button" class="button" onClick={onClose}>Done</button>
    </fieldset>
  );
}
