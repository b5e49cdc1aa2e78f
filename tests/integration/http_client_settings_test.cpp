// What a client and a request may ask for beyond the ordinary: streams, time-outs, habits, headers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/scripted_server.h"
#include "worker/http/client.h"

namespace swarm::http {
namespace {

using namespace std::chrono_literals;
using test::Reply;
using test::ScriptedServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string ok(const std::string& body, const std::string& fields = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields +
         "\r\n" + body;
}

std::string moved(const std::string& where) {
  return "HTTP/1.1 302 Found\r\nLocation: " + where + "\r\nContent-Length: 0\r\n\r\n";
}

class HttpClientSettings : public testing::Test {
 protected:
  Loop loop;
  std::unique_ptr<Engine> engine = std::move(Engine::create(loop, {})).value();

  std::unique_ptr<Client> client_of(const std::string& base, const Habits& habits = kPlainHabits) {
    return std::make_unique<Client>(*engine, std::move(ClientBase::create(base, habits)).value(),
                                    habits);
  }

  Completion stops() {
    return {[](void* loop_) { static_cast<Loop*>(loop_)->stop(); }, &loop};
  }

  void run(Exchange& exchange, const RequestSpec& spec) {
    ASSERT_TRUE(exchange.prepare(spec));
    exchange.start(stops());
    loop.run();
  }

