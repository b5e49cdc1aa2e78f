#include "cli/target/conversation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace swarm::target {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr TimePoint t0{};

// A client at the other end: sends, and notes what comes back, as a connection would.
class Client {
 public:
  // Whatever is due by `now` is taken at once.
  Next send(std::string_view bytes, TimePoint now = t0) {
    return take(conversation_.receive(bytes, out_, now), now);
  }
  Next wait_until(TimePoint now) { return take(conversation_.resume(out_, now), now); }
  TimePoint due() const { return conversation_.due(); }

  std::string take_received() { return std::exchange(received_, {}); }
  Site& site() { return site_; }
  int turns() const { return turns_; }

 private:
  Next take(Next next, TimePoint now) {
    for (;; ++turns_) {
      received_ += out_.bytes();
      out_.clear();
      if (next != Next::Continue) return next;
      next = conversation_.resume(out_, now);
    }
  }

  Site site_;
  Conversation conversation_{site_};
  Outbox out_;
  std::string received_;
  int turns_ = 0;
};

std::string get(std::string_view path, std::string_view headers = "") {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: x\r\n" + std::string{headers} + "\r\n";
}

std::string post(std::string_view path, std::string_view headers, std::string_view body) {
  return "POST " + std::string{path} + " HTTP/1.1\r\nHost: x\r\n" + std::string{headers} + "\r\n" +
         std::string{body};
}

std::string answer_to(std::string_view request) {
  Client client;
  client.send(request);
  return client.take_received();
}

const std::string kSuccess =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 22\r\n\r\n"
    "Success, as requested\n";

TEST(Conversation, AnswersPipelinedRequestsInOrder) {
  Client client;
  EXPECT_EQ(client.send(get("/success") + get("/status/204") + get("/echo/3") + get("/success")),
            Next::Receive);
  const std::string received = client.take_received();
  EXPECT_THAT(received, StartsWith(kSuccess + "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK"));
  EXPECT_THAT(received, HasSubstr("/echo/3"));
  EXPECT_THAT(received, EndsWith(kSuccess));
}

// The promise of HTTP over TCP: where packets end means nothing.
TEST(Conversation, IsTheSameWhereverTheBytesAreCut) {
  const std::string bytes =
      get("/success") + "\r\n" + post("/echo", "Content-Length: 5\r\n", "hello") +
      post("/echo", "Transfer-Encoding: chunked\r\n",
           "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n") +
      post("/success", "Content-Length: 4\r\n", "GET ") + "HEAD /json/50 HTTP/1.1\nHost: x\n\n" +
      get("/stream/2") + get("/bytes/70000") + get("/close") + get("/never");
  Client whole;
  ASSERT_EQ(whole.send(bytes), Next::Close);
  const std::string expected = whole.take_received();
  ASSERT_THAT(expected, HasSubstr("\"body\":\"abcde\""));
  ASSERT_THAT(expected, EndsWith("Goodbye\n"));

  for (std::size_t cut = 1; cut < bytes.size() - get("/never").size(); ++cut) {
    Client client;
    ASSERT_EQ(client.send(std::string_view{bytes}.substr(0, cut)), Next::Receive) << cut;
    ASSERT_EQ(client.send(std::string_view{bytes}.substr(cut)), Next::Close) << cut;
    ASSERT_EQ(client.take_received(), expected) << cut;
  }
  Client trickle;
  Next next = Next::Receive;
  for (std::size_t i = 0; next == Next::Receive; ++i) next = trickle.send({&bytes[i], 1});
  EXPECT_EQ(trickle.take_received(), expected);
}

// Whatever comes, in one piece or in two: the same answers and the same end.
TEST(Conversation, TakesAnyBytesAndMeansTheSameByThemWhereverTheyAreCut) {
  const std::string good = post("/echo?a=b", "Content-Length: 5\r\nCookie: a=1; b=2\r\n", "hello") +
                           post("/echo", "Transfer-Encoding: chunked\r\n",
                                "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n") +
                           get("/cookies/set?a=1&_path=/x") +
                           get("/status/404", "Connection: close\r\n") + get("/success");
  const std::string_view bits = "\r\n :;=?&/%,0129aAfFzZ\t\x7f\xff";
  std::minstd_rand die{42};
  const auto below = [&die](std::size_t end) { return die() / 2 % end; };
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = good;
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      const std::size_t at = below(bytes.size() - 1);
      switch (below(3)) {
        case 0:
          bytes[at] = bits[below(bits.size())];
          break;
        case 1:
          bytes.insert(at, 1, bits[below(bits.size())]);
          break;
        default:
          bytes.erase(at, 1 + below(4));
          break;
      }
    }
    Client whole;
    const Next expected = whole.send(bytes);
    const std::string answers = whole.take_received();

    const std::size_t cut = below(bytes.size());
    Client halved;
    Next next = halved.send(std::string_view{bytes}.substr(0, cut));
    if (next == Next::Receive) next = halved.send(std::string_view{bytes}.substr(cut));
    ASSERT_EQ(next, expected) << bytes;
    ASSERT_EQ(halved.take_received(), answers) << bytes;
  }
}

