// The web server as hostile and clumsy clients meet it, over real sockets.

#include "master/server/web_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/recorded_feed.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

// A client that says exactly what it is told to.
class Peer {
 public:
  // `room`: bytes that may wait unread; 0: what the system gives.
  explicit Peer(std::uint16_t port, int room = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (room > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() { ::close(socket_); }

  bool connected() const { return connected_; }
  bool say(std::string_view text) const {
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  void hang_up() const { ::shutdown(socket_, SHUT_WR); }
  // All until the server ends the connection.
  std::string hear() const {
    std::string heard;
    std::array<char, 65536> piece{};
    ssize_t length = 0;
    while ((length = ::recv(socket_, piece.data(), piece.size(), 0)) > 0) {
      heard.append(piece.data(), static_cast<std::size_t>(length));
    }
    ended_ = length == 0 || errno == ECONNRESET;
    return heard;
  }
  // Until so much was heard.
  std::string hear(std::string_view end) const {
    std::string heard;
    char c = 0;
    while (!heard.ends_with(end) && ::recv(socket_, &c, 1, 0) == 1) heard += c;
    return heard;
  }
  bool ended() const { return ended_; }

 private:
  int socket_;
  bool connected_ = false;
  mutable bool ended_ = false;
};

class WebServerTest : public testing::Test {
 protected:
  void open(WebLimits limits = {}) {
    auto opened =
        WebServer::open({.host = "127.0.0.1", .port = 0, .limits = limits}, {}, run.feed());
    ASSERT_TRUE(opened.ok());
    server = std::move(*opened);
  }
  std::string ask(std::string_view text) const {
    const Peer peer{server->port()};
    peer.say(text);
    const std::string heard = peer.hear();
    EXPECT_TRUE(peer.ended());
    return heard;
  }
  // For a server of one connection: until it has let go of the one it had.
  void wait_for_place() const {
    for (int i = 0; i < 100'000; ++i) {
      const Peer next{server->port()};
      next.say("GET /worker-count HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      if (!next.hear().empty()) return;
    }
    FAIL() << "the connection was not cut off";
  }
  void expect_alive() const {
    EXPECT_THAT(ask("GET /api/v1/hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 200 OK"));
  }

  test::RecordedFeed run;
  std::unique_ptr<WebServer> server;
};

constexpr const char* kUpgrade =
    "GET /api/v1/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

TEST_F(WebServerTest, AnswersOneRequestAfterTheOther) {
  open();
  const Peer peer{server->port()};
  for (int i = 0; i < 3; ++i) {
    peer.say("GET /worker-count HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(peer.hear("{\"worker_count\":0}\n"), StartsWith("HTTP/1.1 200 OK"));
  }
}

TEST_F(WebServerTest, RefusesWhatIsNoHttp) {
  open();
  for (const char* text :
       {"\r\n\r\n\r\n\r\nhello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
        "Content-Length: 6\r\n\r\nabcdef",
        "POST /stop HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"}) {
    const Peer peer{server->port()};
    peer.say(text);
    peer.hang_up();
    const std::string heard = peer.hear();
    EXPECT_TRUE(peer.ended()) << text;
    if (!heard.empty()) {
      EXPECT_THAT(heard, StartsWith("HTTP/1.1 4")) << text;
    }
  }
  EXPECT_TRUE(run.commands.empty());
  expect_alive();
}

TEST_F(WebServerTest, RefusesWhatIsTooLong) {
  open();
  const std::string much(20'000, 'x');
  EXPECT_THAT(ask("GET /" + much + " HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nHost: x\r\nX: " + much + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(ask("POST /api/v1/start HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
  expect_alive();
}

TEST_F(WebServerTest, EndsAChunkedBodyThatDoesNot) {
  open({.body_bytes = 1000});
  const Peer peer{server->port()};
  peer.say("POST /api/v1/start HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100\r\n" + std::string(256, 'x') + "\r\n";
  for (int i = 0; i < 10; ++i) peer.say(chunk);
  EXPECT_THAT(peer.hear(), StartsWith("HTTP/1.1 413"));
}

TEST_F(WebServerTest, CutsOffWhoSaysNothingOrNotAll) {
  open({.request_time = 100ms, .answer_time = 200ms, .keep_alive = 100ms});
  for (const char* text : {"", "GET /", "GET / HTTP/1.1\r\nHost: x\r\n",
                           "POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf",
                           "GET /worker-count HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    const Peer peer{server->port()};
    peer.say(text);
    static_cast<void>(peer.hear());
    EXPECT_TRUE(peer.ended()) << text;
  }
  EXPECT_TRUE(run.commands.empty());
  expect_alive();
}

TEST_F(WebServerTest, CutsOffWhoDripsBytes) {
  open({.request_time = 200ms});
  const Peer peer{server->port()};
  // Each byte comes soon; all of them would come after minutes.
  for (int i = 0; i < 2000 && peer.say("G"); ++i) ::usleep(5000);
  static_cast<void>(peer.hear());
  EXPECT_TRUE(peer.ended());
}

TEST_F(WebServerTest, CutsOffWhoDoesNotReadItsAnswers) {
  run.offer.scenario = std::string(4'000'000, 's');
  open({.connections = 1, .request_time = 200ms, .answer_time = 300ms});
  const Peer peer{server->port(), 4096};
  for (int i = 0; i < 20; ++i) peer.say("GET /api/v1/hello HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_for_place();
}

TEST_F(WebServerTest, ServesSoManyAndNoMore) {
  open({.connections = 2});
  const Peer first{server->port()};
  const Peer second{server->port()};
  first.say("GET /worker-count HTTP/1.1\r\nHost: x\r\n\r\n");
  second.say("GET /worker-count HTTP/1.1\r\nHost: x\r\n\r\n");
  first.hear("}\n");
  second.hear("}\n");
  EXPECT_EQ(ask("GET /worker-count HTTP/1.1\r\nHost: x\r\n\r\n"), "");
}

TEST_F(WebServerTest, OpensAWebSocketForOwnPagesOnly) {
  open();
  const Peer own{server->port()};
  own.say(kUpgrade);
  EXPECT_THAT(own.hear("\r\n\r\n"), StartsWith("HTTP/1.1 101"));
  EXPECT_THAT(own.hear("\"kind\":\"stats\""), HasSubstr("\"kind\":\"hello\""));
  std::string foreign = kUpgrade;
  foreign.insert(foreign.find("Connection"), "Origin: http://evil.example\r\n");
  EXPECT_THAT(ask(foreign), StartsWith("HTTP/1.1 403"));
}

TEST_F(WebServerTest, EndsAWebSocketThatSaysTooMuch) {
  open({.message_bytes = 100});
  const Peer peer{server->port()};
  peer.say(kUpgrade);
  peer.hear("\r\n\r\n");
  // A masked text frame of 1,000 bytes.
  peer.say(std::string("\x81\xfe\x03\xe8\0\0\0\0", 8) + std::string(1000, 'x'));
  static_cast<void>(peer.hear());
  EXPECT_TRUE(peer.ended());
  expect_alive();
}

TEST_F(WebServerTest, EndsAWebSocketThatIsBroken) {
  open();
  const Peer peer{server->port()};
  peer.say(kUpgrade);
  peer.hear("\r\n\r\n");
  peer.say(std::string(14, '\xff'));  // a whole frame header
  static_cast<void>(peer.hear());
  EXPECT_TRUE(peer.ended());
  expect_alive();
}

TEST_F(WebServerTest, EndsAWebSocketThatIsNotRead) {
  run.offer.scenario = std::string(40'000'000, 's');  // more than the system keeps for a peer
  open({.connections = 1, .answer_time = 300ms});
  const Peer peer{server->port(), 4096};
  peer.say(kUpgrade);
  peer.hear("\r\n\r\n");
  wait_for_place();
}

// The run may look at what it was asked to only when the server is gone.
TEST_F(WebServerTest, GoesBeforeItsFeedAnswers) {
  std::promise<void> asked;
  std::vector<std::function<void(std::shared_ptr<const Scene>)>> unanswered;
  RunFeed slow = run.feed();
  slow.look = [&](auto done) {
    unanswered.push_back(std::move(done));
    asked.set_value();
  };
  server = std::move(*WebServer::open({.host = "127.0.0.1", .port = 0}, {}, std::move(slow)));
  const Peer watching{server->port()};
  watching.say(kUpgrade);
  asked.get_future().wait();
  server.reset();
  EXPECT_THAT(watching.hear(), StartsWith("HTTP/1.1 101"));
  EXPECT_TRUE(watching.ended());
  for (const auto& done : unanswered) done(run.scene());
}

TEST_F(WebServerTest, GoesWhileClientsAreThere) {
  open();
  const Peer idle{server->port()};
  const Peer watching{server->port()};
  watching.say(kUpgrade);
  watching.hear("\r\n\r\n");
  server.reset();
  static_cast<void>(watching.hear());
  EXPECT_TRUE(watching.ended());
}

TEST_F(WebServerTest, SaysWhyItCannotServe) {
  open();
  const auto taken = WebServer::open({.host = "127.0.0.1", .port = server->port()}, {}, run.feed());
  ASSERT_FALSE(taken.ok());
  EXPECT_THAT(taken.error().message, HasSubstr("choose another --web-port"));
  const auto nowhere = WebServer::open({.host = "no such host", .port = 0}, {}, run.feed());
  ASSERT_FALSE(nowhere.ok());
  EXPECT_THAT(nowhere.error().message, HasSubstr("--web-host"));
  const auto keyless = WebServer::open(
      {.host = "127.0.0.1", .port = 0, .certificate_file = "none", .key_file = "none"}, {},
      run.feed());
  ASSERT_FALSE(keyless.ok());
  EXPECT_THAT(keyless.error().message, HasSubstr("--tls-cert"));
}

}  // namespace
}  // namespace swarm::master
