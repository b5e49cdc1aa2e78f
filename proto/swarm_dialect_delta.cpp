#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "proto/swarm_dialect_messages.h"

namespace swarm::proto {
namespace {

constexpr std::uint64_t kMostNs = static_cast<std::uint64_t>(kLongest.count());
// Times of health are added up for as long as a worker reports: 2^56 ns are two years.
constexpr Duration kMostObserved{std::int64_t{1} << 56};

std::uint64_t count_of(Duration time) { return static_cast<std::uint64_t>(time.count()); }

// An instant that is Duration::max() as long as there is none.
Value instant(Duration time) { return time == Duration::max() ? Value() : nanoseconds(time); }
Duration read_instant(FieldReader& fields) {
  return fields.skip_nil() ? Duration::max() : fields.time();
}

// Sum, least and greatest value; then for each bucket that counted something how far it is from the
// one before it, and its count. Nothing at all when empty.
Value::Bytes pack(const Histogram& histogram) {
  std::string bytes;
  if (histogram.empty()) return {};
  append_varint(bytes, histogram.sum_ns());
  append_varint(bytes, count_of(histogram.min()));
  append_varint(bytes, count_of(histogram.max()));
  std::uint32_t before = 0;
  histogram.for_each_bucket([&](Histogram::Bucket bucket) {
    append_varint(bytes, bucket.index - before);
    append_varint(bytes, bucket.count);
    before = bucket.index;
  });
  return {std::move(bytes)};
}

Histogram unpack_histogram(std::string_view bytes, Reading& reading) {
  VarintReader numbers(bytes, reading);
  if (!numbers.more()) return {};
  const Histogram::Sum sum = numbers.next(~Histogram::Sum{0});
  const std::uint64_t min = numbers.next_whole(kMostNs);
  const std::uint64_t max = numbers.next_whole(kMostNs);
  Histogram::Restored restored;
  std::uint32_t index = 0;
  for (bool first = true; numbers.more(); first = false) {
    const std::uint64_t step = numbers.next_whole(Histogram::kBuckets - 1 - index);
    const std::uint64_t count = numbers.next_whole(UINT64_MAX);
    if (step == 0 && !first) reading.fail("a histogram has a bucket twice");
    if (count == 0) reading.fail("a histogram has an empty bucket");
    const std::uint32_t before = std::exchange(index, index + static_cast<std::uint32_t>(step));
    if (first || index / Histogram::kBlockSize != before / Histogram::kBlockSize) {
      if (reading.blocks_left == 0) reading.fail("its histograms are more than fit into memory");
      if (!reading.problem.empty()) return {};
      --reading.blocks_left;
    }
    restored.add(index, count);
  }
  if (!reading.problem.empty()) return {};

  const Histogram::Sum count = restored.count();
  auto histogram = restored.finish(sum, Duration{static_cast<std::int64_t>(min)},
                                   Duration{static_cast<std::int64_t>(max)});
  if (!histogram.ok()) return reading.fail(histogram.error().message), Histogram();
  if (count == 0 || sum < count * min || sum > count * max) {
    return reading.fail("a histogram's sum is not that of its values"), Histogram();
  }
  return std::move(histogram).value();
}

// For each second in which something ended how far it is from the one before it, how many ended and
// how many of them failed.
Value::Bytes pack(const SecondCounts& seconds) {
  std::string bytes;
  std::int64_t before = 0;
  for (std::int64_t second = seconds.begin(); second < seconds.end(); ++second) {
    const auto counts = seconds.at(second);
    if (counts == SecondCounts::Counts{}) continue;
    append_varint(bytes, static_cast<std::uint64_t>(second - before));
    append_varint(bytes, counts.requests);
    append_varint(bytes, counts.failures);
    before = second;
  }
  return {std::move(bytes)};
}

SecondCounts unpack_seconds(std::string_view bytes, const EndpointStats& of, Reading& reading) {
  SecondCounts seconds;
  VarintReader numbers(bytes, reading);
  // Who ended in one of these seconds is one of all.
  std::uint64_t requests_left = of.requests;
  std::uint64_t failures_left = of.failures;
  std::int64_t second = 0;
  std::int64_t furthest = kLongest / std::chrono::seconds{1};
  while (numbers.more()) {
    const auto step = numbers.next_whole(static_cast<std::uint64_t>(furthest - second));
    const auto requests = numbers.next_whole(std::min<std::uint64_t>(requests_left, UINT32_MAX));
    const auto failures = numbers.next_whole(std::min(failures_left, requests));
    if (requests == 0) reading.fail("a second is empty");
    if (step == 0 && !seconds.empty()) reading.fail("a second comes twice");
    if (!reading.problem.empty()) return {};
    second += static_cast<std::int64_t>(step);
    requests_left -= requests;
    failures_left -= failures;
    seconds.add(second, {.requests = static_cast<std::uint32_t>(requests),
                         .failures = static_cast<std::uint32_t>(failures)});
    furthest = seconds.begin() + SecondCounts::kWindow - 1;
  }
  return seconds;
}

Value::Array write(const EndpointName& name, const EndpointStats& stats) {
  return {name.method,
          name.name,
          stats.requests,
          stats.failures,
          stats.none_requests,
          stats.interrupted,
          stats.bytes_received,
          pack(stats.response_times),
          pack(stats.seconds),
          instant(stats.first),
          nanoseconds(stats.last),
          stats.self_timed};
}

EndpointName read_name(FieldReader& fields) {
  std::string method = fields.text();
  return {std::move(method), fields.text()};
}

void read(FieldReader& fields, EndpointStats& stats) {
  stats.requests = fields.whole();
  stats.failures = fields.whole(stats.requests);
  stats.none_requests = fields.whole(stats.requests);
  stats.interrupted = fields.whole();
  stats.bytes_received = fields.whole();
  stats.response_times = unpack_histogram(fields.bytes(), fields.reading());
  if (stats.response_times.count() != stats.requests - stats.none_requests) {
    fields.reading().fail("an endpoint has more or fewer response times than requests");
  }
  stats.seconds = unpack_seconds(fields.bytes(), stats, fields.reading());
  stats.first = read_instant(fields);
  stats.last = fields.time();
  if (stats.requests > 0 && stats.first > stats.last) {
    fields.reading().fail("an endpoint's first request is after its last");
  }
  stats.self_timed = fields.whole(stats.requests);
}

// What is late is expected, a sum of fractions: it may be off by as little as doubles are.
void read(FieldReader& fields, Lateness& lateness) {
  lateness.events = fields.whole();
  lateness.late = fields.number();
  lateness.late_wait_s = fields.number();
  const double most_wait_s = std::chrono::duration<double>(kMostObserved).count();
  if (lateness.late > static_cast<double>(lateness.events) * 1.000001 ||
      lateness.late_wait_s > lateness.late * most_wait_s) {
    fields.reading().fail("more was late than there was");
  }
}

// Names and values, one after the other.
Value::Array write(const ExchangeRecord::Fields& fields) {
  Value::Array list;
  for (const auto& [name, value] : fields) {
    list.emplace_back(name);
    list.emplace_back(value);
  }
  return list;
}
ExchangeRecord::Fields read_pairs(FieldReader& fields) {
  ExchangeRecord::Fields pairs;
  FieldReader each(fields.any(), fields.reading());
  while (each.more() && fields.reading().problem.empty()) {
    std::string name = each.text();
    pairs.emplace_back(std::move(name), each.text());
  }
  return pairs;
}

Value::Array write(const ErrorKey& key, const ExchangeRecord& record) {
  return {key.endpoint.method,
          key.endpoint.name,
          key.error,
          nanoseconds(record.at),
          nanoseconds(record.took),
          record.method,
          record.url,
          write(record.request_fields),
          record.request_body,
          record.status,
          write(record.response_fields),
          record.response_body,
          std::uint64_t{record.cut ? 1u : 0u},
          record.user_class,
          nanoseconds(record.phases.resolve),
          nanoseconds(record.phases.connect),
          nanoseconds(record.phases.tls),
          nanoseconds(record.phases.wait),
          nanoseconds(record.phases.read)};
}

// Secrets are hidden, and texts cut, where they are written: here they are only counted.
void read_exchange(FieldReader& fields, Delta& delta) {
  EndpointName name = read_name(fields);
  const ErrorKey key{std::move(name), fields.text()};
  ExchangeRecord record;
  record.at = fields.time();
  record.took = fields.time();
  record.method = fields.text();
  record.url = fields.text();
  record.request_fields = read_pairs(fields);
  record.request_body = fields.text();
  record.status = fields.small();
  record.response_fields = read_pairs(fields);
  record.response_body = fields.text();
  record.cut = fields.whole(1) == 1;
  record.user_class = fields.text();
  for (Duration* phase : {&record.phases.resolve, &record.phases.connect, &record.phases.tls,
                          &record.phases.wait, &record.phases.read}) {
    *phase = fields.time();
  }
  if (!fields.reading().problem.empty()) return;
  KeptExchanges one;
  one.add(std::move(record));
  delta.add_exchanges(key, one);
}

}  // namespace

Value::Array write(const Delta& delta) {
  Value::Array endpoints;
  endpoints.reserve(delta.endpoints.size());
  for (const auto& [name, stats] : delta.endpoints) endpoints.push_back(write(name, stats));
  Value::Array errors;
  for (const auto& [key, count] : delta.errors) {
    errors.push_back(Value::Array{key.endpoint.method, key.endpoint.name, key.error,
                                  count.occurrences, instant(count.first_seen),
                                  nanoseconds(count.last_seen)});
  }
  Value::Array exceptions;
  for (const auto& [traceback, count] : delta.exceptions) {
    exceptions.push_back(Value::Array{traceback, count.message, count.count});
  }
  Value::Array generator_errors;
  for (const auto& [text, count] : delta.generator_errors) {
    generator_errors.push_back(Value::Array{text, count});
  }
  Value::Array exchanges;
  for (const auto& [key, kept] : delta.exchanges) {
    for (const auto& record : kept.records()) exchanges.push_back(write(key, *record));
  }
  return {std::move(endpoints),        std::move(errors),    std::move(exceptions),
          std::move(generator_errors), pack(delta.send_lag), nanoseconds(delta.until),
          std::move(exchanges)};
}

// Keys that were different can be equal here, if they were no UTF-8: what comes twice is added up.
void read(FieldReader& fields, Delta& delta) {
  fields.each([&delta](FieldReader& endpoint) {
    EndpointName name = read_name(endpoint);
    EndpointStats stats;
    read(endpoint, stats);
    // They come in order.
    const std::size_t known = delta.endpoints.size();
    const auto place = delta.endpoints.try_emplace(delta.endpoints.end(), std::move(name));
    if (delta.endpoints.size() > known) {
      place->second = std::move(stats);
    } else {
      place->second.merge(stats);
    }
  });
  fields.each([&delta](FieldReader& error) {
    EndpointName name = read_name(error);
    std::string text = error.text();
    ErrorCount count{.occurrences = error.whole()};
    count.first_seen = read_instant(error);
    count.last_seen = error.time();
    delta.errors[{std::move(name), std::move(text)}].merge(count);
  });
  fields.each([&delta](FieldReader& exception) {
    std::string traceback = exception.text();
    std::string message = exception.text();
    delta.exceptions[std::move(traceback)].merge({exception.whole(), std::move(message)});
  });
  fields.each([&delta](FieldReader& error) {
    std::string text = error.text();
    delta.generator_errors[std::move(text)] += error.whole();
  });
  delta.send_lag = unpack_histogram(fields.bytes(), fields.reading());
  delta.until = fields.time();
  fields.each([&delta](FieldReader& exchange) { read_exchange(exchange, delta); });
}

Value::Array write(const WorkerHealth& health) {
  return {nanoseconds(health.wall), nanoseconds(health.loop_busy), nanoseconds(health.longest_turn),
          health.lateness.events,   health.lateness.late,          health.lateness.late_wait_s,
          health.descriptors_used,  health.descriptors_limit,      health.connections_opened,
          health.bytes_memory};
}
void read(FieldReader& fields, WorkerHealth& health) {
  health.wall = fields.time(kMostObserved);
  health.loop_busy = fields.time(kMostObserved);
  health.longest_turn = fields.time(kMostObserved);
  read(fields, health.lateness);
  health.descriptors_used = fields.whole();
  health.descriptors_limit = fields.whole();
  health.connections_opened = fields.whole();
  health.bytes_memory = fields.whole();
}

}  // namespace swarm::proto
