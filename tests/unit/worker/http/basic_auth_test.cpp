#include "worker/http/basic_auth.h"

#include <gtest/gtest.h>

namespace swarm::http {
namespace {

TEST(BasicAuth, EncodesTheExamplesOfItsRfcs) {
  EXPECT_EQ(basic_auth("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(basic_auth("test", "123\xc2\xa3"), "Basic dGVzdDoxMjPCow==");
}

TEST(BasicAuth, PadsToGroupsOfFour) {
  EXPECT_EQ(basic_auth("", ""), "Basic Og==");
  EXPECT_EQ(basic_auth("a", ""), "Basic YTo=");
  EXPECT_EQ(basic_auth("a", "b"), "Basic YTpi");
  EXPECT_EQ(basic_auth("\xff\xff", "\xff\xff"), "Basic //86//8=");
}

TEST(BasicAuth, TakesTheUserinfoOfAUrl) {
  EXPECT_EQ(basic_auth_from_userinfo("user:pass"), basic_auth("user", "pass"));
  EXPECT_EQ(basic_auth_from_userinfo("u%40x:p%3Aw:d%"), basic_auth("u@x", "p:w:d%"));
  EXPECT_EQ(basic_auth_from_userinfo("user"), basic_auth("user", ""));
  EXPECT_EQ(basic_auth_from_userinfo(""), "");
}

}  // namespace
}  // namespace swarm::http
