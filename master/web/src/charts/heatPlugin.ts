// Draws the cells of a heat map into a uPlot, whose axes, cursor and zoom it shares.
import uPlot from 'uplot';
import type { Cell } from '../logic/heat';
import { heatShades } from './palette';

export function heatPlugin(cells: () => Cell[]): uPlot.Plugin {
  let shades: string[] = [];
  return {
    hooks: {
      init: () => {
        shades = heatShades();
      },
      drawAxes: (u) => {
        const { ctx, bbox } = u;
        ctx.save();
        ctx.beginPath();
        ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
        ctx.clip();
        for (const cell of cells()) {
          const left = Math.floor(u.valToPos(cell.from_s, 'x', true));
          const right = Math.ceil(u.valToPos(cell.to_s, 'x', true));
          if (right < bbox.left || left > bbox.left + bbox.width) continue;
          const top = Math.floor(u.valToPos(cell.high_ms, 'y', true));
          const bottom = Math.floor(u.valToPos(cell.low_ms, 'y', true));
          ctx.fillStyle = shades[Math.min(shades.length - 1, Math.floor(cell.shade * shades.length))] ?? '#888';
          ctx.fillRect(left, top, Math.max(1, right - left), Math.max(1, bottom - top));
        }
        ctx.restore();
      },
    },
  };
}
