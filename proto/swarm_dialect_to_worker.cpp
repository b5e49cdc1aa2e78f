#include <sodium/crypto_hash_sha256.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "proto/swarm_dialect.h"
#include "proto/swarm_dialect_messages.h"

namespace swarm::proto {
namespace {

// Where a worker may write: below its own folder, wherever that is.
bool is_safe(std::string_view path) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (path.find('\\') != path.npos || std::ranges::any_of(path, is_control)) return false;
  for (;;) {
    const std::string_view part = path.substr(0, path.find('/'));
    // An empty one: an absolute path, or one that names a folder.
    if (part.empty() || part == "." || part == "..") return false;
    if (part.size() == path.size()) return true;
    path.remove_prefix(part.size() + 1);
  }
}

std::string checksum(std::string_view contents) {
  std::string sum(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(sum.data()),
                     reinterpret_cast<const unsigned char*>(contents.data()), contents.size());
  return sum;
}

// Each as two numbers: nanoseconds since the one before it, and twice the place of the class, plus
// one if it is a stop.
std::string pack(const std::vector<Spawn::Step>& steps) {
  std::string bytes;
  Duration before{};
  for (const Spawn::Step& step : steps) {
    const Duration after = std::clamp(step.after, before, kLongest);
    append_varint(bytes, static_cast<std::uint64_t>((after - before).count()));
    append_varint(bytes, Wide{step.user_class} * 2 + (step.change == Spawn::Change::Stop ? 1 : 0));
    before = after;
  }
  return bytes;
}

std::vector<Spawn::Step> unpack_steps(std::string_view bytes, std::size_t classes,
                                      Reading& reading) {
  std::vector<Spawn::Step> steps;
  VarintReader numbers(bytes, reading);
  Duration after{};
  while (numbers.more()) {
    const auto most = static_cast<std::uint64_t>((kLongest - after).count());
    after += Duration{static_cast<std::int64_t>(numbers.next_whole(most))};
    const std::uint64_t what = numbers.next_whole(std::uint64_t{UINT32_MAX} * 2 + 1);
    if (what / 2 >= classes) return reading.fail("a step is of no class among the targets"), steps;
    steps.push_back({.after = after,
                     .user_class = static_cast<std::uint32_t>(what / 2),
                     .change = what % 2 == 1 ? Spawn::Change::Stop : Spawn::Change::Hatch});
  }
  return steps;
}

void read_file(FieldReader& fields, ScenarioFile& file) {
  file.path = fields.text();
  file.contents = fields.bytes();
  const std::string_view expected = fields.bytes();
  Reading& reading = fields.reading();
  if (!reading.problem.empty()) return;
  if (!is_safe(file.path)) {
    reading.fail("the name of a file leads out of the scenario's folder: '" + file.path + "'");
  } else if (checksum(file.contents) != expected) {
    reading.fail("'" + file.path + "' was damaged on its way");
  }
}

}  // namespace

Value::Array write(const std::vector<ClassCount>& users) {
  Value::Array list;
  list.reserve(users.size());
  for (const ClassCount& of_class : users) {
    list.push_back(Value::Array{of_class.user_class, of_class.users});
  }
  return list;
}

std::vector<ClassCount> read_counts(FieldReader& fields) {
  std::vector<ClassCount> users;
  fields.each([&users](FieldReader& of_class) {
    std::string name = of_class.text();
    users.push_back({std::move(name), of_class.small()});
  });
  return users;
}

Value::Array write(const Ack& message) {
  return {message.index, message.run.value, message.counted};
}
void read(FieldReader& fields, Ack& message) {
  message.index = fields.small();
  message.run.value = fields.whole();
  message.counted = fields.whole();
}

Value::Array write(const Refused& message) { return {message.reason}; }
void read(FieldReader& fields, Refused& message) { message.reason = fields.text(); }

Value::Array write(const Spawn& message) {
  return {message.run.value,
          nanoseconds(message.run_age),
          message.order,
          write(message.targets),
          Value::Bytes{pack(message.steps)},
          message.host,
          nanoseconds(message.stop_timeout),
          nanoseconds(message.report_interval),
          message.options};
}
void read(FieldReader& fields, Spawn& message) {
  message.run.value = fields.whole();
  message.run_age = fields.time();
  message.order = fields.whole();
  message.targets = read_counts(fields);
  message.steps = unpack_steps(fields.bytes(), message.targets.size(), fields.reading());
  message.host = fields.text();
  message.stop_timeout = fields.time();
  message.report_interval = fields.time();
  message.options = fields.map_or_nil();
}

Value::Array write(const Permits& message) {
  return {message.run.value, message.granted, message.serial};
}
void read(FieldReader& fields, Permits& message) {
  message.run.value = fields.whole();
  message.granted = fields.whole();
  message.serial = fields.whole();
}

Value::Array write(const SpawningComplete& message) {
  return {message.run.value, message.users, message.era};
}
void read(FieldReader& fields, SpawningComplete& message) {
  message.run.value = fields.whole();
  message.users = fields.small();
  message.era = fields.small();
}

Value::Array write(const ReportAck& message) { return {message.run.value, message.seq}; }
void read(FieldReader& fields, ReportAck& message) {
  message.run.value = fields.whole();
  message.seq = fields.whole();
}

Value::Array write(const Stop& message) { return {message.run.value}; }
void read(FieldReader& fields, Stop& message) { message.run.value = fields.whole(); }

Value::Array write(const Quit&) { return {}; }
void read(FieldReader&, Quit&) {}

Value::Array write(const ScenarioFiles& message) {
  Value::Array entries(message.entries.begin(), message.entries.end());
  Value::Array files;
  for (const ScenarioFile& file : message.files) {
    files.push_back(Value::Array{file.path, Value::Bytes{file.contents},
                                 Value::Bytes{checksum(file.contents)}});
  }
  return {std::move(entries), std::move(files), message.error};
}
void read(FieldReader& fields, ScenarioFiles& message) {
  for (const Value& entry : fields.list()) {
    const std::string* const path = entry.as_text();
    if (path == nullptr) return fields.reading().fail("the name of an entry is not text");
    message.entries.push_back(*path);
  }
  std::set<std::string> paths;
  std::size_t bytes = 0;
  fields.each([&](FieldReader& file) {
    read_file(file, message.files.emplace_back());
    bytes += message.files.back().contents.size();
    if (!paths.insert(message.files.back().path).second) {
      file.reading().fail("a file comes twice: '" + message.files.back().path + "'");
    } else if (bytes > SwarmDialect::kMostScenarioBytes) {
      file.reading().fail("its files hold more than 64 MiB");
    }
  });
  for (const std::string& entry : message.entries) {
    if (!paths.contains(entry)) fields.reading().fail("it has no file '" + entry + "'");
  }
  message.error = fields.text();
}

Value::Array write(const CustomMessage& message) { return {message.type, message.data}; }
void read(FieldReader& fields, CustomMessage& message) {
  message.type = fields.text();
  message.data = fields.any();
}

}  // namespace swarm::proto
