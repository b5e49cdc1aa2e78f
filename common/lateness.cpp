#include "common/lateness.h"

#include <algorithm>

namespace swarm {
namespace {

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

// The first of them waited for `before`, the last one for `during`, those between for something
// between.
void Lateness::add(std::uint64_t count, Duration before, Duration during) {
  events += count;
  const Duration longest = std::max(before, during);
  if (longest <= kLate) return;
  const Duration shortest = std::max(std::min(before, during), kLate);
  const Duration range = longest - std::min(before, during);
  const double share = range == Duration::zero() ? 1 : seconds(longest - shortest) / seconds(range);
  const double number = static_cast<double>(count) * share;
  late += number;
  late_wait_s += number * seconds(longest + shortest) / 2;
}

// Of events that come evenly during a turn, 1 - kLate / turn are late, by (turn + kLate) / 2.
double Lateness::most_ratio() const {
  const double turn = 2 * seconds(mean_wait()) - seconds(kLate);
  if (turn <= seconds(kLate)) return 0;
  return std::min(ratio() / (1 - seconds(kLate) / turn), 1.0);
}

Duration Lateness::mean_wait() const {
  if (late <= 0) return {};
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(late_wait_s / late));
}

}  // namespace swarm
