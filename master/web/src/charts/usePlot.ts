// Keeps one uPlot in an element: made anew when its look or the theme changes, else only told of
// new data, sizes and zooms.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { theme } from '../prefs';
import { optionsOf, type Look } from './options';
import { zoom } from './zoom';

export type Columns = (number | null | undefined)[][];

export interface Watch {
  cursor: (index: number | null, u: uPlot) => void;
}

export function usePlot(look: Look, data: Columns, hidden: ReadonlySet<string>, watch: Watch, height: number) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ data, watch, look, hidden });
  latest.current = { data, watch, look, hidden };
  const key = JSON.stringify([look.lines, look.logarithmic, look.marks, height, theme.value]);

  useEffect(() => {
    const place = element.current;
    if (!place) return undefined;
    const now = latest.current;
    const options = optionsOf(now.look, Math.max(place.clientWidth, 50), height);
    const setCursor = (u: uPlot) => latest.current.watch.cursor(u.cursor.idx ?? null, u);
    const made = new uPlot({ ...options, hooks: { ...options.hooks, setCursor: [setCursor] } },
      now.data as uPlot.AlignedData, place);
    made.over.addEventListener('dblclick', () => {
      zoom.value = null;
    });
    plot.current = made;
    // Fewer sizes than the observer reports: a chart is not drawn twice for one change.
    const observer = new ResizeObserver(() => {
      const width = place.clientWidth;
      if (width > 0 && width !== made.width) made.setSize({ width, height });
    });
    observer.observe(place);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [key, height]);

  useEffect(() => {
    plot.current?.setData(data as uPlot.AlignedData);
  }, [data, key]);

  useEffect(() => {
    const u = plot.current;
    if (!u) return;
    latest.current.look.lines.forEach((line, i) => {
      const show = !hidden.has(line.label);
      if (u.series[i + 1]?.show !== show) u.setSeries(i + 1, { show });
    });
  }, [hidden, key]);

  useEffect(() => zoom.subscribe(() => {
    const u = plot.current;
    if (u) u.setData(u.data);
  }), []);

  return { element, plot };
}
