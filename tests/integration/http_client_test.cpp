// The HTTP client against a server on loopback that says exactly what each test wants.
#include "worker/http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/scripted_server.h"

namespace swarm::http {
namespace {

using namespace std::chrono_literals;
using test::Reply;
using test::ScriptedServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Reply say(std::string response, bool close = false) {
  return {.pieces = {std::move(response)}, .close = close};
}

std::string ok(const std::string& body, const std::string& fields = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields +
         "\r\n" + body;
}

class HttpClient : public testing::Test {
 protected:
  Loop loop;
  std::unique_ptr<Engine> engine = std::move(Engine::create(loop, {})).value();

  std::unique_ptr<Client> client_of(const std::string& base) {
    return std::make_unique<Client>(*engine, std::move(ClientBase::create(base)).value());
  }

  // Sends it and waits for the end.
  void run(Exchange& exchange, const RequestSpec& spec) {
    ASSERT_TRUE(exchange.prepare(spec));
    exchange.start({[](void* loop_) { static_cast<Loop*>(loop_)->stop(); }, &loop});
    loop.run();
  }

  // Turns the loop until `what` holds.
  void run_until(std::function<bool()> what) {
    CallbackTimer* again = nullptr;
    CallbackTimer timer(loop, [&] { what() ? loop.stop() : again->schedule(loop.now()); });
    again = &timer;
    timer.schedule(loop.now());
    loop.run();
  }
};

TEST_F(HttpClient, KeepsItsConnectionFromRequestToRequest) {
  ScriptedServer server(loop, [](const std::string&) { return say(ok("hello")); });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  for (int i = 0; i < 3; ++i) {
    run(exchange, {.method = "GET", .url = "/a"});
    EXPECT_EQ(exchange.response().status, 200);
    EXPECT_EQ(exchange.response().body.view(), "hello");
    EXPECT_GE(exchange.ended(), exchange.started());
    EXPECT_TRUE(exchange.sent());
  }
  EXPECT_EQ(server.accepted(), 1);
  EXPECT_THAT(server.requests()[0], StartsWith("GET /a HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests()[0], HasSubstr("Host: 127.0.0.1:" + std::to_string(server.port())));
}

TEST_F(HttpClient, OpensANewConnectionWhenTheServerClosesAfterItsAnswer) {
  ScriptedServer server(
      loop, [](const std::string&) { return say(ok("x", "Connection: close\r\n"), true); });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  for (int i = 0; i < 3; ++i) {
    run(exchange, {.method = "GET", .url = "/"});
    EXPECT_EQ(exchange.response().failure, Failure::None);
  }
  EXPECT_EQ(server.accepted(), 3);
}

TEST_F(HttpClient, NoticesThatAnIdleConnectionWasClosedBeforeItSends) {
  ScriptedServer server(loop, [](const std::string&) { return say(ok("x")); });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/"});
  server.close_all();
  // What has arrived when a turn begins is served before the timers that start requests.
  CallbackTimer next_turn(loop, [&] { loop.stop(); });
  next_turn.schedule(loop.now());
  loop.run();
  run(exchange, {.method = "GET", .url = "/"});
  EXPECT_EQ(exchange.response().failure, Failure::None);
  EXPECT_EQ(server.requests().size(), 2u);
  EXPECT_EQ(server.accepted(), 2);
}

TEST_F(HttpClient, DoesNotUseAConnectionAgainWhoseEndCameWithTheAnswer) {
  ScriptedServer server(loop, [](const std::string&) { return say(ok("x"), true); });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  for (int i = 0; i < 20; ++i) {
    run(exchange, {.method = "GET", .url = "/"});
    EXPECT_EQ(exchange.response().failure, Failure::None);
    EXPECT_EQ(exchange.response().status, 200);
    run_until([&] { return server.open() == 0; });
  }
}

TEST_F(HttpClient, DoesNotUseAConnectionAgainThatCarriedMoreThanItsAnswer) {
  ScriptedServer server(loop,
                        [](const std::string&) { return say(ok("x") + "HTTP/1.1 500 No\r\n"); });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/"});
  EXPECT_EQ(exchange.response().failure, Failure::None);
  run(exchange, {.method = "GET", .url = "/"});
  EXPECT_EQ(exchange.response().status, 200);
  EXPECT_EQ(server.accepted(), 2);
}

TEST_F(HttpClient, ReadsAResponseTheSameHoweverItIsCutIntoPieces) {
  const std::vector<std::string> responses = {
      ok("hello"),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=1\r\nlo\r\n0\r\nT: "
      "1\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n" + ok("hello"),
      "HTTP/1.0 200 OK\r\n\r\nhello",
  };
  for (const std::string& whole : responses) {
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
      SCOPED_TRACE(whole.substr(0, cut));
      ScriptedServer server(loop, [&](const std::string&) {
        return Reply{.pieces = {whole.substr(0, cut), whole.substr(cut)},
                     .close = whole.starts_with("HTTP/1.0")};
      });
      auto client = client_of(server.url());
      Exchange exchange(*client);
      run(exchange, {.method = "GET", .url = "/"});
      EXPECT_EQ(exchange.response().failure, Failure::None);
      EXPECT_EQ(exchange.response().status, 200);
      EXPECT_EQ(exchange.response().body.view(), "hello");
    }
  }
}

TEST_F(HttpClient, NamesTheFailureOfAResponseThatIsCutAnywhere) {
  const std::string whole = ok("hello", "X-Field: 1\r\n");
  const std::size_t head = whole.find("\r\n\r\n") + 4;
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    SCOPED_TRACE(cut);
    ScriptedServer server(loop,
                          [&](const std::string&) { return say(whole.substr(0, cut), true); });
    auto client = client_of(server.url());
    Exchange exchange(*client);
    run(exchange, {.method = "GET", .url = "/"});
    EXPECT_EQ(exchange.response().failure, cut == 0     ? Failure::Closed
                                           : cut < head ? Failure::HeadTooShort
                                                        : Failure::BodyTooShort);
    EXPECT_TRUE(exchange.sent());
  }
}

TEST_F(HttpClient, KnowsWhereTheTimeOfARequestWent) {
  const std::string whole = ok("hello");
  ScriptedServer server(loop, [&](const std::string&) {
    return Reply{.pieces = {whole.substr(0, 20), whole.substr(20)}};
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  std::string url;
  run(exchange, {.method = "GET", .url = "/"});
  const ExchangePhases first = exchange.view(url).phases;
  EXPECT_GT(first.connect, 0ns);
  EXPECT_EQ(first.tls, 0ns);
  EXPECT_GT(first.wait, 0ns);
  EXPECT_GT(first.read, 0ns);
  EXPECT_EQ(first.resolve + first.connect + first.wait + first.read,
            exchange.ended() - exchange.started());

  run(exchange, {.method = "GET", .url = "/"});
  const ExchangePhases second = exchange.view(url).phases;
  EXPECT_EQ(second.connect, 0ns);
  EXPECT_EQ(second.wait + second.read, exchange.ended() - exchange.started());
}

TEST_F(HttpClient, CountsTimeForWhatFailedOnly) {
  std::string url;
  { url = ScriptedServer(loop, {}).url(); }
  auto client = client_of(url);
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/"});
  const ExchangePhases phases = exchange.view(url).phases;
  EXPECT_EQ(phases.resolve + phases.connect, exchange.ended() - exchange.started());
  EXPECT_EQ(phases.wait, 0ns);
}

TEST_F(HttpClient, NamesARefusedConnection) {
  std::string url;
  { url = ScriptedServer(loop, {}).url(); }
  auto client = client_of(url);
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/"});
  EXPECT_EQ(exchange.response().failure, Failure::Refused);
  EXPECT_FALSE(exchange.sent());
}

TEST_F(HttpClient, NamesAReset) {
  ScriptedServer server(loop,
                        [](const std::string&) { return Reply{.pieces = {}, .reset = true}; });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/"});
  EXPECT_EQ(exchange.response().failure, Failure::Reset);
  EXPECT_TRUE(exchange.sent());
}

TEST_F(HttpClient, GivesUpOnAServerThatIsSilentForTooLong) {
  ScriptedServer server(loop, [](const std::string&) { return Reply{}; });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/", .read_timeout = 20ms});
  EXPECT_EQ(exchange.response().failure, Failure::ReadTimedOut);
  EXPECT_GE(exchange.ended() - exchange.started(), 20ms);
  EXPECT_TRUE(exchange.sent());
}

TEST_F(HttpClient, GivesUpOnAConnectionThatIsNotMade) {
  // A listener whose backlog is full drops what comes beyond it.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
  std::vector<int> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    ::connect(fillers.back(), reinterpret_cast<sockaddr*>(&address), length);
  }
  auto client = client_of("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
  client->set_timeouts(30ms, 1s);
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/"});
  EXPECT_EQ(exchange.response().failure, Failure::ConnectTimedOut);
  EXPECT_FALSE(exchange.sent());
  for (const int filler : fillers) ::close(filler);
  ::close(listener);
}

TEST_F(HttpClient, BlamesTheGeneratorWhenDescriptorsRunOut) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizers open pipes to look at memory; test_exactness.py has the same";
#endif
  ScriptedServer server(loop, [](const std::string&) { return say(ok("x")); });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const int next = ::dup(0);
  ::close(next);
  const rlimit none{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  run(exchange, {.method = "GET", .url = "/"});
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(exchange.response().failure, Failure::OutOfDescriptors);
  EXPECT_TRUE(is_generators(exchange.response().failure));
  EXPECT_FALSE(exchange.sent());
  run(exchange, {.method = "GET", .url = "/"});
  EXPECT_EQ(exchange.response().failure, Failure::None);
}

TEST_F(HttpClient, TellsABadUrlAsAFailure) {
  Client client(*engine, nullptr);
  Exchange exchange(client);
  run(exchange, {.method = "GET", .url = "ftp://example.org/"});
  EXPECT_EQ(exchange.response().failure, Failure::BadUrl);
  EXPECT_FALSE(exchange.sent());
}

TEST_F(HttpClient, RefusesAHeaderThatWouldEndItsLine) {
  Client client(*engine, nullptr);
  Exchange exchange(client);
  const Header bad{"X", "1\r\nY: 2"};
  EXPECT_FALSE(
      exchange.prepare({.method = "GET", .url = "http://127.0.0.1/", .headers = {&bad, 1}}));
  EXPECT_FALSE(client.set_header("X", "1\n2"));
}

TEST_F(HttpClient, FollowsARedirectWithGetAndWithoutTheBody) {
  ScriptedServer server(loop, [](const std::string& request) {
    return request.starts_with("POST /form")
               ? say("HTTP/1.1 302 Found\r\nLocation: /done?x=1\r\nContent-Length: 0\r\n\r\n")
               : say(ok("done"));
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  const Header type{"Content-Type", "text/plain"};
  run(exchange, {.method = "POST", .url = "/form", .headers = {&type, 1}, .body = "a=1"});
  EXPECT_EQ(exchange.response().body.view(), "done");
  EXPECT_EQ(exchange.response().redirects, 1);
  EXPECT_EQ(exchange.url().to_string(), server.url() + "/done?x=1");
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_THAT(server.requests()[0], testing::EndsWith("\r\n\r\na=1"));
  EXPECT_THAT(server.requests()[1], StartsWith("GET /done?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests()[1], Not(HasSubstr("Content-")));
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(HttpClient, RepeatsMethodHeadersAndBodyAfterA307) {
  ScriptedServer server(loop, [](const std::string& request) {
    return request.starts_with("PUT /old")
               ? say("HTTP/1.1 307 Moved\r\nLocation: new\r\nContent-Length: 0\r\n\r\n")
               : say(ok("done"));
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  const Header mine{"X-Mine", "1"};
  run(exchange, {.method = "PUT", .url = "/old", .headers = {&mine, 1}, .body = "content"});
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_EQ(server.requests()[1].substr(server.requests()[1].find(' ') + 5),
            server.requests()[0].substr(server.requests()[0].find(' ') + 5));
  EXPECT_THAT(server.requests()[1], StartsWith("PUT /new HTTP/1.1\r\n"));
}

TEST_F(HttpClient, LeavesARedirectAloneWhenAskedTo) {
  ScriptedServer server(loop, [](const std::string&) {
    return say("HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/", .allow_redirects = false});
  EXPECT_EQ(exchange.response().status, 301);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(HttpClient, GivesUpOnRedirectsThatGoInCircles) {
  ScriptedServer server(loop, [](const std::string&) {
    return say("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/"});
  EXPECT_EQ(exchange.response().failure, Failure::TooManyRedirects);
  EXPECT_EQ(server.requests().size(), 31u);
}

TEST_F(HttpClient, SendsBackTheCookiesThatItWasGiven) {
  ScriptedServer server(loop, [](const std::string& request) {
    return request.starts_with("GET /login") ? say(ok("", "Set-Cookie: id=7; Path=/\r\n"))
                                             : say(ok("x"));
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/login"});
  run(exchange, {.method = "GET", .url = "/home"});
  EXPECT_THAT(server.requests()[0], Not(HasSubstr("Cookie")));
  EXPECT_THAT(server.requests()[1], HasSubstr("\r\nCookie: id=7\r\n"));
  client->clear_cookies();
  run(exchange, {.method = "GET", .url = "/home"});
  EXPECT_THAT(server.requests()[2], Not(HasSubstr("Cookie")));
}

TEST_F(HttpClient, SendsItsHeadersAndCredentialsWithEveryRequest) {
  ScriptedServer server(loop, [](const std::string&) { return say(ok("x")); });
  auto client = client_of(server.url());
  ASSERT_TRUE(client->set_header("X-Client", "one"));
  ASSERT_TRUE(client->set_header("x-client", "two"));
  client->set_basic_auth("user", "secret");
  Exchange exchange(*client);
  run(exchange, {.method = "GET", .url = "/"});
  EXPECT_THAT(server.requests()[0], HasSubstr("x-client: two\r\n"));
  EXPECT_THAT(server.requests()[0], Not(HasSubstr("one")));
  EXPECT_THAT(server.requests()[0], HasSubstr("Authorization: Basic dXNlcjpzZWNyZXQ=\r\n"));
}

TEST_F(HttpClient, ACancelledExchangeClosesItsConnectionAndCanBeUsedAgain) {
  ScriptedServer server(loop, [](const std::string& request) {
    return request.starts_with("GET /never") ? Reply{} : say(ok("x"));
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  ASSERT_TRUE(exchange.prepare({.method = "GET", .url = "/never"}));
  exchange.start({[](void*) { FAIL() << "a cancelled exchange calls nobody"; }, nullptr});
  run_until([&] { return server.requests().size() == 1; });
  exchange.cancel();
  EXPECT_TRUE(exchange.sent());
  run_until([&] { return server.open() == 0; });
  run(exchange, {.method = "GET", .url = "/"});
  EXPECT_EQ(exchange.response().status, 200);
}

TEST_F(HttpClient, ResolvesANameOnceForAllUsers) {
  ScriptedServer server(loop, [](const std::string&) { return say(ok("x")); });
  const std::string base = "http://localhost:" + std::to_string(server.port());
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<std::unique_ptr<Exchange>> exchanges;
  int done = 0;
  struct Count {
    int& done;
    Loop& loop;
  } count{done, loop};
  for (int i = 0; i < 5; ++i) {
    clients.push_back(client_of(base));
    exchanges.push_back(std::make_unique<Exchange>(*clients.back()));
    ASSERT_TRUE(exchanges.back()->prepare({.method = "GET", .url = "/"}));
    exchanges.back()->start({[](void* context) {
                               auto& count_ = *static_cast<Count*>(context);
                               if (++count_.done == 5) count_.loop.stop();
                             },
                             &count});
  }
  loop.run();
  for (const auto& exchange : exchanges) EXPECT_EQ(exchange->response().status, 200);
}

TEST_F(HttpClient, SendsALargeBodyWholeAndReadsALargeOne) {
  const std::string large(8'000'000, 'b');
  ScriptedServer server(loop, [&](const std::string& request) {
    const std::size_t body = request.size() - request.find("\r\n\r\n") - 4;
    return say(ok(std::to_string(body) + std::string(1'000'000, 'a')));
  });
  auto client = client_of(server.url());
  Exchange exchange(*client);
  run(exchange, {.method = "POST", .url = "/", .body = large});
  EXPECT_EQ(exchange.response().failure, Failure::None);
  EXPECT_EQ(exchange.response().body.size(), 1'000'007u);
  EXPECT_THAT(std::string(exchange.response().body.view().substr(0, 9)), "8000000aa");
}

}  // namespace
}  // namespace swarm::http
