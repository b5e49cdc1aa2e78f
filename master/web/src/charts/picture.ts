// A chart as a PNG file: its title, its legend, what it shows.
import type uPlot from 'uplot';
import { saveFile } from '../ui/saveFile';
import { colour, type Ink } from './palette';

export interface Caption {
  title: string;
  subtitle: string;
  legend: { label: string; ink: Ink }[];
}

export function pictureOf(u: uPlot, caption: Caption): HTMLCanvasElement {
  const source = u.ctx.canvas;
  const scale = source.width / u.width;
  const head = 52 * scale;
  const canvas = document.createElement('canvas');
  canvas.width = source.width + 24 * scale;
  canvas.height = source.height + head + 10 * scale;
  const ctx = canvas.getContext('2d');
  if (!ctx) return canvas;
  ctx.fillStyle = colour('panel');
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = colour('text');
  ctx.font = `600 ${14 * scale}px Inter, system-ui, sans-serif`;
  ctx.fillText(caption.title, 16 * scale, 22 * scale);
  ctx.font = `${11 * scale}px Inter, system-ui, sans-serif`;
  ctx.fillStyle = colour('axis');
  ctx.fillText(caption.subtitle.slice(0, 200), 16 * scale, 40 * scale);
  let right = canvas.width - 16 * scale;
  for (const { label, ink } of [...caption.legend].reverse()) {
    const width = ctx.measureText(label).width;
    ctx.fillStyle = colour('text');
    ctx.fillText(label, right - width, 22 * scale);
    ctx.fillStyle = colour(ink);
    ctx.fillRect(right - width - 14 * scale, 14 * scale, 9 * scale, 9 * scale);
    right -= width + 28 * scale;
  }
  ctx.drawImage(source, 8 * scale, head);
  return canvas;
}

export function savePicture(u: uPlot, caption: Caption, file: string): void {
  pictureOf(u, caption).toBlob((blob) => {
    if (blob) saveFile(blob, file);
  }, 'image/png');
}

export function fileName(...parts: string[]): string {
  const name = parts.join('-').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return `${name.slice(0, 100) || 'swarm'}.png`;
}
