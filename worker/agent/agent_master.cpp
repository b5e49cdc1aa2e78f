// Whether there is a master, what it knows of this worker, and how the worker leaves it.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/log.h"
#include "common/utf8.h"
#include "worker/agent/agent.h"

namespace swarm::worker {
namespace {

constexpr std::string_view kLogger = "swarm.runners";

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

// Whatever was said to a master before is said anew, and a master of the other kind has run numbers
// of its own.
void Agent::meet(proto::Dialect master) {
  if (std::exchange(dialect_, master) != master) newest_run_ = {};
  unanswered_ = unaware_ = 0;
}

// Until it is acknowledged: what is lost on the way is said again.
void Agent::introduce(TimePoint now) {
  introduced_ = true;
  introduce_again_ = now + kIntroductionInterval;
  ++unanswered_;
  proto::ClientReady ready{settings_.version, std::nullopt};
  if (run_.value != 0 && ending_ != Ending::Unknown) {
    ready.run = proto::RunFacts{.run = run_,
                                .age = now - run_start_,
                                .era = era_,
                                .order = last_order_,
                                .seq = reporter_->counted(),
                                .samples = samples_,
                                .users = user_counts(),
                                .permits = std::nullopt};
    if (permits_.limited()) ready.run->permits = permits_.held();
  }
  send(std::move(ready));
}

void Agent::obey(const proto::Ack& ack) {
  const bool answers = introduce_again_.has_value();
  introduce_again_.reset();
  if (unanswered_ > 0) --unanswered_;
  // An answer to what was said before the run began does not tell of it.
  const bool unaware = unaware_ > 0;
  if (unaware) --unaware_;
  if (answers || index_ != ack.index) {
    index_ = ack.index;
    scenario_->joined(ack.index);
  }
  if (run_.value == 0 || dialect_ == proto::Dialect::Locust) return;
  if (ack.run == run_) {
    reporter_->resume(ack.counted);
  } else if (ack.run.value == 0 && !unaware) {
    lose_run();
  }
}

// The users end as at the end of any run; but what is not counted yet never will be.
void Agent::lose_run() {
  if (ending_ == Ending::Unknown) return;
  if (const std::uint64_t lost = unreported(); lost > 0) {
    log(LogLevel::Warning, kLogger,
        fmt::format("The run is over for the master: {} requests that this worker measured and had "
                    "not reported are in no total",
                    lost));
  } else {
    log(LogLevel::Info, kLogger, "The run is over for the master: ending the users");
  }
  end_run(Ending::Unknown);
}

void Agent::beat(TimePoint now) {
  if (now < *next_beat_) return;
  next_beat_ = std::max(*next_beat_ + kBeat, now);
  link_.publish({.state = state_,
                 .cpu_percent = health_.cpu_percent(now),
                 .bytes_memory = HealthProbe::bytes_memory(),
                 .samples = samples_});
  tell_log(now);
}

void Agent::tell_log(TimePoint now) {
  if (!settings_.tells_log || !introduced_ || now < next_log_) return;
  next_log_ = now + kBetweenLogs;
  const std::uint64_t count = log_count();
  if (count == lines_told_) return;
  lines_told_ = count;
  proto::Logs logs{recent_log_lines()};
  for (std::string& line : logs.lines) line = repaired_utf8(line.substr(0, kMostLogLine));
  send(std::move(logs));
}

void Agent::watch_master(TimePoint now) {
  const TimePoint heard = link_.last_heard();
  if (heard == TimePoint::max()) return;
  const Duration silence = now - heard;
  if (silence >= settings_.master_wait) {
    if (exit_code_) return;
    log(LogLevel::Error, kLogger,
        fmt::format("{} for {:g} s (--master-wait): giving up",
                    introduced_ ? "Nothing heard of the master" : "No master answered",
                    seconds(settings_.master_wait)));
    nobody_listens_ = true;
    return leave(1);
  }
  if (silence < settings_.orphan_after) {
    if (!std::exchange(orphaned_, false)) return;
    log(LogLevel::Info, kLogger, "The master is back");
    // It may believe that the users are still there.
    if (ending_ == Ending::Orphaned && dialect_ == proto::Dialect::Swarm) introduce(now);
    return;
  }
  if (orphaned_ || run_.value == 0 || ending_ != Ending::None) return;
  orphaned_ = true;
  log(LogLevel::Warning, kLogger,
      fmt::format(
          "Didn't get heartbeat from master in over {:g}s (--orphan-after): stopping the users",
          seconds(settings_.orphan_after)));
  end_run(Ending::Orphaned);
}

void Agent::leave(int exit_code) {
  if (exit_code_ || !population_) return;
  exit_code_ = exit_code;
  later_.clear();
  end_run(Ending::Ordered);
  wake();
}

void Agent::quit_if_done() {
  if (!exit_code_ || run_.value != 0 || left_) return;
  left_ = true;
  if (!nobody_listens_) send(proto::Goodbye{});
  if (quit_) quit_(*exit_code_);
}

void Agent::send_message(std::string type, Value data) {
  send(proto::CustomMessage{std::move(type), std::move(data)});
}

// One line for each time that the way is lost, not for each message.
void Agent::send(proto::ToMaster message) {
  const auto sent = link_.send(std::move(message));
  const bool failed_before = std::exchange(unreachable_, !sent);
  if (sent) return;
  log(failed_before ? LogLevel::Debug : LogLevel::Warning, kLogger,
      "No way to the master: " + sent.error().message);
}

}  // namespace swarm::worker
