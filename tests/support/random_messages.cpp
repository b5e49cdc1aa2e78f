#include "tests/support/random_messages.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

namespace swarm::test {
namespace {

using namespace proto;
using std::chrono::seconds;

bool chance(Random& random, unsigned one_in) { return random() % one_in == 0; }
Duration any_time(Random& random, unsigned most_bits = 60) {
  return Duration{static_cast<std::int64_t>(any_whole(random, most_bits))};
}
double any_number(Random& random) { return std::ldexp(static_cast<double>(random() >> 12), -40); }

void fill(Random& random, std::uint64_t& field) { field = any_whole(random); }
void fill(Random& random, std::uint32_t& field) {
  field = static_cast<std::uint32_t>(any_whole(random, 32));
}
void fill(Random& random, double& field) { field = any_number(random); }
void fill(Random& random, std::string& field) { field = any_text(random); }
void fill(Random& random, Duration& field) { field = any_time(random); }
void fill(Random& random, RunId& field) { field.value = any_whole(random); }
void fill(Random& random, RunState& field) { field = static_cast<RunState>(random() % 5); }
void fill(Random& random, Delta& field) { field = any_delta(random); }
// Options and what listeners added: a map or nothing. Of CustomMessage, anything.
void fill(Random& random, Value& field) {
  field = chance(random, 3) ? Value() : Value(Value::Map{{any_text(random), any_value(random, 3)}});
}
void fill(Random& random, ClassCount& field) {
  field = {any_text(random), static_cast<std::uint32_t>(any_whole(random, 32))};
}
void fill(Random& random, WorkerHealth& field) {
  field.wall = any_time(random, 56);
  field.loop_busy = any_time(random, 56);
  field.longest_turn = any_time(random, 56);
  field.lateness.events = any_whole(random);
  field.lateness.late = static_cast<double>(field.lateness.events) * (chance(random, 2) ? 1 : 0.3);
  field.lateness.late_wait_s = field.lateness.late * 0.0037;
  field.descriptors_used = any_whole(random);
  field.descriptors_limit = any_whole(random);
  field.connections_opened = any_whole(random);
  field.bytes_memory = any_whole(random);
}

void fill(Random&, Spawn::Step&) {}
void fill(Random& random, ScenarioFile& file) {
  for (std::uint64_t left = any_whole(random, 10); left > 0; --left) {
    file.contents += static_cast<char>(random());
  }
}

template <typename Message>
void fill(Random& random, Message& message);
template <typename Item>
void fill(Random& random, std::vector<Item>& field) {
  field.resize(random() % 4);
  for (Item& item : field) fill(random, item);
}
template <typename Item>
void fill(Random& random, std::optional<Item>& field) {
  field.reset();
  if (!chance(random, 3)) fill(random, field.emplace());
}

// What is true of a message beyond the range of each field.
void tidy(Random& random, Spawn& message) {
  message.steps.resize(message.targets.empty() ? 0 : random() % 50);
  Duration after{};
  for (auto& step : message.steps) {
    after += any_time(random, 40);
    step = {.after = after,
            .user_class = static_cast<std::uint32_t>(random() % message.targets.size()),
            .change = chance(random, 2) ? Spawn::Change::Stop : Spawn::Change::Hatch};
  }
}
void tidy(Random& random, Report& message) {
  message.seq = std::max<std::uint64_t>(message.seq, 1);
  message.since = random() % message.seq;
}
void tidy(Random& random, ScenarioFiles& message) {
  std::size_t number = 0;
  for (auto& file : message.files) file.path = "a/" + std::to_string(number++) + " \xc3\xa9.py";
  message.entries.clear();
  if (!message.files.empty() && chance(random, 2)) message.entries = {message.files.back().path};
}
void tidy(Random& random, CustomMessage& message) { message.data = any_value(random, 4); }
template <typename Message>
void tidy(Random&, Message&) {}

template <typename Message>
void fill(Random& random, Message& message) {
  std::apply([&random](auto&... field) { (fill(random, field), ...); }, fields_of(message));
  tidy(random, message);
}

template <typename Variant, std::size_t Index = 0>
Variant any_of(Random& random, std::size_t index) {
  if constexpr (Index + 1 < std::variant_size_v<Variant>) {
    if (index != Index) return any_of<Variant, Index + 1>(random, index);
  }
  std::variant_alternative_t<Index, Variant> message;
  if constexpr (!std::is_same_v<decltype(message), Introduce>) fill(random, message);
  return message;
}

EndpointStats any_stats(Random& random) {
  EndpointStats stats;
  stats.interrupted = any_whole(random);
  stats.bytes_received = any_whole(random);
  const std::int64_t second = static_cast<std::int64_t>(any_whole(random, 29));
  for (std::uint64_t left = random() % 60; left > 0; --left) {
    const bool failed = chance(random, 4);
    ++stats.requests;
    stats.failures += failed;
    stats.self_timed += chance(random, 3);
    if (chance(random, 20)) {
      ++stats.none_requests;
    } else {
      stats.response_times.record(any_time(random, 45));
    }
    const std::int64_t ended = second + static_cast<std::int64_t>(random() % 600);
    stats.seconds.add(ended, {.requests = 1, .failures = failed});
    stats.first = std::min<Duration>(stats.first, seconds{ended} / 2);
    stats.last = std::max<Duration>(stats.last, seconds{ended});
  }
  return stats;
}

}  // namespace

std::uint64_t any_whole(Random& random, unsigned most_bits) {
  const std::uint64_t bits = random() % (most_bits + 1);
  return bits == 0 ? 0 : random() >> (64 - bits);
}

std::string any_text(Random& random) {
  static constexpr std::array<std::string_view, 8> kPieces = {
      "a",  "Some longer text ",       "\xc3\xa9", "\xf0\x9f\x98\x80", "/",
      "\n", std::string_view("\0", 1), "\"\\"};
  std::string text;
  for (std::uint64_t left = any_whole(random, 6); left > 0; --left) {
    text += kPieces[random() % kPieces.size()];
  }
  return text;
}

Value any_value(Random& random, unsigned depth) {
  switch (random() % (depth == 0 ? 7 : 9)) {
    case 0:
      return {};
    case 1:
      return chance(random, 2);
    case 2:
      return any_whole(random);
    case 3:
      return -static_cast<std::int64_t>(any_whole(random, 63));
    case 4:
      return any_number(random);
    case 5:
      return any_text(random);
    case 6:
      return Value::Bytes{std::string(any_whole(random, 9), '\xff')};
    case 7: {
      Value::Array list(random() % 20);
      for (Value& item : list) item = any_value(random, depth - 1);
      return list;
    }
    default: {
      Value::Map map(random() % 20);
      for (auto& [key, value] : map) {
        key = any_value(random, 0);
        value = any_value(random, depth - 1);
      }
      return map;
    }
  }
}

Delta any_delta(Random& random) {
  Delta delta;
  for (std::uint64_t left = random() % 6; left > 0; --left) {
    const EndpointName name{any_text(random), any_text(random)};
    delta.endpoints[name].merge(any_stats(random));
    if (chance(random, 2)) {
      const Duration first = any_time(random, 58);
      delta.errors[{name, any_text(random)}].merge({any_whole(random), first, first * 2});
    }
  }
  for (std::uint64_t left = random() % 4; left > 0; --left) {
    delta.exceptions[any_text(random)].merge({1 + any_whole(random, 60), any_text(random)});
    delta.generator_errors[any_text(random)] = any_whole(random);
    delta.send_lag.record(any_time(random, 50));
  }
  for (const auto& [key, count] : delta.errors) {
    KeptExchanges kept;
    for (std::uint64_t left = random() % 5; left > 0; --left) {
      kept.add({.at = any_time(random),
                .took = any_time(random),
                .method = any_text(random),
                .url = any_text(random),
                .request_fields = {{any_text(random), any_text(random)}},
                .request_body = any_text(random),
                .status = static_cast<std::uint32_t>(any_whole(random, 32)),
                .response_fields = {},
                .response_body = any_text(random),
                .cut = chance(random, 2),
                .phases = {.resolve = any_time(random),
                           .connect = any_time(random),
                           .tls = any_time(random),
                           .wait = any_time(random),
                           .read = any_time(random)},
                .user_class = any_text(random)});
    }
    delta.add_exchanges(key, kept);
  }
  delta.until = any_time(random);
  return delta;
}

ToMaster any_to_master(Random& random, std::size_t kind) { return any_of<ToMaster>(random, kind); }

ToWorker any_to_worker(Random& random, std::size_t kind) {
  static_assert(std::is_same_v<std::variant_alternative_t<0, ToWorker>, Introduce>);
  return any_of<ToWorker>(random, kind + 1);
}

}  // namespace swarm::test
