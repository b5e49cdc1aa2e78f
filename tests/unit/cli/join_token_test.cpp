#include "cli/join_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/fake_surroundings.h"

namespace swarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kFile = "/home/me/swarm.token";

class JoinToken : public testing::Test {
 protected:
  // The token's text, "none", or what is wrong.
  std::string token(const std::string& file = "") {
    const auto token = join_token(file, world_.get());
    if (!token) return token.error().message;
    return *token ? (*token)->text() : "none";
  }

  const std::string one_ = proto::Token::make().text();
  const std::string other_ = proto::Token::make().text();
  test::FakeSurroundings world_;
};

TEST_F(JoinToken, IsNotNeeded) {
  EXPECT_EQ(token(), "none");
  world_.variables["SWARM_JOIN_TOKEN"] = "";
  EXPECT_EQ(token(), "none");
}

TEST_F(JoinToken, IsThatOfTheFileBeforeTheEnvironment) {
  world_.variables["SWARM_JOIN_TOKEN"] = one_;
  EXPECT_EQ(token(), one_);
  world_.files[kFile] = other_ + "\n";
  EXPECT_EQ(token(kFile), other_);
}

TEST_F(JoinToken, SaysWhatToDoAboutAFileWithoutOne) {
  world_.variables["SWARM_JOIN_TOKEN"] = one_;
  EXPECT_EQ(token(kFile),
            "argument --join-token-file: there is no '/home/me/swarm.token'; make one with: swarm "
            "token > FILE");
  world_.files[kFile] = " \n";
  EXPECT_EQ(token(kFile),
            "argument --join-token-file: '/home/me/swarm.token' is empty; make one with: swarm "
            "token > FILE");
  world_.unreadable.insert(kFile);
  EXPECT_EQ(token(kFile),
            "argument --join-token-file: cannot read '/home/me/swarm.token': Permission denied");
}

TEST_F(JoinToken, ThatIsNoneIsNotRepeatedInTheRefusal) {
  const std::string secret = "correct-horse";
  world_.files[kFile] = secret;
  EXPECT_THAT(token(kFile), AllOf(HasSubstr("argument --join-token-file: '/home/me/swarm.token': "),
                                  Not(HasSubstr(secret))));
  world_.variables["SWARM_JOIN_TOKEN"] = secret;
  EXPECT_THAT(token(), AllOf(HasSubstr("SWARM_JOIN_TOKEN: "), Not(HasSubstr(secret))));
}

}  // namespace
}  // namespace swarm
