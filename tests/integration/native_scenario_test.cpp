// Users written in C++, on a real loop, against a server on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <stdexcept>
#include <thread>

#include "swarm/swarm.h"
#include "tests/support/allocations.h"
#include "tests/support/fake_host.h"
#include "tests/support/scripted_server.h"
#include "worker/native/runtime.h"

namespace swarm {
namespace {

using namespace std::chrono_literals;
using test::FakeHost;
using test::Reply;
using test::ScriptedServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

Reply say(const std::string& body, const std::string& status = "200 OK") {
  return {.pieces = {"HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
                     "\r\n\r\n" + body}};
}

// What the tests' users do, as functions, since each test wants something else.
struct Script {
  std::function<Task<>(HttpUser&)> on_start;
  std::function<Task<>(HttpUser&)> task;
  std::function<Task<>(HttpUser&)> on_stop;
};
Script script;

class Scripted : public HttpUser {
 public:
  Task<> on_start() override {
    if (script.on_start) co_await script.on_start(*this);
  }
  Task<> on_stop() override {
    if (script.on_stop) co_await script.on_stop(*this);
  }
};

class NativeUsers : public testing::Test {
 protected:
  NativeUsers() {
    script = {};
    definition.name = "Scripted";
    definition.wait_time = constant(0s);
    definition.create = [] { return std::make_unique<Scripted>(); };
    definition.tasks.push_back(
        {"task", 1, [](User& user) { return script.task(static_cast<HttpUser&>(user)); }});
    host.on_ended = [this] {
      if (host.ended.size() == expected) loop.stop();
    };
  }

  void aim_at(const std::string& url) {
    detail::ClassRuntime user_class;
    user_class.definition = &definition;
    user_class.wait_time = worker::WaitTime::constant(wait);
    user_class.total_weight = 1;
    user_class.base = std::move(http::ClientBase::create(url)).value();
    runtime.emplace(host, std::move(http::Engine::create(loop, {})).value(),
                    std::vector{user_class});
  }

  void spawn(std::size_t count = 1) {
    expected = count;
    for (std::uint64_t id = 1; id <= count; ++id) runtime->spawn({id}, runtime->classes()[0]);
  }

