// Run times as people write them: 20, 90s, 3m, 1h20m.

const kPattern = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/;

/** In seconds; null when it is not a run time. Empty is none. */
export function parseRunTime(text: string): number | null {
  const found = kPattern.exec(text.trim());
  if (!found || text.trim() === '') return null;
  const [, hours = '0', minutes = '0', seconds = '0'] = found;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return total > 0 ? total : null;
}

export function runTimeText(seconds: number | null): string {
  if (seconds === null) return '';
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = Math.round(seconds % 60);
  const text = `${hours ? `${hours}h` : ''}${minutes ? `${minutes}m` : ''}${rest ? `${rest}s` : ''}`;
  return text === '' ? '0s' : text;
}
