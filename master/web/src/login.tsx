import { render } from 'preact';
import { useState } from 'preact/hooks';
import './styles/theme.css';
import './styles/base.css';
import './styles/forms.css';
import './prefs';
import { address, ApiError, post } from './live/api';
import { Field } from './ui/Field';
import { Icon } from './ui/Icon';

function wordsFor(error: unknown): string {
  if (!(error instanceof ApiError)) return 'That did not work.';
  if (error.status === 401) return 'This user and password do not match.';
  if (error.status === 429) return 'Too many attempts. Wait a little, then try again.';
  return error.message;
}

function Login() {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem('');
    try {
      await post('login', { user, password });
      location.assign(address('.'));
    } catch (error) {
      setProblem(wordsFor(error));
      setPassword('');
    }
    setBusy(false);
  };
  return (
    <main class="login">
      <form class="login-box panel" onSubmit={(event) => void submit(event)}>
        <h1>
          <svg class="login-mark" viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
            <path d="M11 5.500l4.300 2.500v5L11 15.500 6.700 13V8z" />
            <path d="M21 5.500l4.300 2.500v5L21 15.500 16.700 13V8z" opacity=".55" />
            <path d="M16 14.600l4.300 2.500v5L16 24.600l-4.300-2.500v-5z" opacity=".8" />
          </svg>
          Log in to swarm
        </h1>
        <Field id="user" label="User">
          <input id="user" name="username" type="text" autocomplete="username" autofocus required dir="auto" value={user}
            onInput={(event) => setUser(event.currentTarget.value)} />
        </Field>
        <Field id="password" label="Password">
          <input id="password" name="password" type="password" autocomplete="current-password" required value={password}
            onInput={(event) => setPassword(event.currentTarget.value)} />
        </Field>
        {problem && <p class="refusal" role="alert"><Icon name="warning" /> {problem}</p>}
        <div class="form-end"><button type="submit" class="button primary large" disabled={busy}>Log in</button></div>
      </form>
    </main>
  );
}

const root = document.getElementById('root');
if (root) render(<Login />, root);
