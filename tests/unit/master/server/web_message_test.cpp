#include "master/server/web_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "master/server/start_request.h"

namespace swarm::master {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(PercentCoding, IsDecodedOrRefused) {
  std::string text;
  EXPECT_TRUE(decode_percent("/a%20b%2Fc%c3%a4", text));
  EXPECT_EQ(text, "/a b/c\xc3\xa4");
  for (const char* wrong : {"%", "%4", "%4g", "%g4", "a%00b"}) {
    EXPECT_FALSE(decode_percent(wrong, text)) << wrong;
  }
}

TEST(Form, IsDecoded) {
  EXPECT_THAT(decode_form("a=1&b=x+y%26z&a=2&c&=3&d=%zz&&e="),
              ElementsAre(Pair("a", "1"), Pair("a", "2"), Pair("b", "x y&z"), Pair("c", ""),
                          Pair("e", "")));
  EXPECT_THAT(decode_form(""), IsEmpty());
}

TEST(StartForm, IsLocusts) {
  const auto start = start_of_form(decode_form(
      "user_count=10&spawn_rate=0.5&host=<http://x>&run_time=&user_classes=A&user_classes=B&"
      "shape_class=Default&region=eu&region=us"));
  ASSERT_TRUE(start.ok());
  EXPECT_EQ(start->users, 10u);
  EXPECT_EQ(start->users_per_s, 0.5);
  EXPECT_EQ(start->host, "http://x");
  EXPECT_FALSE(start->run_time);
  EXPECT_THAT(*start->classes, ElementsAre("A", "B"));
  EXPECT_THAT(start->options, ElementsAre(Pair("region", ElementsAre("eu", "us"))));
  for (const char* form :
       {"user_count=0&spawn_rate=1", "user_count=1e99&spawn_rate=1", "user_count=1&spawn_rate=nan",
        "user_count=1&spawn_rate=inf", "user_count=-1&spawn_rate=1", "user_count=1&spawn_rate=0"}) {
    EXPECT_FALSE(start_of_form(decode_form(form)).ok()) << form;
  }
}

TEST(StartObject, IsCheckedKeyByKey) {
  const auto start = start_of_json(
      R"({"users":3,"hatch_rate":1,"run_time":"2m","options":{"a":"x","b":true,"c":[1,"y"],"d":null},
          "classes":null,"shape":null})");
  ASSERT_TRUE(start.ok());
  EXPECT_EQ(start->run_time, "2m");
  EXPECT_FALSE(start->classes);
  EXPECT_THAT(start->options,
              ElementsAre(Pair("a", ElementsAre("x")), Pair("b", ElementsAre("true")),
                          Pair("c", ElementsAre("1", "y")), Pair("d", IsEmpty())));
  for (const char* text :
       {"", "[]", "5", "{\"users\":-1}", "{\"users\":1.5}", "{\"users\":99999999999}",
        "{\"hatch_rate\":0}", "{\"hatch_rate\":\"1\"}", "{\"host\":5}", "{\"run_time\":-1}",
        "{\"classes\":\"A\"}", "{\"options\":[]}", "{\"teapot\":1}"}) {
    EXPECT_FALSE(start_of_json(text).ok()) << text;
  }
}

TEST(ChangeObject, NamesAClass) {
  const auto change = change_of_json(R"({"user_class_name":"A","weight":0.5,"fixed_count":2})");
  ASSERT_TRUE(change.ok());
  EXPECT_EQ(change->user_class, "A");
  EXPECT_EQ(change->weight, 0.5);
  EXPECT_EQ(change->fixed_count, 2u);
  for (const char* text :
       {"", "{}", R"({"user_class_name":5})", R"({"user_class_name":"A","weight":-1})",
        R"({"user_class_name":"A","tasks":[]})"}) {
    EXPECT_FALSE(change_of_json(text).ok()) << text;
  }
}

TEST(Refusal, IsOneJsonObject) {
  EXPECT_THAT(refusal(400, "a \"b\"").body, HasSubstr(R"({"error":"a \"b\""})"));
}

}  // namespace
}  // namespace swarm::master
