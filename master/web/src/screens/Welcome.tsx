import { plural } from '../logic/format';
import { hello, meta } from '../store';
import { CurrentForm } from './StartForm';

/** Before the first run: what will run, and the form that starts it. */
export function Welcome() {
  const said = hello.value;
  if (!said) return null;
  const workers = meta.value?.worker_count ?? 0;
  return (
    <main class="welcome" id="main">
      <section class="welcome-box panel">
        <h1>Start a run</h1>
        <p class="welcome-what">
          <b><bdi>{said.scenario}</bdi></b>
          {said.classes.length > 0 && <> with <bdi>{said.classes.slice(0, 4).map((one) => one.name).join(', ')}</bdi>
            {said.classes.length > 4 && ` and ${said.classes.length - 4} more`}</>}
          {said.role === 'master' && (workers > 0 ? `, on ${plural(workers, 'worker')}` : '')}
        </p>
        <CurrentForm editing={false} />
      </section>
    </main>
  );
}
