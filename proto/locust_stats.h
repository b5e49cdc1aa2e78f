#pragma once

#include <cstdint>
#include <vector>

#include "common/result.h"
#include "common/stats/delta.h"
#include "common/value.h"
#include "proto/messages.h"

namespace swarm::proto {

// What a worker of Locust's says in `stats`.
struct LocustStats {
  Delta delta;
  std::uint64_t requests = 0;  // of all endpoints
  std::vector<ClassCount> users;
  Value extra;  // keys that are none of Locust's own: a map, or nil
};

// Flow    the data of `stats` -> [read_locust_stats] -> Delta. locust_stats() goes back
// Thread  any
// Errors  what has wrong types in it, or counts that cannot be, gives an Error
// Units   seconds since 1970; now is when it arrived
//
// Locust tells response times in milliseconds rounded to two digits, with the exact sum, least and
// greatest: these are kept. A clock that is ahead of ours is set back by as much. The sums of all
// endpoints that are sent beside them are not looked at: ours are their sum.
Result<LocustStats> read_locust_stats(const Value& data, double run_start_s, double now_s);

// user_classes_count: a map of numbers. Errors: it is none.
Result<std::vector<ClassCount>> read_users(const Value* counts);
Value users_value(const std::vector<ClassCount>& users);
std::uint64_t sum_of(const std::vector<ClassCount>& users);

// A number, whole or not; `otherwise` if it is none, or not finite.
double number_or(const Value* value, double otherwise);

// The response time that Locust counts this one as: two digits, ties to the even one.
std::int64_t locust_rounded_ms(double ms);

}  // namespace swarm::proto
