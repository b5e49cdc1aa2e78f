#include "proto/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarm::proto {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

constexpr auto kSome = "swarm-abcdefgh-ijklmnop-qrstuvwx-yz234567";

std::string refusal(std::string_view text) {
  const auto token = Token::parse(text);
  return token ? "" : token.error().message;
}

TEST(Token, IsPrintedAsOneWordAndReadBack) {
  const Token token = Token::make();
  EXPECT_THAT(token.text(), MatchesRegex("swarm(-[a-z2-7]{8}){4}"));
  EXPECT_EQ(Token::parse(token.text()).value().text(), token.text());
  EXPECT_EQ(Token::parse(" \n" + token.text() + "\r\n").value().text(), token.text());
}

TEST(Token, IsAnotherOneEachTime) { EXPECT_NE(Token::make().text(), Token::make().text()); }

TEST(Token, IsReadWithoutItsDashesAndInCapitals) {
  EXPECT_EQ(Token::parse("SWARM-ABCDEFGHijklmnopqrstuvwxyz234567").value().text(), kSome);
}

TEST(Token, RefusesWhatIsNone) {
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal(" \n"), HasSubstr("empty"));
  EXPECT_THAT(refusal("password"), HasSubstr("begins with 'swarm-'"));
  EXPECT_THAT(refusal("swarm-abcdefgh-ijklmnop-qrstuvwx-yz23456!"), HasSubstr("misspelt"));
  EXPECT_THAT(refusal("swarm-abcdefgh ijklmnop-qrstuvwx-yz234567"), HasSubstr("misspelt"));
  EXPECT_THAT(refusal("swarm-abcdefgh-ijklmnop-qrstuvwx-yz23456"), HasSubstr("misspelt"));
  EXPECT_THAT(refusal("swarm-" + std::string(1000, 'a') + "bcdefghi"), HasSubstr("too long"));
}

TEST(Token, RefusesWhatIsNotSecret) {
  EXPECT_THAT(refusal("swarm-abcdefgh-ijklmnop"), HasSubstr("too short"));
  EXPECT_THAT(refusal("swarm-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa"), HasSubstr("too short"));
}

// Whoever joins with another version of swarm must derive the same keys.
TEST(Token, GivesTheSameKeysForEver) {
  const Token token = Token::parse(kSome).value();
  EXPECT_EQ(token.master_keys().public_key, "8/+KroAfcwgI<c7htdSe(C.B%-V2ErjFPR9&NSP%");
  EXPECT_EQ(token.worker_keys().public_key, "e9JqG<MT6QryE!RVugKPyZlnU>V3^ITxU*8dRHyM");
}

TEST(Token, GivesPairsThatAreApart) {
  const Token token = Token::parse(kSome).value();
  const auto master = token.master_keys();
  const auto worker = token.worker_keys();
  EXPECT_EQ(master.public_key.size(), 40u);
  EXPECT_EQ(master.secret_key.size(), 40u);
  EXPECT_NE(master.secret_key, worker.secret_key);
  EXPECT_NE(master.secret_key, Token::make().master_keys().secret_key);
}

}  // namespace
}  // namespace swarm::proto
