import { compact } from '../logic/format';
import { hashOf, kScreens, type Screen } from '../logic/route';
import { hello, meta, route, seenExceptions } from '../store';

export function titleOf(screen: Screen): string {
  if (screen === 'workers') return hello.value?.role === 'master' ? 'Workers' : 'Generator';
  return {
    statistics: 'Statistics', charts: 'Charts', failures: 'Failures', exceptions: 'Exceptions',
    ratio: 'Task ratio', logs: 'Logs', downloads: 'Downloads',
  }[screen];
}

function Badge({ screen }: { screen: Screen }) {
  const now = meta.value;
  if (!now) return null;
  if (screen === 'failures' && now.total.failures > 0) {
    return <span class="badge bad">{compact(now.total.failures)}</span>;
  }
  if (screen === 'exceptions' && now.exceptions_version > seenExceptions.value) {
    return <span class="badge bad" title="Exceptions that you have not seen">new</span>;
  }
  if (screen === 'workers' && !now.verdict.valid) return <span class="badge warn">!</span>;
  return null;
}

export function Tabs() {
  const { screen: current } = route.value;
  return (
    <nav class="tabs" aria-label="Screens">
      {kScreens.map((screen) => (
        <a key={screen} href={hashOf(screen)} aria-current={screen === current ? 'page' : undefined}>
          {titleOf(screen)}<Badge screen={screen} />
        </a>
      ))}
    </nav>
  );
}
