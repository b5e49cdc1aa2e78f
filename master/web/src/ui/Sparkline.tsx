import { useEffect, useRef } from 'preact/hooks';
import { colour, type Ink } from '../charts/palette';
import { theme } from '../prefs';

const kWidth = 160;
const kHeight = 34;

/** The shape of the last values, without axes; their numbers stand beside it. */
export function Sparkline({ values, ink }: { values: number[]; ink: Ink }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = theme.value;
  useEffect(() => {
    const ctx = canvas.current?.getContext('2d');
    if (!ctx || !canvas.current) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.current.width = kWidth * ratio;
    canvas.current.height = kHeight * ratio;
    ctx.scale(ratio, ratio);
    if (values.length < 2) return;
    const most = Math.max(...values, 1e-9);
    const x = (i: number) => (i / (values.length - 1)) * kWidth;
    const y = (value: number) => kHeight - 2 - (value / most) * (kHeight - 5);
    ctx.beginPath();
    values.forEach((value, i) => ctx.lineTo(x(i), y(value)));
    ctx.strokeStyle = colour(ink);
    ctx.lineWidth = 1.5;
    ctx.lineJoin = 'round';
    ctx.stroke();
    ctx.lineTo(kWidth, kHeight);
    ctx.lineTo(0, kHeight);
    ctx.globalAlpha = 0.1;
    ctx.fillStyle = colour(ink);
    ctx.fill();
  }, [values, ink, dark]);
  return <canvas ref={canvas} class="sparkline" aria-hidden="true" />;
}
