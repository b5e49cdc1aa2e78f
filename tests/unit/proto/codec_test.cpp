#include "proto/codec.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/folders.h"
#include "tests/support/hex.h"

namespace swarm::proto {
namespace {

using test::bytes_of;
using test::hex_of;
using Json = nlohmann::json;

// See tests/golden/proto/codec.py.
Value value_of(const Json& json);

Value repeated(const Value& pattern, std::size_t times) {
  if (const std::string* const text = pattern.as_text()) return std::string(times, text->front());
  if (const Value::Bytes* const bytes = pattern.as_bytes()) {
    return Value::Bytes{std::string(times, bytes->bytes.front())};
  }
  return Value::Array(times, pattern.as_array()->front());
}

Value marked(const Json& json) {
  if (json.contains("bytes")) return Value::Bytes{bytes_of(json["bytes"].get<std::string>())};
  if (json.contains("float")) return std::stod(json["float"].get<std::string>());
  if (json.contains("repeat")) {
    return repeated(value_of(json["repeat"]), json["times"].get<std::size_t>());
  }
  Value::Map map;
  for (const Json& entry : json["map"]) map.push_back({value_of(entry[0]), value_of(entry[1])});
  return map;
}

Value value_of(const Json& json) {
  if (json.is_null()) return {};
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_unsigned()) return json.get<std::uint64_t>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_object()) return marked(json);
  Value::Array list;
  for (const Json& item : json) list.push_back(value_of(item));
  return list;
}

bool holds_nan(const Value& value) {
  return value.as_double() != nullptr && std::isnan(*value.as_double());
}

TEST(Codec, WritesAndReadsTheBytesOfPython) {
  std::ifstream file(test::golden_folder() / "proto/codec.json");
  const Json samples = Json::parse(file);
  ASSERT_GT(samples.size(), 100u);
  for (const Json& sample : samples) {
    SCOPED_TRACE(sample["name"].get<std::string>());
    const Envelope envelope{sample["type"], value_of(sample["data"]), sample["node_id"]};
    const std::string bytes = encode(envelope);
    if (sample.contains("hex")) {
      EXPECT_EQ(hex_of(bytes), sample["hex"].get<std::string>());
    } else {
      EXPECT_EQ(bytes.size(), sample["size"].get<std::size_t>());
      const auto head = sample["head"].get<std::string>();
      EXPECT_EQ(hex_of(bytes).substr(0, head.size()), head);
    }
    const auto read = decode(bytes);
    ASSERT_TRUE(read.ok()) << read.error().message;
    if (holds_nan(envelope.data)) {
      EXPECT_TRUE(holds_nan(read->data));
    } else {
      EXPECT_EQ(*read, envelope);
    }
  }
}

// An envelope around what `hex` is.
Result<Envelope> decode_data(const std::string& hex, const CodecLimits& limits = {}) {
  return decode(bytes_of("93a178" + hex + "a177"), limits);
}

Value read_data(const std::string& hex) {
  const auto read = decode_data(hex);
  EXPECT_TRUE(read.ok()) << read.error().message;
  return read.ok() ? read->data : Value();
}

TEST(Codec, ReadsNumbersThatArePackedLongerThanNeedBe) {
  EXPECT_EQ(read_data("cc01"), Value(1));
  EXPECT_EQ(read_data("cf0000000000000001"), Value(1));
  EXPECT_EQ(read_data("d300000000000000ff"), Value(255));
  EXPECT_EQ(read_data("d1ffff"), Value(-1));
  EXPECT_EQ(read_data("ca3fc00000"), Value(1.5));
  EXPECT_EQ(read_data("dd00000001c3"), Value(Value::Array{true}));
  EXPECT_EQ(read_data("df0000000101c2"), Value(Value::Map{{1, false}}));
  EXPECT_EQ(read_data("db0000000161"), Value("a"));
}

TEST(Codec, RefusesEveryBeginningOfAMessage) {
  const std::string whole =
      encode({"stats", Value::Map{{"a", Value::Array{1, 2.5, Value::Bytes{"xyz"}}}, {7, "text"}},
              "worker"});
  ASSERT_TRUE(decode(whole).ok());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(decode(std::string_view(whole).substr(0, size)).ok()) << size;
  }
}