  void wait_for_body(Exchange& exchange) {
    exchange.await_body(stops());
    loop.run();
  }
};

TEST_F(HttpClientSettings, AStreamIsOverWithItsHead) {
  ScriptedServer server(loop, [](const std::string&) {
    return Reply{.pieces = {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "abc", "def"}};
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/", .stream = true});
  const TimePoint ended = exchange.ended();
  EXPECT_EQ(exchange.response().status, 200);
  EXPECT_TRUE(exchange.receiving());

  while (exchange.receiving()) wait_for_body(exchange);
  EXPECT_EQ(exchange.response().body.view(), "abcdef");
  EXPECT_EQ(exchange.ended(), ended);

  run(exchange, {.method = "GET", .url = "/"});
  EXPECT_EQ(server.accepted(), 1);  // read to its end, the connection was kept
}

TEST_F(HttpClientSettings, AStreamThatIsGivenUpClosesItsConnection) {
  ScriptedServer server(loop, [](const std::string&) {
    return Reply{.pieces = {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "abc"}};
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/", .stream = true});
  exchange.cancel();
  EXPECT_FALSE(exchange.receiving());
  EXPECT_TRUE(exchange.sent());
  run(exchange, {.method = "GET", .url = "/", .stream = true});
  EXPECT_EQ(server.accepted(), 2);
  exchange.cancel();
}

TEST_F(HttpClientSettings, AStreamThatBreaksOffFails) {
  ScriptedServer server(loop, [](const std::string&) {
    return Reply{.pieces = {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "abc"}, .close = true};
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/", .stream = true});
  while (exchange.receiving()) wait_for_body(exchange);
  EXPECT_EQ(exchange.response().failure, Failure::BodyTooShort);
  EXPECT_EQ(exchange.missing(), 3u);
}

TEST_F(HttpClientSettings, AStreamThatIsSilentTimesOutOnlyForWhoWaits) {
  ScriptedServer server(loop, [](const std::string&) {
    return Reply{.pieces = {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"}};
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/", .stream = true, .read_timeout = 10ms});
  EXPECT_TRUE(exchange.receiving());
  wait_for_body(exchange);
  EXPECT_EQ(exchange.response().failure, Failure::ReadTimedOut);
}

// What is known of a request must not outlast the settings that it was written with.
TEST_F(HttpClientSettings, ARepeatedRequestIsWrittenAsTheClientIsNow) {
  std::string last;
  ScriptedServer server(loop, [&last](const std::string& request) {
    last = request;
    return Reply{
        .pieces = {ok("x", request.starts_with("GET /login") ? "Set-Cookie: a=b\r\n" : "")}};
  });
  const auto base = std::move(ClientBase::create(server.url())).value();
  Client client(*engine, base);
  Client other(*engine, base);
  Client visitor(*engine, base);
  const auto request = [&](Client& of, std::string_view path) {
    Exchange exchange(of);
    run(exchange, {.method = "GET", .url = path});
    EXPECT_EQ(exchange.url().target(), path);
    return last;
  };
  const std::string plain = request(client, "/x");
  EXPECT_EQ(request(client, "/x"), plain);
  EXPECT_EQ(request(client, "/y").substr(6), plain.substr(6));

  client.set_basic_auth("me", "secret");
  EXPECT_THAT(request(client, "/x"), HasSubstr("\r\nAuthorization: Basic bWU6c2VjcmV0\r\n"));
  EXPECT_EQ(request(other, "/x"), plain);
  ASSERT_TRUE(other.set_header("X-Mine", "1"));
  EXPECT_THAT(request(other, "/x"), HasSubstr("\r\nX-Mine: 1\r\n"));
  ASSERT_TRUE(other.set_header("X-Mine", ""));
  EXPECT_EQ(request(other, "/x"), plain);

  request(visitor, "/login");
  EXPECT_THAT(request(visitor, "/x"), HasSubstr("\r\nCookie: a=b\r\n"));
  visitor.clear_cookies();
  EXPECT_EQ(request(visitor, "/x"), plain);

  Exchange posted(visitor);
  run(posted, {.method = "POST", .url = "/x", .body = "one"});
  run(posted, {.method = "POST", .url = "/x", .body = "another"});
  EXPECT_THAT(last, HasSubstr("Content-Length: 7\r\n\r\nanother"));
}

TEST_F(HttpClientSettings, TheRedirectsOfAStreamAreFollowedFirst) {
  ScriptedServer server(loop, [](const std::string& request) {
    return Reply{.pieces = {request.starts_with("GET /end") ? ok("end") : moved("/end")}};
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/", .stream = true});
  while (exchange.receiving()) wait_for_body(exchange);
  EXPECT_EQ(exchange.response().body.view(), "end");
}

TEST_F(HttpClientSettings, HistoryTellsEachRedirectAndItsRequest) {
  ScriptedServer server(loop, [](const std::string& request) {
    return Reply{.pieces = {request.find(" /c ") != std::string::npos   ? ok("end")
                            : request.find(" /b ") != std::string::npos ? moved("/c")
                                                                        : moved("/b")}};
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "POST", .url = "/a"});
  ASSERT_EQ(exchange.history().size(), 2u);
  EXPECT_EQ(exchange.history()[0].url, server.url() + "/a");
  EXPECT_EQ(exchange.history()[0].method, "POST");
  EXPECT_EQ(exchange.history()[1].url, server.url() + "/b");
  EXPECT_EQ(exchange.history()[1].status, 302);
  EXPECT_THAT(exchange.history()[1].head, HasSubstr("Location: /c"));
  EXPECT_GE(exchange.hop_started(), exchange.started());

  run(exchange, {.method = "GET", .url = "/c"});
  EXPECT_TRUE(exchange.history().empty());
}

TEST_F(HttpClientSettings, HabitsHoldAlsoAfterARedirect) {
  static constexpr std::array kHeaders{Header{"Accept", kOmitted}, Header{"Connection", kOmitted}};
  static constexpr Habits kHabits{.headers = kHeaders, .always_length = true};
  ScriptedServer server(loop, [](const std::string& request) {
    return Reply{
        .pieces = {request.find(" /end ") != std::string::npos
                       ? ok("end")
                       : "HTTP/1.1 307 Again\r\nLocation: /end\r\nContent-Length: 0\r\n\r\n"}};
  });
  auto client = client_of(server.url(), kHabits);
  Exchange exchange(*client);
  run(exchange, {.method = "DELETE", .url = "/"});
  ASSERT_EQ(server.requests().size(), 2u);
  for (const std::string& request : server.requests()) {
    EXPECT_THAT(request, Not(HasSubstr("Accept: ")));
    EXPECT_THAT(request, Not(HasSubstr("Connection: ")));
    EXPECT_THAT(request, HasSubstr("User-Agent: "));
    EXPECT_THAT(request, HasSubstr("Content-Length: 0\r\n"));
  }
}

TEST_F(HttpClientSettings, CookiesOfARequestWinAndAreNotKept) {
  ScriptedServer server(loop, [](const std::string& request) {
    return Reply{.pieces = {request.find(" /a ") != std::string::npos ? moved("/b") : ok("")}};
  });
  auto client = client_of(server.url());
  client->cookies().store(Cookie{.name = "n", .value = "client", .domain = {}}, WallTime{1s});
  Exchange exchange(*client);
  const std::array cookies{Cookie{.name = "n", .value = "request", .domain = {}}};
  run(exchange, {.method = "GET", .url = "/a", .cookies = cookies});
  run(exchange, {.method = "GET", .url = "/c"});
  ASSERT_EQ(server.requests().size(), 3u);
  EXPECT_THAT(server.requests()[0], HasSubstr("Cookie: n=request\r\n"));
  EXPECT_THAT(server.requests()[1], HasSubstr("Cookie: n=request\r\n"));
  EXPECT_THAT(server.requests()[2], HasSubstr("Cookie: n=client\r\n"));
}

TEST_F(HttpClientSettings, HeadersAreReplacedAllAtOnce) {
  ScriptedServer server(loop, [](const std::string&) { return Reply{.pieces = {ok("")}}; });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  const std::array first{Header{"X-A", "1"}, Header{"Accept", kOmitted}};
  ASSERT_TRUE(client->set_headers(first));
  run(exchange, {.method = "GET", .url = "/"});
  const std::array bad{Header{"X-B", "a\r\nb"}};
  EXPECT_FALSE(client->set_headers(bad));
  run(exchange, {.method = "GET", .url = "/"});
  ASSERT_TRUE(client->set_headers({}));
  run(exchange, {.method = "GET", .url = "/"});
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(server.requests()[i], HasSubstr("X-A: 1\r\n"));
    EXPECT_THAT(server.requests()[i], Not(HasSubstr("Accept: ")));
  }
  EXPECT_THAT(server.requests()[2], Not(HasSubstr("X-A")));
  EXPECT_THAT(server.requests()[2], HasSubstr("Accept: */*"));
}

TEST_F(HttpClientSettings, AUserOfAnAbsoluteUrlIsSentAsBasicAuth) {
  ScriptedServer server(loop, [](const std::string&) { return Reply{.pieces = {ok("")}}; });
  Client client(*engine, nullptr);
  Exchange exchange(client);
  const std::string url = "http://u:p@127.0.0.1:" + std::to_string(server.port()) + "/";
  run(exchange, {.method = "GET", .url = url});
  EXPECT_THAT(server.requests()[0], HasSubstr("Authorization: Basic dTpw\r\n"));
}

TEST_F(HttpClientSettings, ABadUrlIsKnownBeforeItIsSent) {
  Client client(*engine, nullptr);
  Exchange exchange(client);
  ASSERT_TRUE(exchange.prepare({.method = "GET", .url = "nonsense"}));
  EXPECT_TRUE(exchange.is_bad_url());
}

TEST_F(HttpClientSettings, WhatWasSentCanBeLookedAt) {
  ScriptedServer server(loop, [](const std::string&) { return Reply{.pieces = {ok("")}}; });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "POST", .url = "/a", .body = "content"});
  EXPECT_EQ(exchange.request(), server.requests()[0]);
}

TEST_F(HttpClientSettings, TheSameCaFileIsTheSameTrust) {
  EXPECT_FALSE(engine->trust_file("/nowhere.pem"));
  EXPECT_EQ(trust_if(true), Trust::Engine);
  EXPECT_EQ(trust_if(false), Trust::Anybody);
}

// A scenario that computes before its request in the same turn must not be told that the target was
// slow.
TEST_F(HttpClientSettings, TheTimeoutCountsFromTheRequestAndNotFromTheTurn) {
  ScriptedServer server(loop, [](const std::string&) { return Reply{.pieces = {ok("")}}; });
  const auto client = client_of(server.url());
  Exchange exchange(*client);
  CallbackTimer busy(loop, [&] {
    while (read_clock() < loop.now() + 400ms) continue;
    ASSERT_TRUE(exchange.prepare({.method = "GET", .url = "/", .read_timeout = 300ms}));
    exchange.start(stops());
  });
  busy.schedule(loop.now());
  loop.run();
  EXPECT_EQ(exchange.response().failure, Failure::None);
}

}  // namespace
}  // namespace swarm::http
