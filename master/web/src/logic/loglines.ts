// Levels of log lines, from swarm's and from Locust's way of writing them.

export const kLevels = ['debug', 'info', 'warning', 'error'] as const;
export type Level = (typeof kLevels)[number];

const kWords: Record<string, Level> = {
  trace: 'debug', debug: 'debug', info: 'info', warning: 'warning', warn: 'warning',
  error: 'error', err: 'error', critical: 'error', fatal: 'error',
};

/** The level that a line names near its beginning, or null: it goes on from the line before. */
export function levelOf(line: string): Level | null {
  const head = line.slice(0, 160).replace(/^\[[^\]]*\]\s*/, '');
  const named = /(?:^|[\s/[])(trace|debug|info|warning|warn|error|err|critical|fatal)(?:[\s/:\]]|$)/i
    .exec(head.slice(0, 80)) ?? /\/(debug|info|warning|error|critical)\//i.exec(line.slice(0, 160));
  return named ? (kWords[(named[1] ?? '').toLowerCase()] ?? null) : null;
}

export interface LogLine {
  text: string;
  level: Level;
}

export function levelled(lines: string[]): LogLine[] {
  let level: Level = 'info';
  return lines.map((text) => {
    level = levelOf(text) ?? level;
    return { text, level };
  });
}

export function filtered(lines: LogLine[], least: Level, search: string): LogLine[] {
  const from = kLevels.indexOf(least);
  const wanted = search.toLowerCase();
  return lines.filter((line) => kLevels.indexOf(line.level) >= from
    && (wanted === '' || line.text.toLowerCase().includes(wanted)));
}
