import { address } from '../live/api';
import { hello, lost, offline, workers } from '../store';
import { Icon } from '../ui/Icon';

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
  const gone = lost.value ? 'swarm does not answer now.' : offline.value && 'The swarm that had it is gone.';
  const fleet = hello.value?.role === 'master' ? (workers.value?.workers ?? []) : [];
  return (
    <div class="screen downloads">
      <ul class="files">
        {files().map((file) => <FileBox key={file.path} file={{ ...file, missing: gone || file.missing || false }} />)}
        {fleet.slice(0, 200).map((worker) => (
          <FileBox key={worker.id} file={{ title: `Log of ${worker.id}`, text: 'The latest lines that this worker wrote.', kind: 'Text', missing: gone,
            path: `api/v1/log/${encodeURIComponent(worker.id)}.txt` }} />
        ))}
      </ul>
    </div>
  );
}
