#include "master/views/history_json.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "master/views/locust_times.h"

namespace swarm::master {
namespace {

using Json = nlohmann::ordered_json;

// A heat map's ranges: so many of Histogram's buckets, as a power of two.
constexpr unsigned kHeatCoarseness = 5;
// What is recent: as long as the window of current rates.
constexpr std::int64_t kRecent_s = 10;
// The rate of less time than this is chance.
constexpr double kShortestSlot_s = 0.25;

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

struct Span {
  double end_s;
  double width_s;
};

// The slots that begin before `until`.
std::size_t known_slots(const Timeline& timeline, Duration until) {
  const Duration width = std::chrono::seconds{timeline.width()};
  if (until <= Duration::zero()) return 0;
  const auto begun = static_cast<std::size_t>((until + width - Duration{1}) / width);
  return std::min(timeline.slots().size(), begun);
}

Span span_of(const Timeline& timeline, std::size_t slot, Duration until) {
  const auto width = static_cast<double>(timeline.width());
  const double start = static_cast<double>(slot) * width;
  const double known = std::clamp(seconds(until) - start, kShortestSlot_s, width);
  return {start + known, known};
}

Json points(const Timeline& timeline, Duration until, std::size_t first) {
  Json list = Json::array();
  std::optional<std::uint32_t> users;
  const std::size_t end = known_slots(timeline, until);
  for (std::size_t i = 0; i < end; ++i) {
    // Told with reports: between them it is what it was. But from zero they were on their way.
    if (const auto told = timeline.users(i); told || users == 0u) users = told;
    if (i < first) continue;
    const Timeline::Slot& slot = timeline.slots()[i];
    const Span span = span_of(timeline, i, until);
    const auto at = [&](double p) {
      const auto time = timeline.percentile(i, p);
      return time ? Json(milliseconds(*time)) : Json();
    };
    list.push_back({{"t_s", span.end_s},
                    {"w_s", span.width_s},
                    {"rps", static_cast<double>(slot.requests) / span.width_s},
                    {"fps", static_cast<double>(slot.failures) / span.width_s},
                    {"users", users ? Json(*users) : Json()},
                    {"p50", at(0.5)},
                    {"p75", at(0.75)},
                    {"p95", at(0.95)},
                    {"p99", at(0.99)}});
  }
  return list;
}

double lower_bound_ms(std::uint32_t range) {
  const std::uint32_t fine = range << kHeatCoarseness;
  if (fine + 1 >= Histogram::kBuckets) {
    return static_cast<double>(std::uint64_t{1} << Histogram::kHighestBits) / 1e6;
  }
  const Duration middle = Histogram::middle_of(fine);
  return milliseconds(middle - (Histogram::middle_of(fine + 1) - middle) / 2);
}

Json heat(const Timeline& timeline, Duration until) {
  Json ends = Json::array();
  Json widths = Json::array();
  std::vector<Latencies::Buckets> rows;
  std::uint32_t lowest = UINT32_MAX;
  std::uint32_t highest = 0;
  const std::size_t end = known_slots(timeline, until);
  for (std::size_t i = 0; i < end; ++i) {
    const Span span = span_of(timeline, i, until);
    ends.push_back(span.end_s);
    widths.push_back(span.width_s);
    rows.push_back(timeline.slots()[i].latencies.buckets());
    for (auto& bucket : rows.back()) bucket.index >>= kHeatCoarseness - timeline.coarseness();
    if (rows.back().empty()) continue;
    lowest = std::min(lowest, rows.back().front().index);
    highest = std::max(highest, rows.back().back().index);
  }
  Json bounds = Json::array();
  Json counts = Json::array();
  if (lowest <= highest) {
    for (std::uint32_t range = lowest; range <= highest + 1; ++range) {
      bounds.push_back(lower_bound_ms(range));
    }
    for (const auto& row : rows) {
      std::vector<std::uint64_t> line(highest - lowest + 1);
      for (const auto& bucket : row) line[bucket.index - lowest] += bucket.count;
      counts.push_back(std::move(line));
    }
  }
  return {{"t_s", std::move(ends)},
          {"w_s", std::move(widths)},
          {"bounds_ms", std::move(bounds)},
          {"counts", std::move(counts)}};
}

Json marks(const RecordedRun& run) {
  Json list = Json::array();
  for (const Mark& each : run.marks) {
    list.push_back({{"at_s", seconds(each.at)}, {"text", each.text}});
  }
  return list;
}

Json calendar(const WallClock& clock, const std::optional<TimePoint>& when) {
  return when ? Json(utc_text(clock.epoch_seconds(*when))) : Json();
}

}  // namespace

namespace {

// Of a run that is over: without the moments that its end took after its last request. They would
// show as a fall to zero; a longer silence is the target's.
Duration until_last_request(const RecordedRun& run, Duration until) {
  constexpr Duration kEnding = std::chrono::seconds{3};
  const auto slots = run.total.slots();
  auto end = static_cast<std::int64_t>(slots.size());
  while (end > 0 && slots[static_cast<std::size_t>(end) - 1].requests == 0) --end;
  const Duration last = std::chrono::seconds{run.total.width()} * end;
  return last < until && until - last <= kEnding ? last : until;
}

Json phases_object(const ExchangePhases& phases) {
  const auto known = [](Duration time) {
    return time > Duration{} ? Json(milliseconds(time)) : Json();
  };
  return {{"dns_ms", known(phases.resolve)},
          {"connect_ms", known(phases.connect)},
          {"tls_ms", known(phases.tls)},
          {"wait_ms", known(phases.wait)},
          {"read_ms", known(phases.read)}};
}

}  // namespace

std::string exchanges_json(const Snapshot& run, const ErrorRow& error, const WallClock& clock) {
  const auto pairs = [](const ExchangeRecord::Fields& fields) {
    Json list = Json::array();
    for (const auto& [name, value] : fields) list.push_back(Json::array({name, value}));
    return list;
  };
  Json list = Json::array();
  for (const auto& record : error.exchanges.records()) {
    list.push_back(
        {{"at", calendar(clock, run.started + record->at)},
         {"worker", record->worker},
         {"user_class", record->user_class},
         {"method", record->method},
         {"url", record->url},
         {"request_headers", pairs(record->request_fields)},
         {"request_body", record->request_body},
         {"status", record->status == 0 ? Json() : Json(record->status)},
         {"response_headers", pairs(record->response_fields)},
         {"response_body", record->response_body},
         {"body_truncated", record->cut},
         {"outcome", error.key.error},
         {"took_ms", milliseconds(record->took)},
         {"phases", record->phases == ExchangePhases{} ? Json() : phases_object(record->phases)}});
  }
  return dump({{"exchanges", std::move(list)}, {"first", error.exchanges.first()}});
}

std::string points_json(const Timeline& timeline, Duration until, std::size_t first) {
  return dump(points(timeline, until, first));
}

std::string recent_json(const Timeline& timeline, Duration until, const EndpointRow& whole) {
  const std::size_t end = known_slots(timeline, until);
  const auto wanted = static_cast<std::size_t>((kRecent_s - 1) / timeline.width() + 1);
  const std::size_t first = end - std::min(end, wanted);
  Latencies latencies;
  for (std::size_t i = first; i < end; ++i) latencies.merge(timeline.slots()[i].latencies);
  const auto buckets = latencies.buckets();
  if (buckets.empty()) return "null";
  const Histogram& times = whole.stats.response_times;
  const auto at = [&](double p) {
    const std::uint32_t index = Latencies::percentile(buckets, p);
    const Duration middle = Latencies::middle_of(index, timeline.coarseness());
    return milliseconds(std::clamp(middle, times.min(), times.max()));
  };
  return dump({{"w_s", (end - first) * static_cast<std::size_t>(timeline.width())},
               {"p50", at(0.5)},
               {"p95", at(0.95)},
               {"p99", at(0.99)}});
}

std::string history_json(const RecordedRun& run, const Timeline& timeline, Duration until,
                         const WallClock& clock) {
  // While a run goes on, a slot that is not over has been told of for somewhat longer than `until`
  // says: over a short part its rates would be far too high.
  constexpr Duration kLeastPart = std::chrono::seconds{20};
  const Duration part = until % std::chrono::seconds{timeline.width()};
  if (!run.ended && part < kLeastPart) until -= part;
  if (run.ended) until = until_last_request(run, until);
  return dump({{"run", run.number},
               {"started", calendar(clock, run.started)},
               {"points", points(timeline, until, 0)},
               {"marks", marks(run)},
               {"heat", heat(timeline, until)}});
}

std::string runs_json(std::span<const RecordedRun* const> runs, const WallClock& clock,
                      const RowJson& row) {
  Json list = Json::array();
  for (const RecordedRun* run : runs) {
    std::uint64_t failures = 0;
    for (const auto& slot : run->total.slots()) failures += slot.failures;
    Json entry{{"run", run->number},
               {"started", calendar(clock, run->started)},
               {"ended", calendar(clock, run->ended)},
               {"users_peak", run->total.most_users()},
               {"requests", run->total.requests()},
               {"failures", failures},
               {"label", run->label},
               {"kept", run->kept}};
    if (row && run->totals) entry["total"] = Json::parse(row(*run->totals), nullptr, false);
    list.push_back(std::move(entry));
  }
  return dump(list);
}

std::string endpoints_json(std::span<const EndpointRow> endpoints, const RowJson& row) {
  std::string list = "[";
  for (const EndpointRow& each : endpoints) {
    if (list.size() > 1) list += ',';
    list += row(each);
  }
  return list + "]";
}

}  // namespace swarm::master
