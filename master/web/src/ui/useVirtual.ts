// Which lines of a long list are in sight, so that only those are in the page.
import { useEffect, useRef, useState } from 'preact/hooks';

export interface Window {
  from: number;
  to: number;
}

export function windowOf(scroll: number, height: number, line: number, lines: number, spare = 8): Window {
  const from = Math.max(0, Math.floor(scroll / line) - spare);
  const to = Math.min(lines, Math.ceil((scroll + height) / line) + spare);
  return { from: Math.min(from, to), to };
}

export function useVirtual(lines: number, line: number, headed: number) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ scroll: 0, height: 600 });
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const look = () => {
      const scroll = element.scrollTop;
      const height = element.clientHeight;
      // In steps of lines: scrolling within a line changes nothing in the page.
      setSeen((before) => (Math.floor(before.scroll / line) === Math.floor(scroll / line) && before.height === height
        ? before : { scroll, height }));
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [line]);
  const reveal = (index: number) => {
    const element = box.current;
    if (!element) return;
    const top = index * line;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + line > element.scrollTop + element.clientHeight - headed) {
      element.scrollTop = top + line - element.clientHeight + headed;
    }
  };
  return { box, reveal, ...windowOf(seen.scroll, seen.height, line, lines) };
}
