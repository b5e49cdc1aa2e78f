import { useState } from 'preact/hooks';
import { address } from '../live/api';
import { earlier, hello, lost, meta, offline, workers } from '../store';
import type { RunSummary } from '../types';
import { Icon } from '../ui/Icon';
import { nameOf, reportOf } from '../ui/Runs';

interface File {
  title: string;
  text: string;
  path: string;
  kind: string;
  missing?: string | false; // why it is not there
}

/** What there is of every run that is kept. */
const kOfARun: File[] = [
  { title: 'Requests', text: 'One line for each endpoint: counts, times, percentiles. Columns and rounding as Locust’s: whole milliseconds.', path: 'stats/requests/csv', kind: 'CSV' },
  { title: 'Failures', text: 'One line for each endpoint and error.', path: 'stats/failures/csv', kind: 'CSV' },
  { title: 'Exceptions', text: 'What left the scenario’s tasks, with tracebacks.', path: 'exceptions/csv', kind: 'CSV' },
  { title: 'Report', text: 'This page as it is now, in one file: charts, failures, logs. It needs no swarm to be read.', path: 'stats/report?download=1', kind: 'HTML' },
  { title: 'The run', text: 'Everything measured, with histograms and health, for scripts and for comparing.', path: 'api/v1/run.json', kind: 'JSON' },
];

function ofThePresent(): File[] {
  const fleet = hello.value?.role === 'master' ? (workers.value?.workers ?? []) : [];
  return [
    { title: 'Full history', text: 'Every endpoint, every second of the run.', path: 'stats/requests_full_history/csv', kind: 'CSV',
      missing: hello.value?.can_full_history === false && 'swarm was not started with --csv-full-history.' },
    { title: hello.value?.role === 'master' ? 'Log of the master' : 'Log', text: 'The latest lines that this process wrote.', path: 'api/v1/log/master.txt', kind: 'Text' },
    ...fleet.slice(0, 200).map((worker) => ({
      title: `Log of ${worker.id}`, text: 'The latest lines that this worker wrote.', kind: 'Text', path: `api/v1/log/${encodeURIComponent(worker.id)}.txt`,
    })),
  ];
}

function ofRun(file: File, run: RunSummary): File {
  const text = file.kind === 'HTML' ? 'The page as it was when the next run began, in one file: charts, failures, logs.' : file.text;
  return { ...file, text, path: `${file.path}${file.path.includes('?') ? '&' : '?'}run=${run.run}` };
}

function FileBox({ file }: { file: File }) {
  const words = (
    <>
      <span class="file-kind">{file.kind}</span>
      <span class="file-words"><b>{file.title}</b><span>{file.missing || file.text}</span></span>
      {!file.missing && <Icon name="download" />}
    </>
  );
  return (
    <li>
      {file.missing ? <span class="file panel missing">{words}</span>
        : <a class="file panel" download href={address(file.path)}>{words}</a>}
    </li>
  );
}

export function Downloads() {
  const [choice, setChoice] = useState('');
  const gone = lost.value ? 'swarm does not answer now.' : offline.value && 'The swarm that had it is gone.';
  const kept = earlier.value.filter((run) => run.kept);
  const run = kept.find((one) => String(one.run) === choice);
  const files = run ? kOfARun.map((file) => ofRun(file, run)) : [...kOfARun, ...ofThePresent()];
  return (
    <div class="screen downloads">
      {!offline.value && kept.length > 0 && (
        <div class="toolbar">
          <label>Of{' '}
            <select value={run ? choice : ''} onChange={(event) => setChoice(event.currentTarget.value)}>
              <option value="">this run ({meta.value?.run})</option>
              {kept.map((one) => <option key={one.run} value={String(one.run)}>{nameOf(one)}</option>)}
            </select>
          </label>
          {run && !gone && <a class="button" href={reportOf(run.run)} target="_blank" rel="noopener">Open run {run.run}</a>}
        </div>
      )}
      <ul class="files">
        {files.map((file) => <FileBox key={file.path} file={{ ...file, missing: gone || file.missing || false }} />)}
      </ul>
    </div>
  );
}
