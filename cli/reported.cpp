#include "cli/reported.h"

#include <utility>

namespace swarm {

Reported::Reported(Loop& loop, proto::Link& link, std::string worker,
                   std::function<void(proto::Dialect)> met)
    : loop_(loop),
      link_(link),
      worker_(std::move(worker)),
      met_(std::move(met)),
      totals_(loop.now()),
      start_(loop.now()) {}

master::Snapshot Reported::snapshot(master::RunStatus status, Delta beside) const {
  if (beside.empty()) return totals_.snapshot(status, loop_.now());
  master::Aggregator all = totals_;
  all.add(worker_, std::move(beside));
  return all.snapshot(status, loop_.now());
}

Result<void> Reported::send(proto::ToMaster message) {
  if (const auto* report = std::get_if<proto::Report>(&message)) count(*report);
  return link_.send(std::move(message));
}

void Reported::on_receive(std::function<void(proto::ToWorker)> receiver) {
  if (!receiver) return link_.on_receive(nullptr);
  link_.on_receive([this, receiver = std::move(receiver)](proto::ToWorker message) {
    note(message);
    receiver(std::move(message));
  });
}

void Reported::note(const proto::ToWorker& message) {
  if (const auto* spawn = std::get_if<proto::Spawn>(&message)) {
    if (spawn->run == run_) return;
    run_ = spawn->run;
    era_ = 0;
    seq_ = 0;
    begin(loop_.now() - spawn->run_age);
  } else if (const auto* complete = std::get_if<proto::SpawningComplete>(&message)) {
    if (complete->run != run_ || complete->era <= era_) return;
    era_ = complete->era;
    begin(loop_.now());
  } else if (const auto* introduce = std::get_if<proto::Introduce>(&message)) {
    if (met_) met_(introduce->master);
  }
}

void Reported::begin(TimePoint start) {
  start_ = start;
  totals_.reset(start);
}

void Reported::count(const proto::Report& report) {
  if (report.run != run_ || report.era != era_ || report.seq <= seq_) return;
  // All of the era once more, for a master that was started anew.
  if (report.since == 0) totals_.reset(start_);
  seq_ = report.seq;
  totals_.add(worker_, report.delta);
}

}  // namespace swarm
