import { prefer, prefs } from '../prefs';
import { hello } from '../store';
import { kKeys } from './keyboard';
import { Modal } from './Modal';

export function Help() {
  return (
    <Modal title="Keyboard">
      <dl class="keys">
        {kKeys.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>{keys.split('  ').map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label class="check-line">
        <input type="checkbox" checked={prefs.value.shortcuts} onChange={(event) => prefer({ shortcuts: event.currentTarget.checked })} />
        {' '}Single keys do these things
      </label>
      <p class="about">swarm {hello.value?.version}: a load generator that counts exactly and doubts itself.</p>
    </Modal>
  );
}
