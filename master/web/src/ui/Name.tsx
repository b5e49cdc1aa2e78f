const kTail = 12;

/**
 * A name that targets or users chose: always text, in its own direction, never wider than its place.
 * Of very long ones the beginning and the end; all of it is in the tooltip. `middle`: where its place
 * is a line, it is cut in its middle, for what names differ in is mostly at their end.
 */
export function Name({ text, most = 300, middle = false }: { text: string; most?: number; middle?: boolean }) {
  if (text === '') return <span class="unnamed">(no name)</span>;
  const shown = text.length > most ? `${text.slice(0, most - 40)} … ${text.slice(-30)}` : text;
  // Letters of other scripts join, or run the other way: they are not taken apart.
  const parts = middle && shown.length > 2 * kTail && /^[\x20-\x7e…]+$/.test(shown);
  if (!parts) return <bdi class="given" title={text.slice(0, 4096)}>{shown}</bdi>;
  return (
    <bdi class="given parted" title={text.slice(0, 4096)}>
      <span class="beginning">{shown.slice(0, -kTail)}</span><span>{shown.slice(-kTail)}</span>
    </bdi>
  );
}
