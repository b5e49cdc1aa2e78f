import { logOut, stop, toLogin } from '../live/api';
import { plural, span } from '../logic/format';
import { hashOf } from '../logic/route';
import { narrow, theme, toggleTheme } from '../prefs';
import { active, begun, dialog, hello, host, lost, meta, notify, offline, route, state, succeeded } from '../store';
import { Icon } from './Icon';
import { Runs } from './Runs';

const kWords = {
  ready: 'Ready', spawning: 'Hatching', running: 'Running', stopping: 'Stopping', stopped: 'Stopped',
};

export async function askToStop(): Promise<void> {
  try {
    await stop();
  } catch (error) {
    notify('bad', `The run was not stopped: ${(error as Error).message}.`);
  }
}

function stateWords(): string {
  const word = state.value === 'stopped' && meta.value?.finished ? 'Finished' : kWords[state.value];
  if (offline.value && !succeeded.value && state.value !== 'stopped') return 'Report';
  return lost.value || (succeeded.value && state.value !== 'stopped') ? `Last seen ${word.toLowerCase()}` : word;
}

function StatePill() {
  const now = meta.value;
  const limit = now?.run_time_s ? ` of ${span(now.run_time_s)}` : '';
  return (
    <span class={`pill state-${lost.value || succeeded.value ? 'lost' : state.value}`}>
      <i class="dot" aria-hidden="true" />
      {stateWords()}
      {begun.value && now && <span class="pill-time">{span(now.elapsed_s)}{limit}</span>}
    </span>
  );
}

function Verdict() {
  const verdict = meta.value?.verdict;
  if (!verdict || !begun.value) return null;
  const words = verdict.valid
    ? 'VALID: the generator kept up; the numbers are about the target, good or bad'
    : `SUSPECT: ${verdict.reasons.join('; ')}`;
  return (
    <a class={`pill verdict ${verdict.valid ? 'good' : 'bad'}`} href={hashOf('workers')} title={words}>
      <Icon name={verdict.valid ? 'check' : 'warning'} />
      {narrow.value ? 'Gen.' : 'Generator'} {verdict.valid ? 'OK' : 'suspect'}
    </a>
  );
}

/** Each button keeps its place, counted from the right, whatever the run does: a second click on it does nothing else. */
function Actions() {
  if (offline.value) return null;
  const off = lost.value;
  const started = begun.value;
  // Before the first run the screen with the form has it already.
  if (!started && route.value.screen === 'statistics') return null;
  return (
    <div class="actions">
      {active.value ? (
        <button type="button" class="button" disabled={off} onClick={() => { dialog.value = 'edit'; }} title="Change the users (e)">
          <Icon name="edit" /><span>Edit</span>
        </button>
      ) : (
        <button type="button" class="button primary" disabled={off} onClick={() => { dialog.value = 'start'; }} title="Start a new run (n)">
          <Icon name="play" /><span>New run</span>
        </button>
      )}
      {started && (
        <>
          <button type="button" class="button danger" disabled={off || !active.value || state.value === 'stopping'}
            onClick={() => void askToStop()} title="Stop the run (Shift+S)">
            <Icon name="stop" /><span>Stop</span>
          </button>
          <button type="button" class="button" disabled={off} onClick={() => { dialog.value = 'reset'; }} title="Set all statistics to zero">
            <Icon name="reset" /><span>Reset</span>
          </button>
        </>
      )}
    </div>
  );
}

function leave(): void {
  void logOut().catch(() => null).then(toLogin);
}

export function Header() {
  const said = hello.value;
  const now = meta.value;
  return (
    <header class="header">
      <a class="brand" href={hashOf('statistics')} aria-label="swarm: statistics">
        <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
          <path d="M11 5.500l4.300 2.500v5L11 15.500 6.700 13V8z" />
          <path d="M21 5.500l4.300 2.500v5L21 15.500 16.700 13V8z" opacity=".55" />
          <path d="M16 14.600l4.300 2.500v5L16 24.600l-4.300-2.500v-5z" opacity=".8" />
        </svg>
        <span>swarm</span>
      </a>
      <div class="where">
        <bdi class="host" title={host.value ?? ''}>{host.value ?? 'no host yet'}</bdi>
        <span class="scenario">
          <bdi>{said?.scenario}</bdi>
          {said?.profile && begun.value && <> · <bdi>{said.profile}</bdi></>}
          {said?.role === 'master' && now && <> · {plural(now.worker_count, 'worker')}</>}
        </span>
      </div>
      <StatePill />
      <Verdict />
      <Runs />
      <span class="spring" />
      <Actions />
      <div class="tools">
        <button type="button" class="icon-button" onClick={toggleTheme} title="Dark or light (t)"
          aria-label={theme.value === 'dark' ? 'Light colours' : 'Dark colours'}>
          <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} />
        </button>
        <button type="button" class="icon-button" onClick={() => { dialog.value = 'help'; }}
          title="Keyboard and help (?)" aria-label="Keyboard and help">
          <Icon name="help" />
        </button>
        {said?.login && !offline.value && (
          <button type="button" class="icon-button" onClick={leave} title="Log out" aria-label="Log out">
            <Icon name="leave" />
          </button>
        )}
      </div>
    </header>
  );
}
