// A day of a run, played in a minute to all that a master keeps of it: eight workers report every
// ten seconds. Says what that takes, and then serves the page of the run that has just ended, until
// stdin does.
//
//   day [ENDPOINTS [HOURS]]

#include <fmt/format.h>
#include <sys/resource.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "master/aggregate/aggregator.h"
#include "master/aggregate/history.h"
#include "master/server/web_assets.h"
#include "master/server/web_server.h"
#include "master/views/live_json.h"

namespace swarm::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kWorkers = 8;
constexpr std::chrono::seconds kInterval{10};
constexpr std::chrono::minutes kBetweenLooks{10};  // for a table or a file
constexpr std::uint32_t kUsers = 800;
constexpr double kMebi = 1 << 20;

EndpointName name_of(std::size_t i) {
  constexpr std::array kAreas{"users", "orders", "catalogue", "billing", "search", "media"};
  return {.method = i % 5 == 0 ? "POST" : "GET",
          .name = fmt::format("/api/{}/{}", kAreas.at(i % kAreas.size()), 10'000 + i)};
}

// What a worker reports again and again of its share of the endpoints: each has a speed of its own.
Delta report_of(std::size_t worker, std::size_t endpoints) {
  Delta delta;
  std::minstd_rand random(static_cast<unsigned>(worker + 1));
  for (std::size_t i = worker; i < endpoints; i += kWorkers) {
    std::lognormal_distribution<double> latency(std::log(1e6 * static_cast<double>(1 + i % 300)),
                                                0.5);
    EndpointStats& stats = delta.endpoints[name_of(i)];
    stats.requests = 10 + i % 90;
    for (std::uint64_t n = 0; n < stats.requests; ++n) {
      stats.response_times.record(Duration{static_cast<std::int64_t>(latency(random))});
    }
    stats.failures = i % 40 == 0 ? 1 : 0;
    stats.bytes_received = 1000 * stats.requests;
  }
  return delta;
}

void move_to(Delta& delta, Duration until) {
  const auto second = std::chrono::floor<std::chrono::seconds>(until).count() - 1;
  for (auto& [endpoint, stats] : delta.endpoints) {
    stats.seconds.clear();
    stats.seconds.add(second, {.requests = static_cast<std::uint32_t>(stats.requests),
                               .failures = static_cast<std::uint32_t>(stats.failures)});
    stats.first = until - kInterval;
    stats.last = until;
    if (stats.failures == 0) continue;
    delta.add_error({endpoint, "HTTPError('503 Server Error: Service Unavailable')"},
                    {.occurrences = stats.failures, .first_seen = until, .last_seen = until});
  }
  delta.until = until;
}

class Day {
 public:
  // Ends now.
  Day(std::size_t endpoints, Duration length)
      : end_(read_clock()), start_(end_ - length), totals_(start_) {
    for (std::size_t i = 0; i < kWorkers; ++i) reports_.push_back(report_of(i, endpoints));
    offer_ = std::make_shared<master::Offer>(master::Offer{
        .version = "0", .scenario = "day.py", .distributed = true, .host = "http://day.example"});
  }

  void play() {
    history_.begin(1, "a day", start_);
    TimePoint next_look = start_;
    for (TimePoint now = start_ + kInterval; now <= end_; now += kInterval) {
      for (std::size_t i = 0; i < kWorkers; ++i) {
        move_to(reports_[i], now - start_);
        for (const auto& [endpoint, stats] : reports_[i].endpoints) requests_ += stats.requests;
        history_.add(reports_[i].endpoints, now);
        totals_.add(fmt::format("worker-{}", i), reports_[i]);
        reports_[i].errors.clear();
      }
      history_.add_users(kUsers, now);
      if (now < next_look) continue;
      next_look = now + kBetweenLooks;
      newest_ = snapshot(now);
    }
    newest_ = snapshot(end_);
    history_.end(end_, newest_->total);
  }

  // As cli/conductor_web.cpp has it, for a run that is over.
  master::RunFeed feed() {
    return {.look = [this](auto done) { done(scene()); },
            .recall = [this](auto what, auto done) { done(recall(what)); },
            .command = [](auto, auto done) { done(Error{"this day is over"}); }};
  }

  bool exact() {
    std::uint64_t in_slots = 0;
    for (const auto& slot : history_.run(1)->total.slots()) in_slots += slot.requests;
    return newest_->total.stats.requests == requests_ && in_slots == requests_;
  }
  std::uint64_t requests() const { return requests_; }
  std::size_t bytes_history() const { return history_.bytes(); }

 private:
  std::shared_ptr<const master::Snapshot> snapshot(TimePoint now) const {
    return std::make_shared<const master::Snapshot>(
        totals_.snapshot({.state = proto::RunState::Stopped, .distributed = true}, now));
  }

  std::shared_ptr<const master::Scene> scene() {
    auto scene = std::make_shared<master::Scene>();
    scene->snapshot = snapshot(end_);
    scene->offer = offer_;
    scene->clock = master::WallClock::read();
    scene->run = 1;
    scene->started = true;
    scene->target_users = kUsers;
    scene->total = std::make_shared<const master::Timeline>(history_.run(1)->total);
    scene->until = end_ - start_;
    return scene;
  }

  std::shared_ptr<const master::Recalled> recall(const master::Recall& what) {
    auto recalled = std::make_shared<master::Recalled>();
    recalled->clock = master::WallClock::read();
    for (const master::RecordedRun* each : history_.runs()) recalled->runs.push_back(*each);
    recalled->run = *history_.run(1);
    recalled->until = end_ - start_;
    if (!what.endpoint) recalled->timeline = recalled->run->total;
    for (const auto& [endpoint, stats] : totals_.totals().endpoints) {
      if (what.endpoint != master::endpoint_id(endpoint)) continue;
      if (const auto* timeline = history_.endpoint(endpoint)) recalled->timeline = *timeline;
    }
    return recalled;
  }

  const TimePoint end_;
  const TimePoint start_;
  std::vector<Delta> reports_;
  master::Aggregator totals_;
  master::History history_;
  std::shared_ptr<const master::Offer> offer_;
  std::shared_ptr<const master::Snapshot> newest_;
  std::uint64_t requests_ = 0;
};

double peak_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

int run(std::size_t endpoints, double hours) {
  const TimePoint began = read_clock();
  const auto length = std::chrono::duration_cast<Duration>(hours * 1h);
  const auto day = std::make_unique<Day>(endpoints, length);
  day->play();
  fmt::print(R"({{"played_s": {:.1f}, "requests": {}, "exact": {}, "peak_mb": {:.0f}, )",
             std::chrono::duration<double>(read_clock() - began).count(), day->requests(),
             day->exact(), peak_mb());
  fmt::print(R"("history_mb": {:.0f}, )", static_cast<double>(day->bytes_history()) / kMebi);
  auto server = master::WebServer::open({.host = "127.0.0.1", .port = 0}, master::built_in_assets(),
                                        day->feed());
  if (!server) {
    fmt::print(stderr, "day: {}\n", server.error().message);
    return 1;
  }
  fmt::print("\"url\": \"{}/\"}}\n", (*server)->url());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}

}  // namespace
}  // namespace swarm::bench

int main(int argc, char** argv) {
  const std::size_t endpoints = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 2000;
  const double hours = argc > 2 ? std::strtod(argv[2], nullptr) : 24;
  return swarm::bench::run(endpoints, hours);
}
