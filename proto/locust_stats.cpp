#include "proto/locust_stats.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "common/utf8.h"
#include "proto/locust_dialect.h"
#include "proto/locust_text.h"

namespace swarm::proto {
namespace {

constexpr std::array<std::string_view, 5> kOwnKeys{"stats", "stats_total", "errors",
                                                   "user_classes_count", "user_count"};

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
double milliseconds(Histogram::Sum ns) { return static_cast<double>(ns) / 1e6; }
double milliseconds(Duration duration) { return static_cast<double>(duration.count()) / 1e6; }

// Adds to the last entry if it has this key: keys come in ascending order.
void count_up(Value::Map& counts, std::int64_t key, std::uint64_t count) {
  if (count == 0) return;
  if (!counts.empty() && *counts.back().key.as_int() == key) {
    const auto before = static_cast<std::uint64_t>(*counts.back().value.as_int());
    counts.back().value = Value(before + count);
  } else {
    counts.push_back({Value(key), Value(count)});
  }
}

Value response_times(const Histogram& times) {
  Value::Map counts;
  std::uint64_t passed = 0;
  times.for_each_bucket([&](const Histogram::Bucket& bucket) {
    // The least and the greatest are known exactly.
    std::uint64_t inner = bucket.count;
    if (passed == 0) {
      count_up(counts, locust_rounded_ms(milliseconds(times.min())), 1);
      --inner;
    }
    passed += bucket.count;
    const bool last = passed == times.count() && inner > 0;
    const Duration middle =
        std::clamp(Histogram::middle_of(bucket.index), times.min(), times.max());
    count_up(counts, locust_rounded_ms(milliseconds(middle)), last ? inner - 1 : inner);
    if (last) count_up(counts, locust_rounded_ms(milliseconds(times.max())), 1);
  });
  return counts;
}

// The second of the calendar that has the greater part of this second of the run.
std::int64_t calendar_second(std::int64_t second, double run_start_s) {
  return static_cast<std::int64_t>(std::floor(run_start_s + static_cast<double>(second) + 0.5));
}

Value per_second(const SecondCounts& seconds, std::uint32_t SecondCounts::Counts::*which,
                 double run_start_s) {
  Value::Map counts;
  for (std::int64_t second = seconds.begin(); second < seconds.end(); ++second) {
    count_up(counts, calendar_second(second, run_start_s), seconds.at(second).*which);
  }
  return counts;
}

Value entry_of(const EndpointName& name, const EndpointStats& stats, double run_start_s,
               Duration until) {
  const Histogram& times = stats.response_times;
  const bool any = stats.requests > 0;
  const auto text = [](std::string_view key) { return Value(key); };
  Value::Map entry;
  entry.reserve(14);
  entry.push_back({text("name"), Value(repaired_utf8(name.name))});
  entry.push_back({text("method"), Value(repaired_utf8(name.method))});
  entry.push_back(
      {text("last_request_timestamp"), any ? Value(run_start_s + seconds(stats.last)) : Value()});
  entry.push_back({text("start_time"), Value(run_start_s + seconds(any ? stats.first : until))});
  entry.push_back({text("num_requests"), Value(stats.requests)});
  entry.push_back({text("num_none_requests"), Value(stats.none_requests)});
  entry.push_back({text("num_failures"), Value(stats.failures)});
  entry.push_back({text("total_response_time"),
                   times.empty() ? Value(0) : Value(milliseconds(times.sum_ns()))});
  entry.push_back(
      {text("max_response_time"), times.empty() ? Value(0) : Value(milliseconds(times.max()))});
  entry.push_back(
      {text("min_response_time"), times.empty() ? Value() : Value(milliseconds(times.min()))});
  entry.push_back({text("total_content_length"), Value(stats.bytes_received)});
  entry.push_back({text("response_times"), response_times(times)});
  entry.push_back({text("num_reqs_per_sec"),
                   per_second(stats.seconds, &SecondCounts::Counts::requests, run_start_s)});
  entry.push_back({text("num_fail_per_sec"),
                   per_second(stats.seconds, &SecondCounts::Counts::failures, run_start_s)});
  return entry;
}

Value errors_of(const Delta& delta, double run_start_s) {
  Value::Map errors;
  for (const auto& [key, count] : delta.errors) {
    Value::Map error;
    error.push_back({Value("name"), Value(repaired_utf8(key.endpoint.name))});
    error.push_back({Value("method"), Value(repaired_utf8(key.endpoint.method))});
    error.push_back({Value("error"), Value(repaired_utf8(key.error))});
    error.push_back({Value("occurrences"), Value(count.occurrences)});
    error.push_back({Value("first_seen"), Value(run_start_s + seconds(count.first_seen))});
    error.push_back({Value("last_seen"), Value(run_start_s + seconds(count.last_seen))});
    errors.push_back({Value(locust_error_key(key)), Value(std::move(error))});
  }
  return errors;
}

}  // namespace

std::int64_t locust_rounded_ms(double ms) {
  // nearbyint() takes a tie to the even number, as Python does.
  const double step = ms < 100 ? 1 : ms < 1000 ? 10 : ms < 10000 ? 100 : 1000;
  return static_cast<std::int64_t>(std::nearbyint(ms / step) * step);
}

Value users_value(const std::vector<ClassCount>& users) {
  Value::Map counts;
  for (const ClassCount& count : users) {
    counts.push_back({Value(repaired_utf8(count.user_class)), Value(count.users)});
  }
  return counts;
}

std::uint64_t sum_of(const std::vector<ClassCount>& users) {
  std::uint64_t sum = 0;
  for (const ClassCount& count : users) sum += count.users;
  return sum;
}

Value locust_stats(const Report& report, double run_start_s) {
  const Delta& delta = report.delta;
  Value::Array entries;
  EndpointStats total;
  for (const auto& [name, stats] : delta.endpoints) {
    if (stats.requests == 0) continue;  // Locust knows no interrupted ones
    entries.push_back(entry_of(name, stats, run_start_s, delta.until));
    total.merge(stats);
  }
  Value data{Value::Map{}};
  data.set("stats", std::move(entries));
  data.set("stats_total", entry_of({"", "Aggregated"}, total, run_start_s, delta.until));
  data.set("errors", errors_of(delta, run_start_s));
  data.set("user_classes_count", users_value(report.users));
  data.set("user_count", Value(sum_of(report.users)));
  if (const Value::Map* const extra = report.extra.as_map()) {
    for (const auto& [key, value] : *extra) {
      const std::string* const text = key.as_text();
      if (text != nullptr && !is_locust_stats_key(*text)) data.set(*text, value);
    }
  }
  return data;
}

bool is_locust_stats_key(std::string_view key) {
  return std::ranges::find(kOwnKeys, key) != kOwnKeys.end();
}

}  // namespace swarm::proto
