#include "common/value.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <type_traits>

namespace swarm {
namespace {

TEST(Value, IsNilUntilItIsSomething) {
  EXPECT_TRUE(Value().is_nil());
  EXPECT_EQ(Value(), Value(Value::Nil{}));
  EXPECT_FALSE(Value(false).is_nil());
}

TEST(Value, GivesWhatItIsAndNothingElse) {
  const Value text("words");
  ASSERT_NE(text.as_text(), nullptr);
  EXPECT_EQ(*text.as_text(), "words");
  EXPECT_EQ(text.as_bytes(), nullptr);
  EXPECT_EQ(text.as_int(), nullptr);
  EXPECT_EQ(text.find("words"), nullptr);
  EXPECT_EQ(Value(1).as_bool(), nullptr);
  EXPECT_EQ(Value(true).as_int(), nullptr);
  EXPECT_EQ(Value(1.0).as_int(), nullptr);
  EXPECT_EQ(Value(1).as_double(), nullptr);
}

TEST(Value, KeepsEqualWholeNumbersEqual) {
  EXPECT_EQ(Value(std::uint64_t{7}), Value(7));
  EXPECT_EQ(Value(7u), Value(std::int64_t{7}));
  EXPECT_EQ(Value(std::uint64_t{INT64_MAX}), Value(std::int64_t{INT64_MAX}));
  const Value big(std::uint64_t{1} << 63);
  EXPECT_EQ(big.as_int(), nullptr);
  ASSERT_NE(big.as_big(), nullptr);
  EXPECT_EQ(*big.as_big(), std::uint64_t{1} << 63);
  EXPECT_NE(Value(1), Value(1.0));
}

TEST(Value, TellsTextFromBytes) { EXPECT_NE(Value("a"), Value(Value::Bytes{"a"})); }

TEST(Value, SetsAndFindsTextKeysOfAMap) {
  Value map{Value::Map{}};
  map.set("a", 1);
  map.set("b", "two");
  map.set("a", Value::Array{Value(), true});
  ASSERT_EQ(map.as_map()->size(), 2u);
  EXPECT_EQ(map.as_map()->front().key, Value("a"));
  ASSERT_NE(map.find("a"), nullptr);
  EXPECT_EQ(*map.find("a"), Value(Value::Array{Value(), true}));
  EXPECT_EQ(map.find("c"), nullptr);
}

TEST(Value, HasMapsWithKeysOfAnyKind) {
  const Value map{Value::Map{{150, 1}, {Value(), 2}, {"150", 3}}};
  ASSERT_NE(map.find("150"), nullptr);
  EXPECT_EQ(*map.find("150"), Value(3));
  EXPECT_NE(map, Value(Value::Map{{Value(), 2}, {150, 1}, {"150", 3}}));
}

TEST(Value, ComparesWhatItHolds) {
  const Value nested{Value::Array{1, Value::Map{{"k", Value::Array{"v"}}}}};
  Value other = nested;
  EXPECT_EQ(other, nested);
  other.as_array()->back().set("k", 2);
  EXPECT_NE(other, nested);
}

// A pointer must not become true behind somebody's back.
static_assert(!std::is_convertible_v<void*, Value>);

}  // namespace
}  // namespace swarm
