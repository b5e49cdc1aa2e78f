/**
 * A name that targets or users chose: always text, in its own direction, never wider than its place.
 * Of very long ones the beginning and the end; all of it is in the tooltip.
 */
export function Name({ text, most = 300 }: { text: string; most?: number }) {
  if (text === '') return <span class="unnamed">(no name)</span>;
  const shown = text.length > most ? `${text.slice(0, most - 40)} … ${text.slice(-30)}` : text;
  return <bdi class="given" title={text.slice(0, 4096)}>{shown}</bdi>;
}
