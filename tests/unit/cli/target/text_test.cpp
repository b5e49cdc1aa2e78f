#include "cli/target/text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace swarm::target {
namespace {

using namespace std::chrono_literals;

TEST(PercentDecoded, TakesEscapesAndLeavesWhatIsNone) {
  EXPECT_EQ(percent_decoded("a%20b%2fc+d"), "a b/c+d");
  EXPECT_EQ(percent_decoded("100%"), "100%");
  EXPECT_EQ(percent_decoded("%4"), "%4");
  EXPECT_EQ(percent_decoded("%zz%4z"), "%zz%4z");
}

TEST(Parameters, AreFoundByName) {
  EXPECT_EQ(find_parameter("a=1&&b=x=y&c", "b"), "x=y");
  EXPECT_EQ(find_parameter("a=1&&b=x=y&c", "c"), "");
  EXPECT_EQ(find_parameter("a=1", "b"), std::nullopt);
}

TEST(Numbers, AreTakenWholeAndWithinTheirRange) {
  EXPECT_EQ(number_in("200", 200, 599), 200u);
  EXPECT_EQ(number_in("199", 200, 599), std::nullopt);
  EXPECT_EQ(number_in("600", 200, 599), std::nullopt);
  EXPECT_EQ(number_in("", 0, 1), std::nullopt);
  EXPECT_EQ(number_in("1x", 0, 1), std::nullopt);
  EXPECT_EQ(number_in("-1", 0, 1), std::nullopt);
  EXPECT_EQ(milliseconds_in("1.5"), 1500us);
  EXPECT_EQ(milliseconds_in("0"), 0ns);
  EXPECT_EQ(milliseconds_in("-1"), std::nullopt);
  EXPECT_EQ(milliseconds_in("nan"), std::nullopt);
  EXPECT_EQ(milliseconds_in("1e9"), std::nullopt);
}

TEST(Base64, PadsToFour) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("\xff\xfe\xfd\xfc"), "//79/A==");
}

TEST(Json, HoldsAnyBytes) {
  std::string every;
  for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
  std::string text;
  append_json(text, every);
  // Latin-1: the byte is the code point.
  const auto decoded = nlohmann::json::parse(text).get<std::string>();
  std::string expected;
  for (int c = 0; c < 256; ++c) {
    if (c >= 0x80) expected += static_cast<char>(0xc0 | c >> 6);
    expected += static_cast<char>(c < 0x80 ? c : 0x80 | (c & 0x3f));
  }
  EXPECT_EQ(decoded, expected);
}

TEST(Json, LeavesUtf8AsItIs) {
  std::string text;
  append_json(text, "caf\xc3\xa9 \"x\"");
  EXPECT_EQ(text, "\"caf\xc3\xa9 \\\"x\\\"\"");
}

}  // namespace
}  // namespace swarm::target
