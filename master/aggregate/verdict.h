#pragma once

#include <chrono>

#include "common/clock.h"
#include "master/aggregate/snapshot.h"

namespace swarm::master {

// Above this, a loop has no room for the uneven moments of its work: what arrives waits for what is
// being served, and the wait is measured as the target's.
inline constexpr double kMostBusyRatio = 0.9;
// Users that are sent later than this at p99 ...
inline constexpr Duration kMostSendLag = std::chrono::milliseconds{10};
// ... or a turn that lasts longer than this, distort what is measured, if it is
inline constexpr Duration kMostTurn = std::chrono::milliseconds{100};
// more than this part of it. The loop that sends late reads late.
inline constexpr double kMostDistortion = 0.1;
// Responses that may have been read late (Lateness::most_ratio()) are among the slowest: p99 is in
// doubt by as much as it is above what it would be without them. More than this is too much (half
// of what shall be told, as their number is an estimate), ...
inline constexpr Duration kMostDoubt = std::chrono::microseconds{500};
// ... but where times differ by more than so many times the delay, a few delays shift no percentile
// by as much as themselves.
inline constexpr int kWideSpread = 10;
// An endpoint with fewer requests has no p99 to speak of.
inline constexpr std::uint64_t kEnoughForP99 = 100;
// Above this part of its descriptors a worker is about to fail to connect, and may have kept idle
// connections from being opened again.
inline constexpr double kMostDescriptorsRatio = 0.9;

// Says whether the numbers of `snapshot` can be trusted. A reason is given once, for the worker
// that it is worst on. Does not look at snapshot.verdict.
Verdict judge(const Snapshot& snapshot);

}  // namespace swarm::master
