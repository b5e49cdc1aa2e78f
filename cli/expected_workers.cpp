#include "cli/expected_workers.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "common/log.h"

namespace swarm {
namespace {

constexpr Duration kInterval = std::chrono::seconds{1};
// Whoever starts all processes at once need not read about it.
constexpr Duration kSilent = std::chrono::seconds{5};

}  // namespace

ExpectedWorkers::ExpectedWorkers(Loop& loop, std::uint32_t count, Duration longest, Outlets outlets)
    : loop_(loop),
      count_(count),
      longest_(longest),
      outlets_(std::move(outlets)),
      timer_(loop, [this] { tick(); }) {}

void ExpectedWorkers::start() {
  started_ = loop_.now();
  timer_.schedule(started_);
}

void ExpectedWorkers::connected(std::size_t workers) {
  connected_ = workers;
  if (!timer_.scheduled() || connected_ < count_) return;
  stop();
  outlets_.there();
}

void ExpectedWorkers::tick() {
  const Duration waited = loop_.now() - started_;
  if (longest_ > Duration{} && waited > longest_) return outlets_.gave_up();
  log(waited > kSilent ? LogLevel::Info : LogLevel::Debug, "swarm.main",
      fmt::format("Waiting for workers to be ready, {} of {} connected", connected_, count_));
  timer_.schedule(timer_.when() + kInterval);
}

}  // namespace swarm
