import { useEffect, useRef } from 'preact/hooks';
import { compact } from '../logic/format';
import { hashOf, kScreens, type Screen } from '../logic/route';
import { begun, exceptions, hello, meta, offline, route } from '../store';

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
  if (screen === 'exceptions' && exceptions.value && exceptions.value.length > 0) {
    return <span class="badge bad">{compact(exceptions.value.reduce((sum, one) => sum + one.count, 0))}</span>;
  }
  if (screen === 'workers' && begun.value && !now.verdict.valid) return <span class="badge warn">!</span>;
  return null;
}

export function Tabs() {
  const { screen: current } = route.value;
  const strip = useRef<HTMLElement>(null);
  const badges = [(meta.value?.total.failures ?? 0) > 0, (exceptions.value ?? []).length > 0].join();
  useEffect(() => {
    // On a phone not all of them fit, and badges take room.
    strip.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [current, badges]);
  return (
    <nav ref={strip} class="tabs" aria-label="Screens">
      {kScreens.filter((screen) => !offline.value || screen !== 'downloads').map((screen) => (
        <a key={screen} href={hashOf(screen)} aria-current={screen === current ? 'page' : undefined}>
          {titleOf(screen)}<Badge screen={screen} />
        </a>
      ))}
    </nav>
  );
}
