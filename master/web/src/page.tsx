// What every page of a run begins with: its style, its keys, and where it is.
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles/theme.css';
import './styles/base.css';
import './styles/header.css';
import './styles/forms.css';
import './styles/table.css';
import './styles/charts.css';
import './styles/screens.css';
import { App } from './App';
import { parseRoute } from './logic/route';
import { dialog, route } from './store';
import { listenToKeys } from './ui/keyboard';

function follow(): void {
  route.value = parseRoute(location.hash);
  dialog.value = null;
}

export function show(): void {
  window.addEventListener('hashchange', follow);
  follow();
  listenToKeys();
  const root = document.getElementById('root');
  if (root) render(<App />, root);
}
