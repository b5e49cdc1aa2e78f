import { count, plural } from '../logic/format';
import { exceptions } from '../store';
import { CopyButton } from '../ui/Copy';
import { Empty, Reading } from '../ui/Empty';
import { Name } from '../ui/Name';

export function Exceptions() {
  const known = exceptions.value;
  if (known === null) return <Reading what="exceptions" />;
  if (known.length === 0) {
    return <div class="screen"><Empty title="No exception has left a task">A task that raises one is shown here with its traceback; requests that fail are among the failures.</Empty></div>;
  }
  const ordered = [...known].sort((a, b) => b.count - a.count);
  return (
    <div class="screen exceptions">
      {ordered.map((one, i) => (
        <details key={`${one.message}${i}`} class="exception panel" open={i === 0}>
          <summary>
            <b class="bad">{count(one.count)}</b>
            <span class="exception-text"><Name text={one.message} most={600} /></span>
            <span class="found">{one.workers.length > 0 && `on ${one.workers.length < 4 ? one.workers.join(', ') : plural(one.workers.length, 'worker')}`}</span>
          </summary>
          <div class="exception-body">
            <pre dir="auto" tabIndex={0} aria-label="Traceback">{one.traceback}</pre>
            <CopyButton label="Copy traceback" text={() => one.traceback} />
          </div>
        </details>
      ))}
    </div>
  );
}
