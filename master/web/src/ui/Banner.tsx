import { useEffect, useState } from 'preact/hooks';
import { connect } from '../live/live';
import { allColumns } from '../logic/columns';
import { csvOf } from '../logic/csv';
import { timeOfDay } from '../logic/format';
import { connection, dismiss, meta, notices, quantiles, rows, succeeded, type Notice } from '../store';
import { Icon } from './Icon';
import { saveFile } from './saveFile';

/** Says plainly that what is shown is old, since when, and what happens next. */
export function LostBanner() {
  const { status, since, retry_at: retry } = connection.value;
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (status !== 'lost') return undefined;
    const timer = window.setInterval(() => setNow(Date.now()), 500);
    return () => window.clearInterval(timer);
  }, [status]);
  if (status !== 'lost') return null;
  const wait = retry === null ? 0 : Math.max(0, Math.ceil((retry - now) / 1000));
  return (
    <div class="banner" role="alert">
      <Icon name="warning" />
      <span>
        <b>Connection to swarm lost.</b>{' '}
        {meta.value ? `What you see is as of ${timeOfDay(since)}. ` : ''}
        {wait > 0 ? `Trying again in ${wait} s.` : 'Trying again…'}
      </span>
      <button type="button" class="button" onClick={connect}>Try now</button>
    </div>
  );
}

function saveTable(): void {
  const text = csvOf(rows.value.values(), allColumns(quantiles.value, true));
  saveFile(new Blob([text], { type: 'text/csv' }), `swarm-run-${meta.value?.run ?? 0}.csv`);
}

/** The results of a swarm that is gone are not thrown away because another one has its place. */
export function SucceededBanner() {
  if (!succeeded.value) return null;
  return (
    <div class="banner" role="alert">
      <Icon name="warning" />
      <span>
        <b>Another swarm answers here now.</b>{' '}
        What you see is the run of {timeOfDay(meta.value?.started ?? null)}; it is only in this page.
      </span>
      <button type="button" class="button" onClick={saveTable}>Save as CSV</button>
      <button type="button" class="button" onClick={() => location.reload()}>Go on to the new one</button>
    </div>
  );
}

function NoticeLine({ notice }: { notice: Notice }) {
  useEffect(() => {
    const timer = window.setTimeout(() => dismiss(notice.id), notice.tone === 'good' ? 4000 : 10_000);
    return () => window.clearTimeout(timer);
  }, [notice.id, notice.tone]);
  return (
    <div class={`notice ${notice.tone}`}>
      <Icon name={notice.tone === 'good' ? 'check' : 'warning'} />
      <span dir="auto">{notice.text}</span>
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => dismiss(notice.id)}>
        <Icon name="close" />
      </button>
    </div>
  );
}

export function Notices() {
  return (
    <div class="notices" role="status">
      {notices.value.map((notice) => <NoticeLine key={notice.id} notice={notice} />)}
    </div>
  );
}
