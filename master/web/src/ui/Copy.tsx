import { useState } from 'preact/hooks';
import { Icon } from './Icon';

/** The clipboard needs a secure context; a page by plain HTTP from elsewhere has the old way only. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('the browser does not allow it');
}

export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const [said, setSaid] = useState('');
  const press = () => {
    copy(text()).then(() => setSaid('Copied'), () => setSaid('Not allowed'))
      .finally(() => window.setTimeout(() => setSaid(''), 2000));
  };
  return (
    <button type="button" class="button small" onClick={press}>
      <Icon name={said === 'Copied' ? 'check' : 'copy'} /><span aria-live="polite">{said || label}</span>
    </button>
  );
}
