// The colours of the charts, as the style sheet defines them for the theme.

export type Ink = 'rps' | 'fps' | 'users' | 'p50' | 'p75' | 'p95' | 'p99' | 'axis' | 'grid' | 'text' | 'panel';

export function colour(ink: Ink): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--ink-${ink}`).trim();
}

type Rgb = [number, number, number];

function hex(text: string): Rgb {
  const value = Number.parseInt(text.replace('#', ''), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Shades from a few to many, through the three heat colours of the theme. */
export function heatShades(steps = 64): string[] {
  const style = getComputedStyle(document.documentElement);
  const stops = ['--heat-0', '--heat-1', '--heat-2'].map((name) => hex(style.getPropertyValue(name).trim()));
  return Array.from({ length: steps }, (_, i) => {
    const at = (i / (steps - 1)) * (stops.length - 1);
    const from = stops[Math.floor(at)] as Rgb;
    const to = stops[Math.min(stops.length - 1, Math.floor(at) + 1)] as Rgb;
    const share = at - Math.floor(at);
    return `rgb(${from.map((part, n) => Math.round(part + ((to[n] ?? 0) - part) * share)).join(',')})`;
  });
}
