import { useEffect, useRef } from 'preact/hooks';

/** A bar of so much of its place. The number itself stands beside it. */
export function Meter({ share, tone }: { share: number; tone: string }) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    bar.current?.style.setProperty('width', `${Math.max(0, Math.min(1, share)) * 100}%`);
  }, [share]);
  return <span class="meter" aria-hidden="true"><span ref={bar} class={`ink-${tone}`} /></span>;
}
