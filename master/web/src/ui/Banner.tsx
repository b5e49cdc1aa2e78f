import { useEffect, useState } from 'preact/hooks';
import { connect } from '../live/live';
import { timeOfDay } from '../logic/format';
import { connection, dismiss, meta, notices, type Notice } from '../store';
import { Icon } from './Icon';

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
