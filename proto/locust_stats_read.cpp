#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "proto/locust_dialect.h"
#include "proto/locust_stats.h"

namespace swarm::proto {
namespace {

// More than any worker can have made; below it, sums of many do not overflow.
constexpr std::uint64_t kMost = std::uint64_t{1} << 48;
constexpr double kLongestMs = 9e12;  // 285 years, in 63 bits of nanoseconds

// Missing and nil are zero: not every peer sends all there is.
Result<std::uint64_t> count_of(const Value* value, std::string_view what) {
  if (value == nullptr || value->is_nil()) return std::uint64_t{0};
  const std::int64_t* const number = value->as_int();
  if (number == nullptr || *number < 0 || static_cast<std::uint64_t>(*number) > kMost) {
    return Error{fmt::format("{} is no number of things", what)};
  }
  return static_cast<std::uint64_t>(*number);
}

std::string text_of(const Value* value) {
  const std::string* const text = value == nullptr ? nullptr : value->as_text();
  return text == nullptr ? std::string() : *text;
}

Duration of_ms(double ms) {
  return Duration{static_cast<std::int64_t>(std::llround(std::clamp(ms, 0.0, kLongestMs) * 1e6))};
}

// Their calendar, and our run.
class Times {
 public:
  Times(double run_start_s, double now_s, const Value::Array& entries)
      : age_s_(std::max(now_s - run_start_s, 0.0)) {
    double newest_s = now_s;
    for (const Value& entry : entries) {
      newest_s = std::max(newest_s, number_or(entry.find("last_request_timestamp"), now_s));
    }
    start_s_ = run_start_s + (newest_s - now_s);
  }

  Duration now() const { return of_ms(age_s_ * 1e3); }
  Duration instant(double calendar_s) const {
    return of_ms(std::clamp(calendar_s - start_s_, 0.0, age_s_) * 1e3);
  }
  // The second of the run in which most of that one of the calendar lies.
  std::int64_t second(double calendar_s) const {
    return static_cast<std::int64_t>(std::clamp(calendar_s + 0.5 - start_s_, 0.0, age_s_));
  }

 private:
  double start_s_ = 0;  // by their clock
  double age_s_ = 0;
};

using Buckets = std::map<std::uint32_t, std::uint64_t>;

// Calls visit(key, count) for each of a map of counts, and adds these up. No map: none.
template <typename Visit>
Result<std::uint64_t> for_each_count(const Value* counts, std::string_view what, Visit visit) {
  std::uint64_t sum = 0;
  if (counts == nullptr || counts->is_nil()) return sum;
  const Value::Map* const map = counts->as_map();
  if (map == nullptr) return Error{fmt::format("{} is no map", what)};
  for (const auto& [key, value] : *map) {
    const double number = number_or(&key, std::numeric_limits<double>::quiet_NaN());
    if (std::isnan(number)) return Error{fmt::format("{} has a key that is no number", what)};
    SWARM_TRY_ASSIGN(const std::uint64_t count, count_of(&value, what));
    sum += count;
    if (sum > kMost) return Error{fmt::format("{} counts more than can be", what)};
    if (count > 0) visit(number, count);
  }
  return sum;
}

void move_one(Buckets& buckets, Buckets::iterator from, std::uint32_t to) {
  if (--from->second == 0) buckets.erase(from);
  ++buckets[to];
}

// The rounded times lie around the true ones. The least and the greatest are told exactly, so one
// of each goes where these are, and none beyond them.
Result<Histogram> times_of(const Value& entry) {
  Buckets rounded;
  SWARM_TRY_ASSIGN(const std::uint64_t count,
                   for_each_count(entry.find("response_times"), "response_times",
                                  [&rounded](double ms, std::uint64_t times) {
                                    rounded[Histogram::bucket_of(of_ms(ms))] += times;
                                  }));
  if (count == 0) return Histogram();
  const auto told = [&entry](std::string_view key, Duration otherwise) {
    const double ms = number_or(entry.find(key), -1);
    return ms < 0 ? otherwise : of_ms(ms);
  };
  const Duration min = told("min_response_time", Histogram::middle_of(rounded.begin()->first));
  Duration max =
      std::max(min, told("max_response_time", Histogram::middle_of(rounded.rbegin()->first)));
  if (count == 1) max = min;

  const std::uint32_t first = Histogram::bucket_of(min);
  const std::uint32_t last = Histogram::bucket_of(max);
  Buckets buckets;
  for (const auto& [index, times] : rounded) buckets[std::clamp(index, first, last)] += times;
  if (!buckets.contains(first)) move_one(buckets, buckets.begin(), first);
  if (!buckets.contains(last)) move_one(buckets, std::prev(buckets.end()), last);

  std::vector<Histogram::Bucket> list;
  for (const auto& [index, times] : buckets) list.push_back({index, times});
  const double sum_ms = std::clamp(number_or(entry.find("total_response_time"), 0), 0.0, 1e18);
  return Histogram::restore(list, static_cast<Histogram::Sum>(sum_ms * 1e6 + 0.5), min, max);
}

Result<void> read_seconds(const Value& entry, const Times& times, SecondCounts& seconds) {
  const auto add = [&](std::uint32_t SecondCounts::Counts::*which) {
    return [&times, &seconds, which](double calendar_s, std::uint64_t count) {
      SecondCounts::Counts counts;
      counts.*which = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, UINT32_MAX));
      seconds.add(times.second(calendar_s), counts);
    };
  };
  const auto requests = for_each_count(entry.find("num_reqs_per_sec"), "num_reqs_per_sec",
                                       add(&SecondCounts::Counts::requests));
  if (!requests) return requests.error();
  const auto failures = for_each_count(entry.find("num_fail_per_sec"), "num_fail_per_sec",
                                       add(&SecondCounts::Counts::failures));
  if (!failures) return failures.error();
  return {};
}

