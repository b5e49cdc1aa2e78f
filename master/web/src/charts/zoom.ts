// The part of the time that all charts of a screen show; null: all of it.
import { signal } from '@preact/signals';

export const zoom = signal<[number, number] | null>(null);

/** Sets it from what was dragged over, unless that was a click. */
export function zoomTo(from_s: number, to_s: number): void {
  if (to_s - from_s > 0.5) zoom.value = [from_s, to_s];
}
