#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "swarm/http.h"

namespace swarm {
namespace {

std::string text(const Headers& headers) {
  std::string out;
  for (const Header& header : headers) {
    out.append(header.name).append("=").append(header.value).append(";");
  }
  return out;
}

TEST(Headers, HoldUpToEightInPlace) {
  EXPECT_EQ(text({}), "");
  EXPECT_EQ(text({{"A", "1"}}), "A=1;");
  EXPECT_EQ(text({{"A", "1"}, {"B", ""}}), "A=1;B=;");
  const Headers eight{{"A", "1"}, {"B", "2"}, {"C", "3"}, {"D", "4"},
                      {"E", "5"}, {"F", "6"}, {"G", "7"}, {"H", "8"}};
  EXPECT_EQ(text(eight), "A=1;B=2;C=3;D=4;E=5;F=6;G=7;H=8;");
  Headers copy;
  copy = eight;
  EXPECT_EQ(text(copy), text(eight));
}

TEST(Headers, LookAtAnyNumberElsewhere) {
  std::vector<Header> many(20, Header{"A", "1"});
  const Headers headers(many);
  EXPECT_EQ(headers.size(), 20u);
  EXPECT_EQ(headers.begin(), many.data());
}

TEST(Headers, MayBeConstants) {
  constexpr Headers kNone;
  constexpr RequestArgs kArgs{.name = "x", .headers = {{"A", "1"}, {"B", "2"}}};
  constexpr Headers kCopy = kArgs.headers;
  static_assert(kNone.size() == 0);
  static_assert(kCopy.size() == 2 && kCopy.begin()[1].value == "2");
  EXPECT_EQ(text(kCopy), "A=1;B=2;");
}

}  // namespace
}  // namespace swarm