TEST(Conversation, CountsARequestWhenItsHeadIsComplete) {
  Client client;
  const auto counted = [&client] { return client.site().find("/echo").requests; };
  const std::string head = post("/echo", "Content-Length: 5\r\n", "");
  client.send(std::string_view{head}.substr(0, head.size() - 1));
  EXPECT_EQ(counted(), 0u);
  client.send("\n");
  EXPECT_EQ(counted(), 1u);
  client.send("hello");
  EXPECT_EQ(counted(), 1u);
}

TEST(Conversation, AnswersHeadWithTheHeadOfGet) {
  for (const std::string path : {"/success", "/json/1000", "/bytes/100000", "/gzip", "/stream/3"}) {
    const std::string full = answer_to(get(path));
    const std::string head = full.substr(0, full.find("\r\n\r\n") + 4);
    EXPECT_EQ(answer_to("HEAD " + get(path).substr(4)), head) << path;
  }
}

TEST(Conversation, SaysAndMeansThatItCloses) {
  Client client;
  EXPECT_EQ(client.send(get("/success", "Connection: close\r\n")), Next::Close);
  EXPECT_THAT(client.take_received(), HasSubstr("Connection: close\r\n"));

  Client old;
  EXPECT_EQ(old.send("GET /success HTTP/1.0\r\n\r\n"), Next::Close);

  Client patient;
  EXPECT_EQ(patient.send("GET /success HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), Next::Receive);
  EXPECT_THAT(patient.take_received(), HasSubstr("Connection: keep-alive\r\n"));

  Client streamed;
  EXPECT_EQ(streamed.send("GET /stream/2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), Next::Close);
  EXPECT_THAT(streamed.take_received(), EndsWith("\r\n\r\nchunk 0\nchunk 1\n"))
      << "no chunks in 1.0";
}

TEST(Conversation, DropsWithoutAWordAndCountsIt) {
  Client client;
  EXPECT_EQ(client.send(get("/success") + get("/drop") + get("/success")), Next::Close);
  EXPECT_EQ(client.take_received(), kSuccess);
  EXPECT_EQ(client.site().find("/drop").requests, 1u);
  EXPECT_EQ(client.site().find("/success").requests, 1u);
}

TEST(Conversation, WaitsForTheDelayAndThenTakesWhatWasPipelined) {
  Client client;
  EXPECT_EQ(client.send(get("/success") + get("/delay/1.5") + get("/success")), Next::Wait);
  EXPECT_EQ(client.take_received(), kSuccess);
  EXPECT_EQ(client.due(), t0 + 1500us);

  EXPECT_EQ(client.wait_until(t0 + 1499us), Next::Wait);
  EXPECT_EQ(client.take_received(), "");

  EXPECT_EQ(client.wait_until(t0 + 1500us), Next::Receive);
  EXPECT_THAT(client.take_received(), EndsWith("At last\n" + kSuccess));
}

TEST(Conversation, SpacesTheChunksOfAStream) {
  Client client;
  EXPECT_EQ(client.send(get("/stream/2?interval_ms=10")), Next::Wait);
  EXPECT_THAT(client.take_received(), EndsWith("\r\n\r\n8\r\nchunk 0\n\r\n"));
  EXPECT_EQ(client.due(), t0 + 10ms);
  EXPECT_EQ(client.wait_until(t0 + 10ms), Next::Receive);
  EXPECT_EQ(client.take_received(), "8\r\nchunk 1\n\r\n0\r\n\r\n");
}

TEST(Conversation, GivesLongAnswersPieceByPiece) {
  Client client;
  EXPECT_EQ(client.send(get("/bytes/1000000")), Next::Receive);
  const std::string received = client.take_received();
  EXPECT_EQ(received.size() - received.find("\r\n\r\n") - 4, 1'000'000u);
  EXPECT_GE(client.turns(), 3);
}

TEST(Conversation, StopsToSendWhenManyPipelinedAnswersAreLong) {
  std::string requests;
  for (int i = 0; i < 20; ++i) requests += get("/bytes/60000");
  Client client;
  EXPECT_EQ(client.send(requests), Next::Receive);
  EXPECT_GE(client.turns(), 3);
  EXPECT_GT(client.take_received().size(), 20 * 60'000u);
}

TEST(Conversation, SendsHalfOfWhatItPromised) {
  Client client;
  EXPECT_EQ(client.send(get("/half/100")), Next::Close);
  const std::string received = client.take_received();
  EXPECT_THAT(received, HasSubstr("Content-Length: 100\r\n"));
  EXPECT_EQ(received.size() - received.find("\r\n\r\n") - 4, 50u);
}

TEST(Conversation, BidsAWaitingClientContinue) {
  const std::string head = post("/echo", "Content-Length: 2\r\nExpect: 100-continue\r\n", "");
  Client waiting;
  waiting.send(head);
  EXPECT_EQ(waiting.take_received(), "HTTP/1.1 100 Continue\r\n\r\n");
  waiting.send("hi");
  EXPECT_THAT(waiting.take_received(), StartsWith("HTTP/1.1 200 OK\r\n"));

  Client hasty;
  hasty.send(head + "h");
  EXPECT_EQ(hasty.take_received(), "");
  hasty.send("i");
  EXPECT_THAT(hasty.take_received(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(Conversation, RefusesWhatIsNoRequest) {
  Client client;
  EXPECT_EQ(client.send(get("/success") + "nonsense\r\n\r\n" + get("/success")), Next::Refuse);
  const std::string received = client.take_received();
  EXPECT_THAT(received, StartsWith(kSuccess + "HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(received, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(received, EndsWith("Refused: not a request line\n"));
  EXPECT_EQ(client.site().find("/success").requests, 1u);

  EXPECT_THAT(answer_to(post("/success", "Transfer-Encoding: chunked\r\n", "x")),
              StartsWith("HTTP/1.1 400 "));
}

TEST(Conversation, RefusesAHeadThatDoesNotEnd) {
  const std::string endless = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
  Client client;
  EXPECT_EQ(client.send(endless), Next::Receive);
  EXPECT_EQ(client.send(std::string(kMaxHeadBytes - endless.size(), 'x')), Next::Receive);
  EXPECT_EQ(client.send("x"), Next::Refuse);
  EXPECT_THAT(client.take_received(), StartsWith("HTTP/1.1 431 "));

  // Just as long, but complete.
  const std::string fits =
      endless + std::string(kMaxHeadBytes - endless.size() - 4, 'x') + "\r\n\r\n";
  EXPECT_THAT(answer_to(fits), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer_to(endless + "x" + fits.substr(endless.size())), StartsWith("HTTP/1.1 431 "));
}

TEST(Conversation, RefusesToEchoMoreThanItsLimit) {
  const std::string too_long = "Content-Length: " + std::to_string(kMaxEchoBytes + 1) + "\r\n";
  Client told;
  EXPECT_EQ(told.send(post("/echo", too_long + "Expect: 100-continue\r\n", "")), Next::Refuse);
  EXPECT_THAT(told.take_received(), StartsWith("HTTP/1.1 413 "));

  // Where the body is not wanted, any length is read over.
  Client elsewhere;
  EXPECT_EQ(elsewhere.send(post("/success", too_long, "")), Next::Receive);

  Client untold;
  const std::string block(1024 * 1024, 'x');
  Next next = untold.send(post("/echo", "Transfer-Encoding: chunked\r\n", ""));
  for (int i = 0; i < 65; ++i) {
    ASSERT_EQ(next, Next::Receive) << i;
    next = untold.send("100000\r\n" + block + "\r\n");
  }
  EXPECT_EQ(next, Next::Refuse);
  EXPECT_THAT(untold.take_received(), StartsWith("HTTP/1.1 413 "));
}

TEST(Outbox, CopiesAPreparedAnswerOnlyWhenMoreFollows) {
  const std::string prepared = "prepared";
  Outbox out;
  out.add_prepared(prepared);
  EXPECT_EQ(out.bytes().data(), prepared.data());
  out.add_prepared(prepared);
  out.text() += "!";
  EXPECT_EQ(out.bytes(), "preparedprepared!");
  out.clear();
  EXPECT_TRUE(out.empty());
}

}  // namespace
}  // namespace swarm::target
