// Whatever a peer says in the swarm dialect is refused, or is a message that is written and read
// again as itself, and that a master can add up as often as it comes.
// The input: an envelope's bytes.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "proto/swarm_dialect.h"
#include "tests/fuzz/check.h"

namespace swarm::proto {
namespace {

void add_up(const Report& report) {
  Delta total;
  WorkerHealth health;
  for (int times = 0; times < 3; ++times) {
    Delta delta = report.delta;
    total.merge(std::move(delta));
    health.extend(report.health);
  }
  for (const auto& [name, stats] : total.endpoints) {
    FUZZ_CHECK(stats.response_times.percentile(0.5) <= stats.response_times.max());
  }
  FUZZ_CHECK(health.loop_busy_ratio() <= 1);
  FUZZ_CHECK(report.health.lateness.mean_wait() >= Duration::zero());
  FUZZ_CHECK(report.since < report.seq);
}

void check(const ToMaster& message) {
  const Envelope envelope = SwarmDialect::encode(message, "w");
  const auto again = SwarmDialect::decode_to_master(envelope);
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(encode(SwarmDialect::encode(*again, "w")) == encode(envelope));
  if (const auto* const report = std::get_if<Report>(&message)) add_up(*report);
}

void check(const ToWorker& message) {
  const Envelope envelope = SwarmDialect::encode(message, "w");
  const auto again = SwarmDialect::decode_to_worker(envelope);
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(encode(SwarmDialect::encode(*again, "w")) == encode(envelope));
  if (const auto* const spawn = std::get_if<Spawn>(&message)) {
    Duration before{};
    for (const auto& step : spawn->steps) {
      FUZZ_CHECK(step.after >= before);
      FUZZ_CHECK(step.user_class < spawn->targets.size());
      before = step.after;
    }
  } else if (const auto* const scenario = std::get_if<ScenarioFiles>(&message)) {
    for (const auto& file : scenario->files) FUZZ_CHECK(!file.path.starts_with('/'));
  }
}

}  // namespace
}  // namespace swarm::proto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace swarm::proto;
  const auto envelope = decode({reinterpret_cast<const char*>(bytes), size});
  if (!envelope.ok()) return 0;
  SwarmDialect::offered(*envelope);
  SwarmDialect::is_welcome(*envelope);
  if (const auto message = SwarmDialect::decode_to_master(*envelope); message.ok()) {
    FUZZ_CHECK(SwarmDialect::speaks(*envelope));
    check(*message);
  }
  if (const auto message = SwarmDialect::decode_to_worker(*envelope); message.ok()) {
    FUZZ_CHECK(SwarmDialect::speaks(*envelope));
    check(*message);
  }
  return 0;
}
