import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { address } from '../live/api';
import { filtered, kLevels, levelled, type Level } from '../logic/loglines';
import { narrow } from '../prefs';
import { hello, logs, logSource, lost, offline } from '../store';
import { Reading } from '../ui/Empty';
import { Icon } from '../ui/Icon';

const kMost = 2000;

export function Logs() {
  const [level, setLevel] = useState<Level>('debug');
  const [search, setSearch] = useState('');
  const [follow, setFollow] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const known = logs.value;
  const source = known && known.workers[logSource.value] ? logSource.value : '';
  const text = known ? (source === '' ? known.master : known.workers[source]) : undefined;
  const lines = useMemo(() => filtered(levelled(text ?? []), level, search).slice(-kMost), [text, level, search]);
  useEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, follow]);
  if (!known) return <Reading what="logs" />;
  const workers = Object.keys(known.workers).sort();
  const own = hello.value?.role === 'master' ? 'master' : 'this process';
  return (
    <div class="screen logs">
      <div class="toolbar">
        {workers.length > 0 && (
          <label>Log of{' '}
            <select value={source} onChange={(event) => { logSource.value = event.currentTarget.value; }}>
              <option value="">{own}</option>
              {workers.map((id) => <option key={id} value={id}>{id}</option>)}
            </select>
          </label>
        )}
        <label>Level{' '}
          <select value={level} onChange={(event) => setLevel(event.currentTarget.value as Level)}>
            {kLevels.map((one) => <option key={one} value={one}>{one === 'debug' ? 'all' : one === 'error' ? 'errors' : `${one} and worse`}</option>)}
          </select>
        </label>
        <label class="search">
          <Icon name="search" />
          <input type="search" data-search placeholder={narrow.value ? 'Search lines' : 'Search lines ( / )'} aria-label="Search lines" value={search}
            onInput={(event) => setSearch(event.currentTarget.value)} />
        </label>
        <span class="spring" />
        <label><input type="checkbox" checked={follow} onChange={() => setFollow(!follow)} /> Follow</label>
        {!offline.value && (lost.value ? (
          <button type="button" class="button" disabled title="swarm does not answer"><Icon name="download" /><span>Download</span></button>
        ) : <a class="button" download href={address(`api/v1/log/${encodeURIComponent(source === '' ? 'master' : source)}.txt`)}>
          <Icon name="download" /><span>Download</span>
        </a>)}
      </div>
      <div class="log panel mono" ref={box} tabIndex={0} role="region" aria-label="Log"
        onWheel={(event) => { if (event.deltaY < 0) setFollow(false); }}>
        {lines.map((line, i) => <div key={i} class={`log-line level-${line.level}`} dir="auto">{line.text || ' '}</div>)}
        {lines.length === 0 && <p class="nothing">No line here{text && text.length > 0 ? ' is of this level and has these words' : ' yet'}.</p>}
      </div>
    </div>
  );
}
