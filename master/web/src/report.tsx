// A run in one file: the page, with the answers of /api/v1 that it asks for in place of a server.
import { answerFrom } from './live/api';
import { apply, connection, offline, points, runs } from './store';
import { show } from './page';
import type { Frame, History, RunSummary } from './types';

const kept = JSON.parse(document.getElementById('kept')?.textContent ?? '{}') as Record<string, unknown>;
answerFrom(kept);
offline.value = true;
for (const name of ['hello', 'stats', 'errors', 'exceptions', 'workers', 'ratio', 'logs']) {
  if (kept[name] !== undefined) apply(kept[name] as Frame);
}
runs.value = (kept['runs'] ?? []) as RunSummary[];
points.value = (kept[`history?run=${runs.value[0]?.run}`] as History | undefined)?.points ?? [];
connection.value = { status: 'open', since: Date.now(), retry_at: null };
show();