void expect_refused(const Result<Envelope>& read, const std::string& reason) {
  ASSERT_FALSE(read.ok()) << reason;
  EXPECT_NE(read.error().message.find(reason), std::string::npos) << read.error().message;
}

TEST(Codec, RefusesWhatIsNoEnvelope) {
  expect_refused(decode(bytes_of("c0")), "no list of three");
  expect_refused(decode(bytes_of("80")), "no list of three");
  expect_refused(decode(bytes_of("92a178c0")), "no list of three");
  expect_refused(decode(bytes_of("94a178c0a177c0")), "no list of three");
  expect_refused(decode(bytes_of("9301c0a177")), "is no text");
  expect_refused(decode(bytes_of("93a178c0c0")), "is no text");
  expect_refused(decode(bytes_of("93c40178c0a177")), "is no text");
  expect_refused(decode(bytes_of("93a178c0a177c0")), "something follows");
  expect_refused(decode_data("c1"), "no MessagePack");
}

TEST(Codec, RefusesExtensions) {
  for (const char* const extension : {"d40100", "d5010000", "c70101ff", "c8000101ff", "c70001"}) {
    expect_refused(decode_data(extension), "extension");
  }
}

TEST(Codec, RefusesTextThatPythonCannotRead) {
  // Continuation alone, cut off, longer than need be, half of a pair, beyond the last character.
  for (const char* const text : {"a180", "a1c3", "a2c0af", "a3e08080", "a3eda080", "a4f0808080",
                                 "a4f4908080", "a1ff", "a2c361", "a2e282"}) {
    expect_refused(decode_data(text), "UTF-8");
  }
  EXPECT_EQ(read_data("acc3a9e282acf09f9880ed9fbf").as_text()->size(), 12u);
}

TEST(Codec, MarksTextThatIsNoUtf8InsteadOfWritingIt) {
  const auto read = decode(encode({"x", "a\xff\xc3(\xc3\xa9\xed\xa0\x80", "w"}));
  ASSERT_TRUE(read.ok());
  const std::string mark = "\xef\xbf\xbd";
  EXPECT_EQ(read->data, Value("a" + mark + mark + "(\xc3\xa9" + mark + mark + mark));
}

// 2^32 - 1 values or bytes, announced by five bytes: nothing may be asked of memory for them.
TEST(Codec, RefusesSizesThatAMessageCannotHold) {
  expect_refused(decode_data("ddffffffff"), "more values than it may have");
  expect_refused(decode_data("dfffffffff"), "more values than it may have");
  expect_refused(decode_data("df80000000"), "more values than it may have");
  expect_refused(decode_data("dbffffffff"), "end is missing");
  expect_refused(decode_data("c6ffffffff"), "end is missing");
  expect_refused(decode_data("dcffff"), "more values than it may have");
}

TEST(Codec, RefusesMoreThanItsLimits) {
  const std::string four = "940a0b0c0d";
  EXPECT_TRUE(decode_data(four, {.values = 7}).ok());
  expect_refused(decode_data(four, {.values = 6}), "more values than it may have");
  EXPECT_TRUE(decode_data(four, {.bytes = 10}).ok());
  expect_refused(decode_data(four, {.bytes = 9}), "bytes are more than");
  // Keys are values, too.
  expect_refused(decode_data("820a0b0c0d", {.values = 6}), "more values than it may have");
  EXPECT_TRUE(decode_data("91919190", {.depth = 5}).ok());
  expect_refused(decode_data("91919190", {.depth = 4}), "nests too deeply");
}

TEST(Codec, DoesNotFollowAMillionListsIntoEachOther) {
  for (const char* const nest : {"91", "8191", "81c0", "81"}) {
    const std::string level = bytes_of(nest);
    std::string bytes = bytes_of("93a178");
    for (int i = 0; i < 1'000'000; ++i) bytes += level;
    expect_refused(decode(bytes), "nests too deeply");
  }
}

}  // namespace
}  // namespace swarm::proto
