import { count, dateAndTime, significant, span } from '../logic/format';
import { hello, host, meta, offline, runs } from '../store';

/** What a report is of: without it nobody would know a file by itself. */
export function ReportHead() {
  const now = meta.value;
  if (!offline.value || !now) return null;
  const run = runs.value.find((one) => one.run === now.run);
  const label = run?.label ?? hello.value?.profile ?? '';
  const rate = now.hatch_rate ?? 0;
  const facts: [string, string][] = [
    ['Host', host.value ?? 'none'],
    ['Scenario', hello.value?.scenario ?? ''],
    ['Label', label],
    ['Started', dateAndTime(now.started, true)],
    ['Lasted', `${span(now.elapsed_s)}${now.run_time_s ? ` of ${span(now.run_time_s)}` : ''}`],
    ['Users', `${count(now.target_users)}${run && run.users_peak !== now.target_users ? `, ${count(run.users_peak)} at the peak` : ''}`],
    ['Hatch rate', rate > 0 ? `${significant(rate)} a second` : ''],
  ];
  return (
    <section class="report-head" aria-label="Report">
      <h1>Report of run {now.run}</h1>
      <dl>
        {facts.filter(([, value]) => value !== '').map(([name, value]) => <div key={name}><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div>)}
      </dl>
    </section>
  );
}
