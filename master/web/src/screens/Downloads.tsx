import { address, endpointsOf } from '../live/api';
import { allColumns } from '../logic/columns';
import { csvOf } from '../logic/csv';
import { dateAndTime } from '../logic/format';
import { hello, lost, meta, notify, offline, quantiles, runs, workers } from '../store';
import type { RunSummary } from '../types';
import { Icon } from '../ui/Icon';
import { saveFile } from '../ui/saveFile';

interface File {
  title: string;
  text: string;
  path: string;
  kind: string;
  missing?: string | false; // why it is not there
}

function files(): File[] {
  return [
    { title: 'Requests', text: 'One line for each endpoint: counts, times, percentiles. Columns and rounding as Locust’s: whole milliseconds.', path: 'stats/requests/csv', kind: 'CSV' },
    { title: 'Failures', text: 'One line for each endpoint and error.', path: 'stats/failures/csv', kind: 'CSV' },
    { title: 'Exceptions', text: 'What left the scenario’s tasks, with tracebacks.', path: 'exceptions/csv', kind: 'CSV' },
    { title: 'Full history', text: 'Every endpoint, every second of the run.', path: 'stats/requests_full_history/csv', kind: 'CSV',
      missing: hello.value?.can_full_history === false && 'swarm was not started with --csv-full-history.' },
    { title: 'Report', text: 'This page as it is now, in one file: charts, failures, logs. It needs no swarm to be read.', path: 'stats/report?download=1', kind: 'HTML' },
    { title: 'The run', text: 'Everything measured, with histograms and health, for scripts and for comparing.', path: 'api/v1/run.json', kind: 'JSON' },
    { title: hello.value?.role === 'master' ? 'Log of the master' : 'Log', text: 'The latest lines that this process wrote.', path: 'api/v1/log/master.txt', kind: 'Text' },
  ];
}

function FileWords({ file }: { file: Omit<File, 'path'> }) {
  return (
    <>
      <span class="file-kind">{file.kind}</span>
      <span class="file-words"><b>{file.title}</b><span>{file.missing || file.text}</span></span>
      {!file.missing && <Icon name="download" />}
    </>
  );
}

function FileBox({ file }: { file: File }) {
  return (
    <li>
      {file.missing ? <span class="file panel missing"><FileWords file={file} /></span>
        : <a class="file panel" download href={address(file.path)}><FileWords file={file} /></a>}
    </li>
  );
}

/** What is kept of a run before this one; the page makes its file. */
function EarlierRun({ run }: { run: RunSummary }) {
  const save = () => {
    endpointsOf(run.run).then(
      (rows) => saveFile(new Blob([csvOf(rows, allColumns(quantiles.value, true))], { type: 'text/csv' }), `swarm-run-${run.run}.csv`),
      (error: Error) => notify('bad', `Run ${run.run}: ${error.message}.`));
  };
  const label = run.label === '' ? '' : ` · ${run.label}`;
  const text = `Its busiest endpoints, as they were at its end. Run of ${dateAndTime(run.started)}.`;
  return <li><button type="button" class="file panel" onClick={save}><FileWords file={{ title: `Run ${run.run}${label}`, text, kind: 'CSV' }} /></button></li>;
}

export function Downloads() {
  const gone = lost.value ? 'swarm does not answer now.' : offline.value && 'The swarm that had it is gone.';
  const fleet = hello.value?.role === 'master' ? (workers.value?.workers ?? []) : [];
  const earlier = runs.value.filter((run) => run.run !== meta.value?.run && run.ended !== null);
  return (
    <div class="screen downloads">
      <ul class="files">
        {files().map((file) => <FileBox key={file.path} file={{ ...file, missing: gone || file.missing || false }} />)}
        {fleet.slice(0, 200).map((worker) => (
          <FileBox key={worker.id} file={{ title: `Log of ${worker.id}`, text: 'The latest lines that this worker wrote.', kind: 'Text', missing: gone,
            path: `api/v1/log/${encodeURIComponent(worker.id)}.txt` }} />
        ))}
        {!gone && earlier.map((run) => <EarlierRun key={run.run} run={run} />)}
      </ul>
    </div>
  );
}
