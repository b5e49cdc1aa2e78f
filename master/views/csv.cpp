#include "master/views/csv.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string_view>

namespace swarm::master {
namespace {

constexpr std::array<double, 11> kPercentiles{0.50, 0.66, 0.75,  0.80,   0.90, 0.95,
                                              0.98, 0.99, 0.999, 0.9999, 1.0};
constexpr std::string_view kPercentileNames = "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%";
constexpr std::string_view kLineEnd = "\r\n";

// As Python's csv module with its defaults.
std::string field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char each : text) {
    if (each == '"') quoted += '"';
    quoted += each;
  }
  return quoted + '"';
}

// As Python writes a float: the fewest digits that tell it from others, and always a point.
std::string number(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string percentiles(const EndpointStats& stats, const LocustTimes& times) {
  std::string fields;
  for (const double p : kPercentiles) {
    fields += fields.empty() ? "" : ",";
    fields += stats.requests == 0 ? "N/A" : std::to_string(times.percentile(p));
  }
  return fields;
}

std::string median(const EndpointStats& stats, const LocustTimes& times) {
  const double ms = locust_median(stats.response_times, times);
  // A whole number, unless the least or the greatest one takes its place.
  return ms == std::floor(ms) && static_cast<std::int64_t>(ms) == times.percentile(0.5)
             ? std::to_string(static_cast<std::int64_t>(ms))
             : number(ms);
}

// Median, average, least, greatest, size: what both kinds of rows have.
std::string times_and_size(const EndpointStats& stats, const LocustTimes& rounded) {
  const Histogram& times = stats.response_times;
  const double ms_sum = static_cast<double>(times.sum_ns()) / 1e6;
  const auto exact = [&](Duration time) {
    return times.empty() ? "0" : number(milliseconds(time));
  };
  return fmt::format("{},{},{},{},{}", median(stats, rounded),
                     number(times.empty() ? 0 : ms_sum / static_cast<double>(times.count())),
                     times.min() == Duration::zero() ? "0" : exact(times.min()), exact(times.max()),
                     stats.requests == 0 ? "0" : number(stats.mean_bytes()));
}

std::string request_row(const EndpointRow& row) {
  const EndpointStats& stats = row.stats;
  const LocustTimes rounded(stats.response_times);
  return fmt::format("{},{},{},{},{},{},{},{}{}", field(row.endpoint.method),
                     field(row.endpoint.name), stats.requests, stats.failures,
                     times_and_size(stats, rounded), number(row.average.requests_per_s),
                     number(row.average.failures_per_s), percentiles(stats, rounded), kLineEnd);
}

}  // namespace

std::string requests_csv(const Snapshot& run) {
  std::string text = fmt::format(
      "Type,Name,Request Count,Failure Count,Median Response Time,Average Response "
      "Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,"
      "Failures/s,{}{}",
      kPercentileNames, kLineEnd);
  for (const EndpointRow& row : run.endpoints) {
    if (row.stats.requests > 0) text += request_row(row);
  }
  return text + request_row(run.total);
}

std::string failures_csv(const Snapshot& run, const WallClock& clock) {
  std::string text = fmt::format("Method,Name,Error,Occurrences,First Seen,Last Seen{}", kLineEnd);
  const auto at = [&](Duration since) {
    return utc_text(clock.epoch_seconds(run.started + since));
  };
  for (const auto& [key, count, exchanges] : run.errors) {
    text += fmt::format("{},{},{},{},{},{}{}", field(key.endpoint.method), field(key.endpoint.name),
                        field(key.error), count.occurrences,
                        count.first_seen == Duration::max() ? "" : at(count.first_seen),
                        at(count.last_seen), kLineEnd);
  }
  return text;
}

std::string exceptions_csv(const Snapshot& run) {
  std::string text = fmt::format("Count,Message,Traceback,Nodes{}", kLineEnd);
  for (const ExceptionRow& row : run.exceptions) {
    text += fmt::format("{},{},{},{}{}", row.count, field(row.message), field(row.traceback),
                        field(fmt::format("{}", fmt::join(row.workers, ", "))), kLineEnd);
  }
  return text;
}

std::string HistoryCsv::header() {
  return fmt::format(
      "Timestamp,User Count,Type,Name,Requests/s,Failures/s,{},Total Request Count,Total Failure "
      "Count,Total Median Response Time,Total Average Response Time,Total Min Response Time,Total "
      "Max Response Time,Total Average Content Size{}",
      kPercentileNames, kLineEnd);
}

std::string HistoryCsv::rows(const Snapshot& run, const WallClock& clock) {
  if (run.started != started_) before_.clear();
  started_ = run.started;
  const auto now = static_cast<std::int64_t>(clock.epoch_seconds(run.taken));
  const auto row_of = [&](const EndpointRow& row) {
    const EndpointStats& stats = row.stats;
    const LocustTimes all(stats.response_times);
    return fmt::format("{},{},{},{},{:f},{:f},{},{},{},{}{}", now, run.users(),
                       field(row.endpoint.method), field(row.endpoint.name),
                       row.current.requests_per_s, row.current.failures_per_s,
                       percentiles(stats, full_ ? current(row, all) : all), stats.requests,
                       stats.failures, times_and_size(stats, all), kLineEnd);
  };
  std::string text;
  if (full_) {
    for (const EndpointRow& row : run.endpoints) {
      if (row.stats.requests > 0) text += row_of(row);
    }
  }
  return text + row_of(run.total);
}

LocustTimes HistoryCsv::current(const EndpointRow& row, const LocustTimes& all) {
  std::deque<LocustTimes>& before = before_[row.endpoint];
  LocustTimes newer = before.size() < kWindow ? all : all.since(before.front());
  before.push_back(all);
  if (before.size() > kWindow) before.pop_front();
  return newer;
}

}  // namespace swarm::master