Result<EndpointStats> stats_of(const Value& entry, const Times& times) {
  EndpointStats stats;
  SWARM_TRY_ASSIGN(stats.requests, count_of(entry.find("num_requests"), "num_requests"));
  SWARM_TRY_ASSIGN(stats.failures, count_of(entry.find("num_failures"), "num_failures"));
  SWARM_TRY_ASSIGN(stats.bytes_received,
                   count_of(entry.find("total_content_length"), "total_content_length"));
  SWARM_TRY_ASSIGN(stats.response_times, times_of(entry));
  SWARM_TRY(read_seconds(entry, times, stats.seconds));
  // A failure that was logged without its request, as a client of one's own may do, is one.
  stats.requests = std::max(stats.requests, stats.failures);
  if (stats.response_times.count() > stats.requests) {
    return Error{"response_times counts more than num_requests"};
  }
  stats.none_requests = stats.requests - stats.response_times.count();
  stats.last = times.instant(
      number_or(entry.find("last_request_timestamp"), std::numeric_limits<double>::max()));
  if (stats.requests > 0) {
    stats.first = std::min(times.instant(number_or(entry.find("start_time"), 0)), stats.last);
  }
  return stats;
}

Result<void> read_errors(const Value* errors, const Times& times, Delta& delta) {
  if (errors == nullptr || errors->is_nil()) return {};
  const Value::Map* const map = errors->as_map();
  if (map == nullptr) return Error{"errors is no map"};
  for (const auto& [key, error] : *map) {
    if (error.as_map() == nullptr) return Error{"an error is no map"};
    ErrorCount count;
    SWARM_TRY_ASSIGN(count.occurrences, count_of(error.find("occurrences"), "occurrences"));
    if (count.occurrences == 0) continue;
    // Before 2.44, and boomer, they do not say when.
    constexpr double kNow = std::numeric_limits<double>::max();
    count.first_seen = times.instant(number_or(error.find("first_seen"), kNow));
    count.last_seen = times.instant(number_or(error.find("last_seen"), kNow));
    delta.add_error({{text_of(error.find("method")), text_of(error.find("name"))},
                     text_of(error.find("error"))},
                    count);
  }
  return {};
}

}  // namespace

double number_or(const Value* value, double otherwise) {
  if (value == nullptr) return otherwise;
  if (const std::int64_t* const number = value->as_int()) return static_cast<double>(*number);
  if (const std::uint64_t* const number = value->as_big()) return static_cast<double>(*number);
  const double* const number = value->as_double();
  return number != nullptr && std::isfinite(*number) ? *number : otherwise;
}

Result<std::vector<ClassCount>> read_users(const Value* counts) {
  std::vector<ClassCount> users;
  if (counts == nullptr || counts->is_nil()) return users;
  const Value::Map* const map = counts->as_map();
  if (map == nullptr) return Error{"user_classes_count is no map"};
  for (const auto& [key, value] : *map) {
    const std::string* const name = key.as_text();
    if (name == nullptr) return Error{"user_classes_count has a key that is no text"};
    SWARM_TRY_ASSIGN(const std::uint64_t number, count_of(&value, "user_classes_count"));
    if (number > UINT32_MAX) return Error{"user_classes_count has more users than can be"};
    users.push_back({*name, static_cast<std::uint32_t>(number)});
  }
  return users;
}

Result<LocustStats> read_locust_stats(const Value& data, double run_start_s, double now_s) {
  const Value* const entries = data.find("stats");
  const Value::Array* const array = entries == nullptr ? nullptr : entries->as_array();
  if (array == nullptr) return Error{"stats has no list of entries"};
  const Times times(run_start_s, now_s, *array);

  LocustStats read;
  for (const Value& entry : *array) {
    if (entry.as_map() == nullptr) return Error{"an entry of stats is no map"};
    SWARM_TRY_ASSIGN(const EndpointStats stats, stats_of(entry, times));
    if (stats.empty()) continue;
    read.requests += stats.requests;
    read.delta.endpoints[{text_of(entry.find("method")), text_of(entry.find("name"))}].merge(stats);
  }
  SWARM_TRY(read_errors(data.find("errors"), times, read.delta));
  SWARM_TRY_ASSIGN(read.users, read_users(data.find("user_classes_count")));
  read.delta.until = times.now();

  Value::Map extra;
  for (const Value::Entry& entry : *data.as_map()) {
    const std::string* const key = entry.key.as_text();
    if (key == nullptr || !is_locust_stats_key(*key)) extra.push_back(entry);
  }
  if (!extra.empty()) read.extra = Value(std::move(extra));
  return read;
}

}  // namespace swarm::proto
