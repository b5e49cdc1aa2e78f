#include <algorithm>
#include <array>
#include <utility>

#include "proto/swarm_dialect_messages.h"

namespace swarm::proto {
namespace {

// Missing is what a master thinks of a worker, never what one says of itself.
constexpr std::array kStates{RunState::Ready, RunState::Spawning, RunState::Running,
                             RunState::Stopping, RunState::Stopped};

Value state(RunState state) { return name(state); }
RunState read_state(FieldReader& fields) {
  const std::string word = fields.text();
  const auto* const found =
      std::ranges::find_if(kStates, [&word](RunState state) { return name(state) == word; });
  if (found != kStates.end()) return *found;
  fields.reading().fail("'" + word.substr(0, 60) + "' is no state of a worker");
  return RunState::Ready;
}

template <typename Part>
void read_list(FieldReader& fields, Part& part) {
  FieldReader inner(fields.any(), fields.reading());
  read(inner, part);
}

}  // namespace

Value::Array write(const RunFacts& facts) {
  return {facts.run.value,    nanoseconds(facts.age),
          facts.era,          facts.order,
          facts.seq,          facts.samples,
          write(facts.users), facts.permits ? Value(write(*facts.permits)) : Value()};
}
void read(FieldReader& fields, RunFacts& facts) {
  facts.run.value = fields.whole();
  facts.age = fields.time();
  facts.era = fields.small();
  facts.order = fields.whole();
  facts.seq = fields.whole();
  facts.samples = fields.whole();
  facts.users = read_counts(fields);
  if (!fields.skip_nil()) read_list(fields, facts.permits.emplace());
}

Value::Array write(const ClientReady& message) {
  return {message.version, message.run ? Value(write(*message.run)) : Value()};
}
void read(FieldReader& fields, ClientReady& message) {
  message.version = fields.text();
  if (!fields.skip_nil()) read_list(fields, message.run.emplace());
}

Value::Array write(const OrderDone& message) {
  return {message.run.value, message.order, write(message.users)};
}
void read(FieldReader& fields, OrderDone& message) {
  message.run.value = fields.whole();
  message.order = fields.whole();
  message.users = read_counts(fields);
}

Value::Array write(const Heartbeat& message) {
  return {state(message.state), message.cpu_percent, message.bytes_memory, message.samples,
          nanoseconds(message.loop_lag)};
}
void read(FieldReader& fields, Heartbeat& message) {
  message.state = read_state(fields);
  message.cpu_percent = fields.number();
  message.bytes_memory = fields.whole();
  message.samples = fields.whole();
  message.loop_lag = fields.time();
}

Value::Array write(const Report& message) {
  return {message.run.value,     message.seq,          message.since,        message.era,
          message.samples,       write(message.users), state(message.state), write(message.permits),
          write(message.health), write(message.delta), message.extra};
}
void read(FieldReader& fields, Report& message) {
  message.run.value = fields.whole();
  message.seq = fields.whole();
  message.since = fields.whole();
  if (message.since >= message.seq) fields.reading().fail("it begins after its own end");
  message.era = fields.small();
  message.samples = fields.whole();
  message.users = read_counts(fields);
  message.state = read_state(fields);
  read_list(fields, message.permits);
  read_list(fields, message.health);
  read_list(fields, message.delta);
  message.extra = fields.map_or_nil();
}

Value::Array write(const StopRequest& message) { return {message.run.value}; }
void read(FieldReader& fields, StopRequest& message) { message.run.value = fields.whole(); }

Value::Array write(const ClientStopped& message) { return {message.run.value}; }
void read(FieldReader& fields, ClientStopped& message) { message.run.value = fields.whole(); }

Value::Array write(const Goodbye&) { return {}; }
void read(FieldReader&, Goodbye&) {}

Value::Array write(const ScenarioRequest& message) { return {message.platform}; }
void read(FieldReader& fields, ScenarioRequest& message) { message.platform = fields.text(); }

Value::Array write(const ScenarioFailed& message) { return {message.reason}; }
void read(FieldReader& fields, ScenarioFailed& message) { message.reason = fields.text(); }

Value::Array write(const Logs& message) {
  Value::Array lines;
  for (const std::string& line : message.lines) lines.emplace_back(line);
  // Not {lines}: compilers do not agree whether that is an array of one array.
  Value::Array fields;
  fields.emplace_back(std::move(lines));
  return fields;
}
void read(FieldReader& fields, Logs& message) {
  FieldReader lines(fields.any(), fields.reading());
  while (lines.more() && message.lines.size() < Logs::kMostLines) {
    message.lines.push_back(lines.text());
  }
}

}  // namespace swarm::proto
