#include "worker/report/exchange_capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace swarm::worker {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr std::string_view kRequest =
    "POST /login?token=t0p&page=2 HTTP/1.1\r\nHost: shop\r\nauthorization: Basic abc\r\n"
    "Cookie: a=1\r\nX-Key:  k3y \r\n\r\nuser=ann&PIN=1234";
constexpr std::string_view kHead =
    "HTTP/1.1 500 Oops\r\nSet-Cookie: s=1\r\nContent-Type: application/json\r\n\r\n";

ExchangeView view() {
  return {.request = kRequest,
          .url = "http://shop/login?token=t0p&page=2#top",
          .status = 500,
          .response_head = kHead,
          .response_body = R"({"pin": {"a": "}"}, "x": [1], "pinned": 1, "Pin":12})"};
}

TEST(ExchangeCapture, ShowsBothMessagesWithoutTheirSecrets) {
  const ExchangeRecord record = ExchangeCapture().record(view(), 4s, 20ms);
  EXPECT_EQ(record.at, 4s);
  EXPECT_EQ(record.took, 20ms);
  EXPECT_EQ(record.method, "POST");
  EXPECT_EQ(record.url, "http://shop/login?token=***&page=2#top");
  EXPECT_THAT(record.request_fields, ElementsAre(Pair("Host", "shop"), Pair("authorization", "***"),
                                                 Pair("Cookie", "***"), Pair("X-Key", "k3y")));
  EXPECT_EQ(record.request_body, "user=ann&PIN=1234");
  EXPECT_EQ(record.status, 500u);
  EXPECT_THAT(record.response_fields,
              ElementsAre(Pair("Set-Cookie", "***"), Pair("Content-Type", "application/json")));
  EXPECT_FALSE(record.cut);
}

TEST(ExchangeCapture, HidesWhatIsASecretByItsName) {
  ExchangeView login = view();
  login.request =
      "POST /?ACCESS-TOKEN=a&tokens=5 HTTP/1.1\r\nX-Api-Key: k\r\n\r\n"
      R"({"name": "ann", "password": "pw", "newPassword": ["pw"], "Client_Secret": 1, "secretary": 2})";
  login.url = "http://shop/?ACCESS-TOKEN=a&tokens=5";
  const ExchangeRecord record = ExchangeCapture().record(login, 4s, 20ms);
  EXPECT_EQ(record.url, "http://shop/?ACCESS-TOKEN=***&tokens=5");
  EXPECT_THAT(record.request_fields, ElementsAre(Pair("X-Api-Key", "***")));
  EXPECT_EQ(
      record.request_body,
      R"({"name": "ann", "password": "***", "newPassword": "***", "Client_Secret": "***", "secretary": 2})");
  login.request = "POST / HTTP/1.1\r\n\r\nuser=ann&password_again=pw&pwd=pw";
  EXPECT_EQ(ExchangeCapture().record(login, 4s, 20ms).request_body,
            "user=ann&password_again=***&pwd=***");
}

TEST(ExchangeCapture, KeepsWhoseItWasAndWhereItsTimeWent) {
  ExchangeView seen = view();
  seen.phases = {.connect = 1ms, .wait = 19ms};
  seen.user_class = "Buyer";
  const ExchangeRecord record = ExchangeCapture().record(seen, 4s, 20ms);
  EXPECT_EQ(record.phases, seen.phases);
  EXPECT_EQ(record.user_class, "Buyer");
}

TEST(ExchangeCapture, HidesNamesWhereverTheyStand) {
  const ExchangeRecord record = ExchangeCapture({"pin", "Token", "x-key"}).record(view(), 4s, 20ms);
  EXPECT_EQ(record.url, "http://shop/login?token=***&page=2#top");
  EXPECT_EQ(record.request_fields[3].second, "***");
  EXPECT_EQ(record.request_body, "user=ann&PIN=***");
  EXPECT_EQ(record.response_body, R"({"pin": "***", "x": [1], "pinned": 1, "Pin":"***"})");
}

// A body is looked through before it is cut, and a value that does not end ends with the text.
TEST(ExchangeCapture, HidesWhatIsCutOff) {
  ExchangeView long_one = view();
  const std::string body = R"({"a": ")" + std::string(1000, 'x') + R"(", "pin": "secret)";
  long_one.response_body = body;
  const ExchangeRecord record = ExchangeCapture({"pin"}).record(long_one, 4s, 20ms);
  EXPECT_THAT(record.response_body, Not(HasSubstr("se")));
  const std::string deep = R"([{"pin": {"b": ["secret", "secret)";
  long_one.response_body = deep;
  EXPECT_EQ(ExchangeCapture({"pin"}).record(long_one, 4s, 20ms).response_body, R"([{"pin": "***")");
}

TEST(ExchangeCapture, IsShort) {
  ExchangeView large = view();
  const std::string body(100'000, 'x');
  const std::string head = "HTTP/1.1 200 OK\r\nA: " + std::string(10'000, 'y') + "\r\nB: 1\r\n\r\n";
  large.response_body = body;
  large.response_head = head;
  const ExchangeRecord record = ExchangeCapture().record(large, 4s, 20ms);
  EXPECT_EQ(record.response_body.size(), ExchangeCapture::kMostBody);
  EXPECT_EQ(record.response_fields.size(), 1u);
  EXPECT_LE(record.response_fields[0].second.size(), ExchangeCapture::kMostFields);
  EXPECT_TRUE(record.cut);
}

TEST(ExchangeCapture, ShowsWhatIsNoHttpOrNoText) {
  const ExchangeRecord record = ExchangeCapture({"pin"}).record(
      {.request = "\xff\x01", .url = "", .response_head = "junk", .response_body = "\xff{\"pin\""},
      4s, 20ms);
  EXPECT_EQ(record.status, 0u);
  EXPECT_EQ(record.response_body, "\ufffd{\"pin\"");
}

}  // namespace
}  // namespace swarm::worker
