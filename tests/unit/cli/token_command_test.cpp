#include "cli/token_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "proto/token.h"

namespace swarm {
namespace {

using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

struct Said {
  int code = 0;
  std::string out;
  std::string error;
};

Said run(std::initializer_list<const char*> words) {
  const std::vector<const char*> args{words};
  CaptureStdout();
  CaptureStderr();
  const int code = token_main(args);
  return {code, GetCapturedStdout(), GetCapturedStderr()};
}

TEST(TokenCommand, PrintsANewTokenAloneOnItsLine) {
  const Said one = run({}), other = run({});
  EXPECT_EQ(one.code, 0);
  EXPECT_EQ(one.error, "");
  EXPECT_EQ(one.out.find('\n'), one.out.size() - 1);
  EXPECT_TRUE(proto::Token::parse(one.out).ok());
  EXPECT_NE(one.out, other.out);
}

TEST(TokenCommand, Helps) {
  for (const char* word : {"--help", "-h"}) {
    const Said help = run({word});
    EXPECT_EQ(help.code, 0);
    EXPECT_THAT(help.out, HasSubstr("Usage: swarm token"));
  }
}

TEST(TokenCommand, TakesNothingElse) {
  const Said refused = run({"--length"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(refused.error,
            "swarm: error: swarm token: unrecognized argument '--length'. See 'swarm token "
            "--help'\n");
}

}  // namespace
}  // namespace swarm
