#pragma once

#include <chrono>

#include "common/clock.h"
#include "master/aggregate/snapshot.h"

namespace swarm::master {

// Above this, a loop has no room for the uneven moments of its work: users wait for their turn, and
// the target gets what the generator can give, not what it can take.
inline constexpr double kMostBusyRatio = 0.9;
// Users that are sent later than this at p99 ...
inline constexpr Duration kMostSendLag = std::chrono::milliseconds{10};
// ... or a turn that lasts longer than this, in which nobody is, are not the load that was asked
// for, if it is
inline constexpr Duration kMostTurn = std::chrono::milliseconds{100};
// more than this part of the response times.
inline constexpr double kMostDistortion = 0.1;
// The times that the HTTP client takes are true however late it reads: the kernel says when a
// response had come. Those that a scenario takes itself are of when the loop came to it. Responses
// that may have been read late (Lateness::most_ratio()) are among the slowest: p99 is in doubt by
// as much as it is above what it would be without them. More than this is too much (half of what
// shall be told, as their number is an estimate), ...
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
