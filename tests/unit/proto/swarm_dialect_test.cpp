#include "proto/swarm_dialect.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/support/builders.h"
#include "tests/support/random_messages.h"

namespace swarm::proto {
namespace {

using namespace std::chrono_literals;
using test::any_to_master;
using test::any_to_worker;
using test::equal_messages;
using test::kKindsToMaster;
using test::kKindsToWorker;
using test::Random;

// Through the bytes, as on the wire.
Envelope carried(const Envelope& envelope) {
  auto arrived = decode(encode(envelope), {.bytes = 2 * SwarmDialect::kMostScenarioBytes});
  EXPECT_TRUE(arrived.ok()) << arrived.error().message;
  return arrived.ok() ? std::move(arrived).value() : Envelope{};
}

TEST(SwarmDialect, CarriesEveryMessageToTheMasterExactly) {
  Random random(1);
  for (std::size_t kind = 0; kind < kKindsToMaster; ++kind) {
    for (int i = 0; i < 100; ++i) {
      const ToMaster message = any_to_master(random, kind);
      const Envelope envelope = SwarmDialect::encode(message, "worker 7");
      ASSERT_EQ(envelope.node_id, "worker 7");
      const auto read = SwarmDialect::decode_to_master(carried(envelope));
      ASSERT_TRUE(read.ok()) << envelope.type << ": " << read.error().message;
      ASSERT_TRUE(equal_messages(*read, message)) << envelope.type;
    }
  }
}

TEST(SwarmDialect, CarriesEveryMessageToAWorkerExactly) {
  Random random(2);
  for (std::size_t kind = 0; kind < kKindsToWorker; ++kind) {
    for (int i = 0; i < 100; ++i) {
      const ToWorker message = any_to_worker(random, kind);
      const Envelope envelope = SwarmDialect::encode(message, "worker 7");
      const auto read = SwarmDialect::decode_to_worker(carried(envelope));
      ASSERT_TRUE(read.ok()) << envelope.type << ": " << read.error().message;
      ASSERT_TRUE(equal_messages(*read, message)) << envelope.type;
    }
  }
}

// Calls change(value) for every value below `value`, and puts back what it changed.
void for_each_value(Value& value, const std::function<void(Value&)>& change) {
  if (Value::Array* const list = value.as_array()) {
    for (std::size_t i = 0; i < list->size(); ++i) for_each_value((*list)[i], change);
  }
  Value before = value;
  change(value);
  value = std::move(before);
}

// One of each thing that a report can hold.
Report small_report() {
  Report report;
  report.run = {1};
  report.seq = 1;
  report.users = {{"A", 1}};
  report.delta = test::delta_of("GET /", 3);
  report.delta.errors[{{"GET", "/"}, "no"}].merge({1, 1s, 2s});
  report.delta.exceptions["trace"] = {1, "message"};
  report.delta.generator_errors["no ports"] = 1;
  return report;
}

std::vector<Envelope> one_of_each_kind() {
  Random random(3);
  std::vector<Envelope> all;
  for (std::size_t kind = 0; kind < kKindsToMaster; ++kind) {
    all.push_back(SwarmDialect::encode(any_to_master(random, kind), "w"));
  }
  for (std::size_t kind = 0; kind < kKindsToWorker; ++kind) {
    all.push_back(SwarmDialect::encode(any_to_worker(random, kind), "w"));
  }
  all.push_back(SwarmDialect::encode(ToMaster(small_report()), "w"));
  return all;
}

// Nothing that a peer puts in a field's place may do harm; what is understood all the same is a
// message like any other.
TEST(SwarmDialect, SurvivesAnyValueInAnyPlace) {
  const std::vector<Value> odd = {Value(),
                                  true,
                                  -1,
                                  0,
                                  std::uint64_t{1} << 32,
                                  UINT64_MAX,
                                  0.5,
                                  -1e300,
                                  "text",
                                  "",
                                  Value::Bytes{""},
                                  Value::Bytes{std::string(40, '\xff')},
                                  Value::Bytes{"\x01\x01\x01"},
                                  Value::Array{},
                                  Value::Array{Value::Array{}},
                                  Value::Map{},
                                  Value::Map{{1, 2}}};
  std::size_t refused = 0;
  for (Envelope envelope : one_of_each_kind()) {
    SCOPED_TRACE(envelope.type);
    for_each_value(envelope.data, [&](Value& place) {
      for (const Value& value : odd) {
        place = value;
        if (const auto read = SwarmDialect::decode_to_master(envelope); read.ok()) {
          const auto again = SwarmDialect::decode_to_master(SwarmDialect::encode(*read, "w"));
          ASSERT_TRUE(again.ok()) << again.error().message;
          ASSERT_TRUE(equal_messages(*again, *read));
        } else if (const auto order = SwarmDialect::decode_to_worker(envelope); order.ok()) {
          const auto again = SwarmDialect::decode_to_worker(SwarmDialect::encode(*order, "w"));
          ASSERT_TRUE(again.ok()) << again.error().message;
          ASSERT_TRUE(equal_messages(*again, *order));
        } else {
          ++refused;
          ASSERT_FALSE(read.error().message.empty());
        }
      }
    });
  }
  EXPECT_GT(refused, 1000u);
}

template <typename Decode>
void expect_growth(Envelope envelope, Decode decode_it) {
  for_each_value(envelope.data, [&](Value& place) {
    if (place.as_array() == nullptr) return;
    place.as_array()->push_back(Value::Map{{"new", 1}});
    const bool grown = decode_it(envelope);
    place.as_array()->pop_back();
    if (place.as_array()->empty()) return;
    // A list of things is not a list of fields: it grows by things and shrinks by them.
    const bool is_list_of_things = place.as_array()->front().as_array() != nullptr &&
                                   place.as_array() != envelope.data.as_array();
    if (is_list_of_things && place.as_array()->size() != 7) return;  // a delta has seven fields
    EXPECT_TRUE(grown);
    place.as_array()->pop_back();
    EXPECT_FALSE(decode_it(envelope));
  });
}

TEST(SwarmDialect, IgnoresFieldsThatItDoesNotKnowAndMissesThoseThatItDoes) {
  RunFacts facts;
  facts.permits = Permits{};
  expect_growth(SwarmDialect::encode(ToMaster(small_report()), "w"),
                [](const Envelope& e) { return SwarmDialect::decode_to_master(e).ok(); });
  expect_growth(SwarmDialect::encode(ToMaster(ClientReady{"1", facts}), "w"),
                [](const Envelope& e) { return SwarmDialect::decode_to_master(e).ok(); });
  expect_growth(SwarmDialect::encode(ToWorker(Ack{}), "w"),
                [](const Envelope& e) { return SwarmDialect::decode_to_worker(e).ok(); });
}

TEST(SwarmDialect, KeepsItsSides) {
  const Envelope stop = SwarmDialect::encode(ToWorker(Stop{RunId{1}}), "w");
  EXPECT_TRUE(SwarmDialect::decode_to_worker(stop).ok());
  EXPECT_FALSE(SwarmDialect::decode_to_master(stop).ok());
  const Envelope goodbye = SwarmDialect::encode(ToMaster(Goodbye{}), "w");
  EXPECT_TRUE(SwarmDialect::decode_to_master(goodbye).ok());
  EXPECT_FALSE(SwarmDialect::decode_to_worker(goodbye).ok());
}

TEST(SwarmDialect, IsToldFromLocusts) {
  for (const Envelope& envelope : one_of_each_kind()) EXPECT_TRUE(SwarmDialect::speaks(envelope));
  EXPECT_FALSE(SwarmDialect::speaks({"stop", {}, "w"}));
  EXPECT_FALSE(SwarmDialect::decode_to_worker({"stop", {}, "w"}).ok());
  EXPECT_FALSE(SwarmDialect::decode_to_worker({"stop", Value::Array{1}, "w"}).ok());
  EXPECT_FALSE(SwarmDialect::decode_to_worker({"swarm.", Value::Array{1}, "w"}).ok());
  EXPECT_FALSE(SwarmDialect::decode_to_worker({"swarm.no such", Value::Array{1}, "w"}).ok());
}

// Whoever is asked to introduce itself over the wire is asked to greet again.
TEST(SwarmDialect, HasNoWordForIntroduce) {
  EXPECT_EQ(SwarmDialect::encode(ToWorker(Introduce{}), "w"), (Envelope{"reconnect", {}, "w"}));
}

TEST(SwarmDialect, TakesForEverAsVeryLong) {
  Spawn spawn;
  spawn.stop_timeout = Duration::max();
  const auto read = SwarmDialect::decode_to_worker(SwarmDialect::encode(ToWorker(spawn), "w"));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(std::get<Spawn>(*read).stop_timeout, Duration{std::int64_t{1} << 60});
}

// --- the agreement ---

TEST(SwarmDialect, IsOfferedInAVersionThatALocustMasterAccepts) {
  const Envelope greeting = SwarmDialect::greeting("w", "0.4.0");
  EXPECT_EQ(greeting, (Envelope{"client_ready", "2.46.3+swarm.1/0.4.0", "w"}));
  EXPECT_EQ(SwarmDialect::offered(greeting), 1u);
}

TEST(SwarmDialect, IsOfferedByNobodyElse) {
  const auto offered = [](Value version) {
    return SwarmDialect::offered({"client_ready", std::move(version), "w"});
  };
  EXPECT_EQ(offered("2.46.3+swarm.12/1.0"), 12u);
  EXPECT_EQ(offered("2.46.3+swarm.3"), 3u);
  EXPECT_EQ(offered("2.46.3"), 0u);
  EXPECT_EQ(offered(-1), 0u);
  EXPECT_EQ(offered({}), 0u);
  EXPECT_EQ(offered("2.46.3+swarm"), 0u);
  EXPECT_EQ(offered("2.46.3+swarm."), 0u);
  EXPECT_EQ(offered("2.46.3+swarm.-1/1"), 0u);
  EXPECT_EQ(offered("2.46.3+swarm.1x"), 0u);
  EXPECT_EQ(offered("2.46.3+swarm.99999999999999999999/1"), 0u);
  EXPECT_EQ(SwarmDialect::offered({"stats", "2.46.3+swarm.1/1", "w"}), 0u);
}

TEST(SwarmDialect, IsWelcomedByAKeyOfItsOwn) {
  EXPECT_TRUE(SwarmDialect::is_welcome(carried(SwarmDialect::welcome("w"))));
  EXPECT_FALSE(SwarmDialect::is_welcome({"ack", Value::Map{{"index", 0}}, "w"}));
  EXPECT_FALSE(SwarmDialect::is_welcome({"ack", {}, "w"}));
  EXPECT_FALSE(SwarmDialect::is_welcome({"ack", Value::Map{{"swarm", 2}}, "w"}));
  EXPECT_FALSE(SwarmDialect::is_welcome({"ack", Value::Map{{"swarm", "1"}}, "w"}));
  EXPECT_FALSE(SwarmDialect::is_welcome({"spawn", Value::Map{{"swarm", 1}}, "w"}));
}

// --- scenarios ---

Result<ToWorker> scenario_with(const std::vector<std::string>& paths) {
  ScenarioFiles scenario;
  for (const std::string& path : paths) scenario.files.push_back({path, "contents"});
  return SwarmDialect::decode_to_worker(SwarmDialect::encode(ToWorker(scenario), "w"));
}

TEST(SwarmDialect, RefusesFilesOutsideOfTheScenariosFolder) {
  for (const char* const path : {"", "/etc/passwd", "..", "../a", "a/..", "a/../../b", ".", "./a",
                                 "a//b", "a/", "a\\..\\b", "a\nb", "a\x7f"}) {
    EXPECT_FALSE(scenario_with({path}).ok()) << path;
  }
  EXPECT_FALSE(scenario_with({std::string("a\0b", 3)}).ok());
  EXPECT_TRUE(scenario_with({"a", "b/c.py", "..a/b..", ".hidden", "a b/\xc3\xa9"}).ok());
}

TEST(SwarmDialect, RefusesAFileTwiceAndEntriesThatAreMissing) {
  EXPECT_FALSE(scenario_with({"a", "b", "a"}).ok());
  const ScenarioFiles scenario{.entries = {"b"}, .files = {{"a", ""}}, .error = {}};
  EXPECT_FALSE(SwarmDialect::decode_to_worker(SwarmDialect::encode(ToWorker(scenario), "w")).ok());
}

TEST(SwarmDialect, NoticesAFileThatWasDamaged) {
  const ScenarioFiles scenario{.entries = {"a"}, .files = {{"a", "12345"}}, .error = {}};
  Envelope envelope = SwarmDialect::encode(ToWorker(scenario), "w");
  Value& contents = envelope.data.as_array()->at(1).as_array()->at(0).as_array()->at(1);
  ASSERT_EQ(contents, Value(Value::Bytes{"12345"}));
  contents = Value::Bytes{"12346"};
  const auto read = SwarmDialect::decode_to_worker(envelope);
  ASSERT_FALSE(read.ok());
  EXPECT_NE(read.error().message.find("damaged"), std::string::npos);
}

TEST(SwarmDialect, CarriesScenariosUpToTheirBound) {
  ScenarioFiles scenario{.entries = {"a"}, .files = {{"a", "x"}, {"b", ""}}, .error = {}};
  scenario.files[1].contents.assign(SwarmDialect::kMostScenarioBytes - 1, '\0');
  const auto whole =
      SwarmDialect::decode_to_worker(carried(SwarmDialect::encode(ToWorker(scenario), "w")));
  EXPECT_TRUE(whole.ok()) << whole.error().message;
  scenario.files[0].contents += "x";
  EXPECT_FALSE(SwarmDialect::decode_to_worker(SwarmDialect::encode(ToWorker(scenario), "w")).ok());
}

}  // namespace
}  // namespace swarm::proto
