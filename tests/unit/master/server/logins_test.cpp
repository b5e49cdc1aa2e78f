#include "master/server/logins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "master/server/passwords.h"

namespace swarm::master {
namespace {

using enum Logins::Outcome::Kind;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr TimePoint t0{};

class LoginsTest : public testing::Test {
 protected:
  Logins logins{{{"ann", "right"}, {"bob", "other"}},
                [this](const std::string& hash, const std::string& word) {
                  ++verified;
                  return hash == word;
                },
                [this] { return std::to_string(++keys); }};
  int verified = 0;
  int keys = 0;
};

TEST_F(LoginsTest, AdmitWhoKnowsThePassword) {
  const auto outcome = logins.log_in("peer", "ann", "right", t0);
  ASSERT_EQ(outcome.kind, Admitted);
  EXPECT_TRUE(logins.admits("swarm_session=" + outcome.session, t0));
  EXPECT_TRUE(logins.admits("a=b; swarm_session=" + outcome.session + "; c=d", t0 + 11h));
}

TEST_F(LoginsTest, AdmitNobodyElse) {
  EXPECT_EQ(logins.log_in("peer", "ann", "other", t0).kind, Wrong);
  EXPECT_EQ(logins.log_in("peer", "ann", "", t0).kind, Wrong);
  EXPECT_EQ(logins.log_in("peer", "eve", "right", t0).kind, Wrong);
  for (const char* cookie : {"", "swarm_session=", "swarm_session=1", "other=1", "swarm_session"}) {
    EXPECT_FALSE(logins.admits(cookie, t0)) << cookie;
  }
}

TEST_F(LoginsTest, TakeAsLongForAnUnknownName) {
  static_cast<void>(logins.log_in("peer", "eve", "x", t0));
  EXPECT_EQ(verified, 1);
}

TEST_F(LoginsTest, EndAfterTheirLife) {
  const auto cookie = "swarm_session=" + logins.log_in("peer", "ann", "right", t0).session;
  EXPECT_TRUE(logins.admits(cookie, t0 + Logins::kLife - 1s));
  EXPECT_FALSE(logins.admits(cookie, t0 + Logins::kLife));
}

TEST_F(LoginsTest, EndWithTheLogOut) {
  const auto first = "swarm_session=" + logins.log_in("peer", "ann", "right", t0).session;
  const auto second = "swarm_session=" + logins.log_in("peer", "ann", "right", t0).session;
  logins.log_out(first);
  EXPECT_FALSE(logins.admits(first, t0));
  EXPECT_TRUE(logins.admits(second, t0));
}

TEST_F(LoginsTest, RefuseAnAddressThatTriesTooOften) {
  for (std::uint32_t i = 0; i < Logins::kTries; ++i) {
    EXPECT_EQ(logins.log_in("peer", "ann", "wrong", t0).kind, Wrong);
  }
  EXPECT_EQ(logins.log_in("peer", "ann", "right", t0 + 59s).kind, TooMany);
  EXPECT_EQ(logins.log_in("another", "ann", "right", t0).kind, Admitted);
  EXPECT_EQ(logins.log_in("peer", "ann", "right", t0 + Logins::kWindow).kind, Admitted);
}

TEST_F(LoginsTest, CostNothingToWhoIsRefused) {
  for (int i = 0; i < 100; ++i) static_cast<void>(logins.log_in("peer", "ann", "wrong", t0));
  EXPECT_EQ(verified, static_cast<int>(Logins::kTries));
}

TEST_F(LoginsTest, RefuseAllWhenManyAddressesTry) {
  for (std::uint32_t i = 0; i < Logins::kTriesOfAll; ++i) {
    static_cast<void>(logins.log_in(std::to_string(i), "ann", "wrong", t0));
  }
  EXPECT_EQ(logins.log_in("new", "ann", "right", t0).kind, TooMany);
}

TEST_F(LoginsTest, RememberNoMoreSessionsThanThereMayBe) {
  const auto first = "swarm_session=" + logins.log_in("peer", "ann", "right", t0).session;
  for (std::size_t i = 0; i < Logins::kMostSessions; ++i) {
    static_cast<void>(logins.log_in("peer", "ann", "right", t0 + 1s));
  }
  EXPECT_FALSE(logins.admits(first, t0));
}

TEST(LoginCookie, IsForThisSiteAndNoScript) {
  EXPECT_THAT(Logins::cookie("k", "/load", false),
              HasSubstr("swarm_session=k; Path=/load/; HttpOnly; SameSite=Strict; Max-Age="));
  EXPECT_THAT(Logins::cookie("k", "", false), Not(HasSubstr("Secure")));
  EXPECT_THAT(Logins::cookie("k", "", true), HasSubstr("; Secure"));
  EXPECT_THAT(Logins::cookie("", "", false), HasSubstr("Max-Age=0"));
}

TEST(Passwords, AreKnownByTheirHash) {
  const auto hash = hash_password("correct horse");
  ASSERT_TRUE(hash.ok());
  EXPECT_TRUE(is_password(*hash, "correct horse"));
  EXPECT_FALSE(is_password(*hash, "correct horsf"));
  EXPECT_FALSE(is_password("", ""));
  EXPECT_FALSE(is_password(std::string(500, '$'), "x"));
  EXPECT_NE(*hash, *hash_password("correct horse"));
}

TEST(Users, AreReadFromLines) {
  const auto users = parse_users("# who\nann:$argon2id$a\r\n\nb b:$argon2id$b:c\n");
  ASSERT_TRUE(users.ok());
  EXPECT_EQ(*users, (UserHashes{{"ann", "$argon2id$a"}, {"b b", "$argon2id$b:c"}}));
  for (const char* text : {"", "#\n", "ann", "ann:secret", ":$argon2id$a"}) {
    EXPECT_FALSE(parse_users(text).ok()) << text;
  }
}

TEST(Keys, AreNeverTheSame) {
  EXPECT_EQ(random_key().size(), 64u);
  EXPECT_NE(random_key(), random_key());
}

}  // namespace
}  // namespace swarm::master
