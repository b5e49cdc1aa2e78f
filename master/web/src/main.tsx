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
import { begin } from './live/live';
import { parseRoute } from './logic/route';
import { dialog, route } from './store';
import { listenToKeys } from './ui/keyboard';

function follow(): void {
  route.value = parseRoute(location.hash);
  dialog.value = null;
}

window.addEventListener('hashchange', follow);
follow();
listenToKeys();
begin();
const root = document.getElementById('root');
if (root) render(<App />, root);