  Loop loop;
  FakeHost host{loop};
  detail::NativeClass definition;
  Duration wait{};
  std::size_t expected = 1;  // users whose end ends the loop
  std::optional<detail::Runtime> runtime;
};

TEST_F(NativeUsers, CountARequestWhenItsResponseGoesOutOfScope) {
  ScriptedServer server(loop, [](const std::string& request) {
    return request.starts_with("GET /missing") ? say("", "404 Not Found") : say("fine");
  });
  aim_at(server.url());
  std::uint64_t seen_while_held = 99;
  script.task = [&](HttpUser& user) -> Task<> {
    co_await user.client.get("/fine");
    auto held = co_await user.client.get("/held", {.name = "held"});
    seen_while_held = host.samples;
    EXPECT_EQ(held.text(), "fine");
    EXPECT_EQ(held.status(), 200);
    held.fail("not to my liking");
    auto forgiven = co_await user.client.get("/missing");
    forgiven.succeed();
    co_await user.client.get("/missing");
    user.stop();
  };
  spawn();
  loop.run();
  EXPECT_EQ(seen_while_held, 1u);
  EXPECT_EQ(host.samples, 4u);
  EXPECT_THAT(host.errors, ElementsAre(Pair("404 Not Found", 1), Pair("not to my liking", 1)));
  EXPECT_THAT(host.exceptions, IsEmpty());
}

TEST_F(NativeUsers, KeepTheExchangesOfTheirFailuresOnly) {
  ScriptedServer server(loop, [](const std::string& request) {
    return request.starts_with("POST /missing") ? say("no such page", "404 Not Found")
                                                : say("fine");
  });
  aim_at(server.url());
  script.task = [&](HttpUser& user) -> Task<> {
    co_await user.client.get("/fine");
    co_await user.client.post("/missing?a=1", {.name = "missing", .body = "sent"});
    auto disliked = co_await user.client.get("/disliked");
    disliked.fail("not to my liking");
    user.stop();
  };
  spawn();
  loop.run();
  const auto exchanges = host.recorder.take(loop.now()).exchanges;
  ASSERT_EQ(exchanges.size(), 2u);
  const auto& missing = *exchanges.at({{"POST", "missing"}, "404 Not Found"}).records().at(0);
  EXPECT_EQ(missing.method, "POST");
  EXPECT_EQ(missing.url, server.url() + "/missing?a=1");
  EXPECT_EQ(missing.request_body, "sent");
  EXPECT_EQ(missing.status, 404u);
  EXPECT_EQ(missing.response_body, "no such page");
  EXPECT_THAT(missing.response_fields, ElementsAre(Pair("Content-Length", "12")));
  const auto& disliked = *exchanges.at({{"GET", "/disliked"}, "not to my liking"}).records().at(0);
  EXPECT_EQ(disliked.status, 200u);
  EXPECT_EQ(disliked.response_body, "fine");
  EXPECT_FALSE(disliked.cut);
}

TEST_F(NativeUsers, RunOnStartThenTasksThenOnStop) {
  ScriptedServer server(loop, [](const std::string&) { return say("x"); });
  aim_at(server.url());
  std::vector<std::string> order;
  script.on_start = [&](HttpUser& user) -> Task<> {
    co_await user.client.post("/login", {.json = "{}"});
    order.push_back("start");
  };
  script.task = [&](HttpUser& user) -> Task<> {
    order.push_back("task");
    if (order.size() == 3) user.stop();
    co_return;
  };
  script.on_stop = [&](HttpUser& user) -> Task<> {
    co_await user.client.post("/logout");
    order.push_back("stop");
  };
  spawn();
  loop.run();
  EXPECT_THAT(order, ElementsAre("start", "task", "task", "stop"));
  ASSERT_EQ(server.requests().size(), 2u);
  EXPECT_THAT(server.requests()[0], testing::HasSubstr("Content-Type: application/json\r\n"));
}

// Blocks as a library would that knows nothing of the loop.
void hold_the_loop() { std::this_thread::sleep_for(worker::HoldLog::kLimit + 50ms); }

TEST_F(NativeUsers, ThatHoldTheLoopAreNamed) {
  ScriptedServer server(loop, [](const std::string&) { return say("x"); });
  aim_at(server.url());
  int tasks = 0;
  script.on_start = [](HttpUser& user) -> Task<> {
    co_await user.sleep(1ms);
    hold_the_loop();
  };
  script.task = [&](HttpUser& user) -> Task<> {
    co_await user.client.get("/");
    hold_the_loop();
    if (++tasks == 2) user.stop();
  };
  script.on_stop = [](HttpUser& user) -> Task<> { co_await user.client.get("/"); };
  testing::internal::CaptureStderr();
  spawn();
  loop.run();
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("Scripted.on_start held the loop for 0."));
  EXPECT_THAT(log, HasSubstr("Scripted.task held the loop for 0."));
  EXPECT_THAT(log, Not(HasSubstr("on_stop")));
  EXPECT_EQ(std::ranges::count(log, '\n'), 2) << "a line for each task:\n" << log;
}

TEST_F(NativeUsers, ThatOnlyWaitAreNotNamed) {
  ScriptedServer server(loop, [](const std::string&) { return say("x"); });
  aim_at(server.url());
  script.task = [&](HttpUser& user) -> Task<> {
    co_await user.sleep(worker::HoldLog::kLimit + 50ms);
    co_await user.client.get("/");
    user.stop();
  };
  testing::internal::CaptureStderr();
  spawn();
  loop.run();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(NativeUsers, EndedAtOnceGiveUpTheirRequestAndRunOnStop) {
  ScriptedServer server(loop, [&](const std::string& request) {
    if (request.starts_with("GET /bye")) return say("bye");
    runtime->stop({1}, StopUser::Now);
    return Reply{};
  });
  aim_at(server.url());
  script.task = [](HttpUser& user) -> Task<> { co_await user.client.get("/never"); };
  script.on_stop = [](HttpUser& user) -> Task<> { co_await user.client.get("/bye"); };
  spawn();
  loop.run();
  EXPECT_EQ(host.interrupted, 1u);
  EXPECT_EQ(host.samples, 1u);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(NativeUsers, EndedTwiceDoNotFinishOnStop) {
  ScriptedServer server(loop, [&](const std::string&) {
    runtime->stop({1}, StopUser::Now);
    return Reply{};
  });
  aim_at(server.url());
  script.task = [](HttpUser& user) -> Task<> { co_await user.client.get("/never"); };
  script.on_stop = [](HttpUser& user) -> Task<> {
    co_await user.client.get("/never");
    ADD_FAILURE() << "nobody answers";
  };
  spawn();
  loop.run();
  EXPECT_EQ(host.interrupted, 2u);
}

TEST_F(NativeUsers, AskedToEndFinishTheirTask) {
  ScriptedServer server(loop, [&](const std::string&) {
    runtime->stop({1}, StopUser::AfterTask);
    return say("x");
  });
  aim_at(server.url());
  int tasks = 0;
  script.task = [&](HttpUser& user) -> Task<> {
    co_await user.client.get("/first");
    co_await user.client.get("/second");
    ++tasks;
  };
  spawn();
  loop.run();
  EXPECT_EQ(tasks, 1);
  EXPECT_EQ(host.samples, 2u);
  EXPECT_EQ(host.interrupted, 0u);
}

TEST_F(NativeUsers, AskedToEndWhileTheyWaitEndAtOnce) {
  wait = 1h;
  aim_at("http://127.0.0.1:1");
  script.task = [&](HttpUser&) -> Task<> {
    loop.defer([&] { runtime->stop({1}, StopUser::AfterTask); });
    co_return;
  };
  spawn();
  loop.run();
  EXPECT_THAT(host.ended, ElementsAre(UserId{1}));
}

TEST_F(NativeUsers, MakeExactlyAsManyRequestsAsThereArePermits) {
  ScriptedServer server(loop, [](const std::string&) { return say("x"); });
  aim_at(server.url());
  host.permits = 25;
  script.task = [](HttpUser& user) -> Task<> { co_await user.client.get("/"); };
  spawn(10);
  loop.run();
  EXPECT_EQ(host.samples, 25u);
  EXPECT_EQ(server.requests().size(), 25u);
  EXPECT_EQ(host.ended.size(), 10u);
}

TEST_F(NativeUsers, TellAnExceptionAndGoOn) {
  aim_at("http://127.0.0.1:1");
  int tasks = 0;
  script.task = [&](HttpUser& user) -> Task<> {
    if (++tasks == 2) user.stop();
    throw std::runtime_error("broken");
    co_return;
  };
  spawn();
  loop.run();
  EXPECT_THAT(host.exceptions, ElementsAre("broken", "broken"));
}

TEST_F(NativeUsers, ThrowForAHeaderThatHttpDoesNotAllow) {
  aim_at("http://127.0.0.1:1");
  script.task = [](HttpUser& user) -> Task<> {
    user.stop();
    co_await user.client.get("/", {.headers = {{"A", "1"}, {"B", "2\r\nC: 3"}}});
  };
  spawn();
  loop.run();
  EXPECT_EQ(host.exceptions.size(), 1u);
  EXPECT_EQ(host.samples, 0u);
}

TEST_F(NativeUsers, MeasureWhateverElseTheyDo) {
  aim_at("http://127.0.0.1:1");
  script.task = [](HttpUser& user) -> Task<> {
    auto fine = co_await user.measure("REDIS", "GET");
    co_await user.sleep(1ms);
    fine.succeed(10);
    auto broken = co_await user.measure("REDIS", "SET");
    broken.fail("READONLY");
    user.record("SMTP", "send", 5ms);
    user.stop();
  };
  spawn();
  loop.run();
  EXPECT_EQ(host.samples, 3u);
  EXPECT_THAT(host.errors, ElementsAre(Pair("READONLY", 1)));
}

TEST_F(NativeUsers, DoNotHoldTheLoopWithTasksThatWaitForNothing) {
  aim_at("http://127.0.0.1:1");
  int tasks = 0;
  script.task = [&](HttpUser&) -> Task<> {
    ++tasks;
    co_return;
  };
  CallbackTimer end(loop, [&] { loop.stop(); });
  spawn();
  end.schedule(loop.now() + 2ms);
  loop.run();
  EXPECT_GT(tasks, 0);
}

// Everything that one request takes, from the choice of the task to the record of its sample.
TEST_F(NativeUsers, AllocateNothingForARequestOnceWarm) {
  std::promise<std::pair<std::string, Loop*>> ready;
  auto where = ready.get_future();
  std::thread server_thread([&] {
    Loop server_loop;
    ScriptedServer server(server_loop, [](const std::string&) { return say("some body"); });
    ready.set_value({server.url(), &server_loop});
    server_loop.run();
  });
  const auto [url, server_loop] = where.get();
  aim_at(url);
  script.task = [](HttpUser& user) -> Task<> {
    co_await user.client.get("/path", {.name = "a name", .headers = {{"Accept", "text/plain"}}});
  };
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  host.stop_after = 2000;
  host.on_sample = [&] {
    if (before == 0) {
      before = test::allocations();
      host.stop_after = 6000;
    } else {
      after = test::allocations();
      loop.stop();
    }
  };
  spawn(5);
  loop.run();
  // A slower answer than any before opens an octave of the histogram, and there are at most 32.
#if !defined(__SANITIZE_ADDRESS__)
  EXPECT_LT(after - before, 50u);
#endif
  EXPECT_GE(host.samples, 6000u);
  server_loop->post([loop = server_loop] { loop->stop(); });
  server_thread.join();
}

}  // namespace
}  // namespace swarm
