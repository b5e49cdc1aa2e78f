import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { clock, kNone, tick } from '../logic/format';
import { Icon } from '../ui/Icon';
import type { Line, Mark } from './options';
import { fileName, savePicture } from './picture';
import { usePlot, type Columns } from './usePlot';

export interface ChartProps {
  title: string;
  subject: string; // what it is of: the total, or an endpoint
  unit: string;
  lines: Line[];
  data: Columns; // times, then one column for each line
  format: (value: number | null | undefined) => string;
  logarithmic?: boolean;
  marks?: Mark[];
  height?: number;
  plugins?: uPlot.Plugin[];
  range?: (u: uPlot) => [number, number];
  hint?: (u: uPlot) => string | null; // what is at the cursor, where there are no lines
  children?: ComponentChildren;
}

const kNoMarks: Mark[] = [];

function lastKnown(column: (number | null | undefined)[] | undefined): number | null {
  if (!column) return null;
  for (let i = column.length - 1; i >= 0; i -= 1) {
    const value = column[i];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

export function Chart(props: ChartProps) {
  const { title, subject, lines, data, format, marks = kNoMarks, height = 230 } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [cursor, setCursor] = useState<number | null>(null);
  const [hint, setHint] = useState<string | null>(null);
  const look = useMemo(() => ({
    lines, marks, logarithmic: props.logarithmic ?? false,
    format: tick,
    ...(props.plugins ? { plugins: props.plugins } : {}), ...(props.range ? { range: props.range } : {}),
  }), [lines, marks, props.logarithmic, props.plugins, props.range]);
  const { element, plot } = usePlot(look, data, hidden, {
    cursor: (index, u) => {
      setCursor(index);
      if (props.hint) setHint(props.hint(u));
    },
  }, height);

  const times = data[0] ?? [];
  const toggle = (label: string) => {
    const next = new Set(hidden);
    if (!next.delete(label)) next.add(label);
    setHidden(next);
  };
  const at = cursor === null ? null : times[cursor];
  const summary = lines.map((line, i) => `${line.label} ${format(lastKnown(data[i + 1]))}`).join(', ');
  const save = () => {
    if (!plot.current) return;
    const legend = lines.filter((line) => !hidden.has(line.label) && !line.dashed);
    savePicture(plot.current, { title: `${title} (${props.unit})`, subtitle: subject, legend },
      fileName('swarm', title, subject.slice(0, 60)));
  };
  return (
    <section class="chart panel" aria-label={title} data-marks={marks.map((mark) => mark.label).join('; ') || undefined}>
      <header class="chart-head">
        <h2 class="small">{title} <span class="unit">{props.unit}</span></h2>
        <span class="chart-time" aria-hidden="true">{at === null || at === undefined ? '' : `at ${clock(at)}`}</span>
        {props.children}
        <button type="button" class="icon-button" title="Save as PNG" aria-label={`Save ${title} as PNG`} onClick={save}>
          <Icon name="download" />
        </button>
      </header>
      <div class="legend">
        {lines.map((line, i) => (
          <button key={line.label} type="button" class="legend-item" aria-pressed={!hidden.has(line.label)}
            title={hidden.has(line.label) ? 'Show this line' : 'Hide this line'} onClick={() => toggle(line.label)}>
            <span class={`swatch ink-${line.ink} ${line.dashed ? 'dashed' : ''}`} />
            {line.label}
            <b>{cursor === null ? format(lastKnown(data[i + 1])) : format(data[i + 1]?.[cursor])}</b>
          </button>
        ))}
        {props.hint && <span class="legend-hint">{hint ?? 'Point at the map to read it; drag to zoom.'}</span>}
      </div>
      <div class="plot" ref={element} role="img"
        aria-label={`${title} of ${subject} over time. ${times.length === 0 ? 'No data yet' : `Latest: ${summary || kNone}`}.`} />
    </section>
  );
}
