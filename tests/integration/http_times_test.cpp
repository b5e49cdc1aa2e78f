// What the HTTP client measures while its loop is late: what was the target's, and no more.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/busy.h"
#include "tests/support/scripted_server.h"
#include "worker/http/client.h"

namespace swarm::http {
namespace {

using namespace std::chrono_literals;
using test::be_busy;
using test::Reply;
using test::ScriptedServer;

Reply say(std::string response) { return {.pieces = {std::move(response)}}; }

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class HttpTimes : public testing::Test {
 protected:
  Loop loop;
  std::unique_ptr<Engine> engine = std::move(Engine::create(loop, {})).value();

  std::unique_ptr<Client> client_of(const std::string& base) {
    return std::make_unique<Client>(*engine, std::move(ClientBase::create(base)).value());
  }

  void start(Exchange& exchange, const std::string& url) {
    ASSERT_TRUE(exchange.prepare({.method = "GET", .url = url}));
    exchange.start({[](void* loop_) { static_cast<Loop*>(loop_)->stop(); }, &loop});
  }
  void run(Exchange& exchange, const std::string& url) {
    start(exchange, url);
    loop.run();
  }
  // The kernel begins to stamp what arrives a moment after it was asked to.
  void run_until_stamped(Exchange& exchange, const std::string& url) {
    do {
      run(exchange, url);
    } while (!engine->arrivals().stamped());
  }
};

// A response that waited for the loop: the server, which is on the same one, was busy after it had
// sent it.
TEST_F(HttpTimes, MeasuresUntilTheResponseHadCome) {
  TimePoint sent;
  ScriptedServer server(loop, [&](auto&) {
    Reply reply = say(ok("late"));
    reply.after = [&] { sent = read_clock(), be_busy(6ms); };
    return reply;
  });
  const auto client = client_of(server.url());
  Exchange exchange(*client);
  run_until_stamped(exchange, "/");
  EXPECT_EQ(exchange.response().body.view(), "late");
  EXPECT_LT(exchange.ended(), sent + 3ms);
  EXPECT_GT(exchange.ended(), exchange.started());
}

// The handshake is the kernel's, which a busy machine may keep from it for some milliseconds.
TEST_F(HttpTimes, DoesNotMeasureHowLateItSeesThatItIsConnected) {
  ScriptedServer server(loop, [](auto&) { return say(ok("")); });
  const auto client = client_of(server.url());
  Exchange exchange(*client);
  start(exchange, "/");
  const TimePoint asked = read_clock();
  be_busy(80ms);
  loop.run();
  EXPECT_LE(exchange.started(), asked);
  EXPECT_LT(exchange.ended() - exchange.started(), read_clock() - asked - 40ms);
  EXPECT_GT(exchange.ended(), exchange.started());
}

TEST_F(HttpTimes, DoesNotMeasureHowLateItFollowsARedirect) {
  ScriptedServer server(loop, [](const std::string& request) {
    if (request.starts_with("GET /new ")) return say(ok(""));
    Reply reply = say("HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n");
    reply.after = [] { be_busy(6ms); };
    return reply;
  });
  const auto client = client_of(server.url());
  Exchange exchange(*client);
  run_until_stamped(exchange, "/new");
  const TimePoint asked = read_clock();
  run(exchange, "/old");
  ASSERT_EQ(exchange.history().size(), 1u);
  const Duration late = read_clock() - asked - 3ms;
  EXPECT_LT(exchange.history()[0].took, late);
  EXPECT_LT(exchange.ended() - exchange.started(), late);
}

}  // namespace
}  // namespace swarm::http
