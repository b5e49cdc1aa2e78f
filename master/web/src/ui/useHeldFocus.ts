// The focus stays in the page: where what had it is gone, it goes to what came in its place.
import { useEffect } from 'preact/hooks';
import { active, begun, route } from '../store';

let latest: EventTarget | null = null; // that had the focus
document.addEventListener('focusin', (event) => {
  latest = event.target;
});

function isLost(): boolean {
  const now = document.activeElement;
  return (now === null || now === document.body) && latest instanceof Element && !latest.isConnected;
}

/** After each change of what is shown. */
export function useHeldFocus(): void {
  const { screen, item } = route.value;
  const [going, started] = [active.value, begun.value];
  useEffect(() => {
    const timer = window.setTimeout(() => {
      if (!isLost()) return;
      const home = ['[data-home]', '[data-table]', '#main h1']
        .map((place) => document.querySelector<HTMLElement>(place)).find((place) => place !== null);
      home?.focus({ preventScroll: true });
    }, 50);
    return () => window.clearTimeout(timer);
  }, [screen, item, going, started]);
}
