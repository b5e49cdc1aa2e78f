import { useEffect } from 'preact/hooks';
import { begun, connection, dialog, hello, host, meta, route } from './store';
import { Charts } from './screens/Charts';
import { Downloads } from './screens/Downloads';
import { Endpoint } from './screens/Endpoint';
import { Exceptions } from './screens/Exceptions';
import { Failures } from './screens/Failures';
import { Logs } from './screens/Logs';
import { Ratio } from './screens/Ratio';
import { CurrentForm } from './screens/StartForm';
import { Statistics } from './screens/Statistics';
import { Welcome } from './screens/Welcome';
import { Workers } from './screens/Workers';
import { LostBanner, Notices, SucceededBanner } from './ui/Banner';
import { Empty } from './ui/Empty';
import { Header } from './ui/Header';
import { Help } from './ui/Help';
import { Kpis } from './ui/Kpis';
import { Modal } from './ui/Modal';
import { ReportHead } from './ui/ReportHead';
import { ResetDialog } from './ui/ResetDialog';
import { Tabs, titleOf } from './ui/Tabs';
import { useHeldFocus } from './ui/useHeldFocus';

function CurrentScreen() {
  const { screen, item } = route.value;
  switch (screen) {
    case 'charts': return <Charts />;
    case 'failures': return <Failures />;
    case 'exceptions': return <Exceptions />;
    case 'ratio': return <Ratio />;
    case 'workers': return <Workers />;
    case 'logs': return <Logs />;
    case 'downloads': return <Downloads />;
    default: return item === null ? <Statistics /> : <Endpoint key={item} id={item} />;
  }
}

function Dialogs() {
  switch (dialog.value) {
    case 'help': return <Help />;
    case 'reset': return <ResetDialog />;
    case 'start': return <Modal title="New run"><CurrentForm editing={false} /></Modal>;
    case 'edit': return <Modal title="Edit the run"><CurrentForm editing /></Modal>;
    default: return null;
  }
}

function Body() {
  if (!hello.value || !meta.value) {
    const lost = connection.value.status === 'lost';
    return <main id="main"><Empty title={lost ? 'swarm does not answer' : 'Connecting…'} /></main>;
  }
  // What other screens show exists before a run as well: logs, workers, ratio.
  if (!begun.value && route.value.screen === 'statistics') return <><Tabs /><Welcome /></>;
  return (
    <>
      <ReportHead />
      {begun.value && <Kpis />}
      <Tabs />
      <main id="main" class="main">
        <h1 class="visually-hidden" tabIndex={-1}>{titleOf(route.value.screen)}</h1>
        <CurrentScreen />
      </main>
    </>
  );
}

export function App() {
  const { screen } = route.value;
  useHeldFocus();
  useEffect(() => {
    document.title = `${titleOf(screen)} · ${host.value ?? 'swarm'}`.slice(0, 200);
  }, [screen]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        document.querySelector<HTMLElement>('[data-table], [data-search], #main a, #main button')?.focus();
      }}>To the content</a>
      <div class="top">
        <LostBanner />
        <SucceededBanner />
        <Header />
      </div>
      <Body />
      <Dialogs />
      <Notices />
    </>
  );
}
