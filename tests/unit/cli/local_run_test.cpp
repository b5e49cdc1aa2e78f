#include "cli/local_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <nlohmann/json.hpp>

#include "common/loop.h"

namespace swarm {
namespace {

using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

// Users that make requests without a pause and without a target, one a turn of the loop.
class BusyScenario final : public Scenario {
 public:
  struct Behaviour {
    std::string host = "http://target";
    std::string error{};           // of every request
    std::uint64_t interrupts = 0;  // users whose request is under way when they are ended
    bool obeys = true;             // ends when asked to
    std::function<void(ScenarioHost&, std::uint64_t request)> on_request{};
    std::vector<ShapeStep> shape{};                // then the run is over; empty: none
    bool shape_is_over = false;                    // from the beginning
    std::optional<Duration> mean_wait{};           // of all classes
    std::function<void(const RunControl&)> use{};  // at the third request
  };

  BusyScenario(ScenarioHost& host, const RunControl& control, Behaviour behaviour)
      : host_(host), control_(control), behaviour_(std::move(behaviour)) {
    classes_.push_back({.name = "Buyer",
                        .weight = 2,
                        .host = behaviour_.host,
                        .tasks = {{.name = "buy", .children = {}}}});
    classes_.push_back({.name = "Visitor",
                        .weight = 1,
                        .host = behaviour_.host,
                        .tasks = {{.name = "look", .children = {}}}});
    for (UserClass& each : classes_) each.mean_wait = behaviour_.mean_wait;
  }

  std::span<const UserClass> user_classes() const override { return classes_; }
  void spawn(UserId id, UserClassId user_class) override {
    users_[id] = user_class;
    turn_.schedule(host_.loop().now());
  }
  std::vector<std::string> shapes() const override {
    return behaviour_.shape.empty() && !behaviour_.shape_is_over
               ? std::vector<std::string>{}
               : std::vector<std::string>{"Steps"};
  }
  void tick_shape(std::function<void(std::optional<ShapeStep>)> done) override {
    if (tick_ == behaviour_.shape.size()) return done(std::nullopt);
    done(behaviour_.shape[tick_++]);
  }
  void stop(UserId id, StopUser) override {
    if (!behaviour_.obeys) return;
    if (behaviour_.interrupts > 0 && host_.take_permit()) {
      --behaviour_.interrupts;
      host_.record_interrupted(host_.endpoint("GET", "/"));
    }
    end(id);
  }

 private:
  void live_all() {
    for (const auto& [id, user_class] : std::map(users_)) live(id);
    if (!users_.empty()) turn_.schedule(host_.loop().now());
  }
  void live(UserId id) {
    if (!host_.take_permit()) return end(id);
    const TimePoint now = host_.loop().now();
    host_.record({.endpoint = host_.endpoint("GET", "/"),
                  .due = now,
                  .started = now,
                  .ended = now + std::chrono::microseconds{5},
                  .error = behaviour_.error});
    ++requests_;
    if (behaviour_.on_request) behaviour_.on_request(host_, requests_);
    if (behaviour_.use && requests_ == 3) behaviour_.use(control_);
  }
  void end(UserId id) {
    if (users_.erase(id) > 0) host_.user_ended(id);
  }

  ScenarioHost& host_;
  const RunControl& control_;
  Behaviour behaviour_;
  std::size_t tick_ = 0;
  std::vector<UserClass> classes_;
  std::map<UserId, UserClassId> users_;
  std::uint64_t requests_ = 0;
  CallbackTimer turn_{host_.loop(), [this] { live_all(); }};
};

struct Outcome {
  int code = 0;
  std::string out;  // stdout
  std::string err;
  // Of the only endpoint, from --json.
  std::uint64_t number(const char* field) const {
    return nlohmann::json::parse(out).at(0).at(field).get<std::uint64_t>();
  }
};

int play(const Options& options, const LoadScenario& load) {
  Loop loop;
  return run_local(options, load,
                   {.loop = loop,
                    .run =
                        [&] {
                          loop.run();
                          return true;
                        },
                    .finish = [&] { loop.stop(); },
                    .stuck = [] {}});
}

Outcome run(Options options, BusyScenario::Behaviour behaviour = {}) {
  CaptureStdout();
  CaptureStderr();
  Outcome outcome;
  outcome.code = play(options, [&](const Options&, ScenarioHost& host, const RunControl& control) {
    return Result<std::unique_ptr<Scenario>>{
        std::make_unique<BusyScenario>(host, control, behaviour)};
  });
  outcome.out = GetCapturedStdout();
  outcome.err = GetCapturedStderr();
  return outcome;
}

Options limited_to(std::uint64_t requests, std::uint32_t users) {
  Options options;
  options.num_requests = requests;
  options.users = users;
  options.spawn_rate = 100'000;
  options.headless = options.only_summary = options.json = true;
  return options;
}

TEST(LocalRun, MakesExactlyAsManyRequestsAsAsked) {
  for (const std::uint64_t requests : {1, 2, 7, 1000, 12345}) {
    const Outcome outcome = run(limited_to(requests, 10));
    EXPECT_EQ(outcome.number("num_requests"), requests);
    EXPECT_EQ(outcome.code, 0);
  }
}

TEST(LocalRun, HasFewerRequestsThanUsersToMakeThem) {
  EXPECT_EQ(run(limited_to(3, 200)).number("num_requests"), 3u);
}

TEST(LocalRun, TellsItsStoryInLocustsWords) {
  const std::string err = run(limited_to(500, 3)).err;
  EXPECT_THAT(err, HasSubstr("Ramping to 3 users at a rate of 100000.00 per second"));
  EXPECT_THAT(err, HasSubstr(R"(All users spawned: {"Buyer": 2, "Visitor": 1} (3 total users))"));
  EXPECT_THAT(err, HasSubstr("Shutting down (exit code 0)"));
  EXPECT_THAT(err, HasSubstr("Aggregated"));
}

TEST(LocalRun, ExitsWithTheCodeForErrors) {
  Options options = limited_to(5, 1);
  EXPECT_EQ(run(options, {.error = "refused"}).code, 1);
  options.exit_code_on_error = 0;
  EXPECT_EQ(run(options, {.error = "refused"}).code, 0);
  options.exit_code_on_error = 42;
  const Outcome outcome = run(options, {.error = "refused"});
  EXPECT_EQ(outcome.code, 42);
  EXPECT_EQ(outcome.number("num_failures"), 5u);
}

TEST(LocalRun, EndsInOrderOnTheFirstSignalAndCountsWhatWasInFlight) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Options options = limited_to(1, 2);
    options.num_requests.reset();
    std::uint64_t made = 0;
    const Outcome outcome = run(options, {.interrupts = 2, .on_request = [&](auto&, auto request) {
                                            made = request;
                                            if (request == 100) std::raise(signal);
                                          }});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.number("num_requests"), made);
    EXPECT_THAT(outcome.err, HasSubstr(signal == SIGINT ? "Exiting due to CTRL+C interruption"
                                                        : "Got SIGTERM signal"));
    EXPECT_THAT(outcome.err, HasSubstr("Interrupted: 2"));
  }
}

TEST(LocalRun, PrintsWhatIsKnownAtOnceOnTheSecondSignal) {
  Options options = limited_to(1, 2);
  options.num_requests.reset();
  const Outcome outcome = run(options, {.obeys = false, .on_request = [](auto&, auto request) {
                                          if (request == 100 || request == 2000) std::raise(SIGINT);
                                        }});
  EXPECT_EQ(outcome.code, 130);
  EXPECT_GE(outcome.number("num_requests"), 2000u);
  EXPECT_THAT(outcome.err, HasSubstr("Aggregated"));
}

TEST(LocalRun, EndsWhenItsScenarioAsksForIt) {
  Options options = limited_to(1, 2);
  options.num_requests.reset();
  const Outcome outcome = run(options, {.on_request = [](ScenarioHost& host, auto request) {
                                if (request == 50) host.stop_run();
                              }});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_GE(outcome.number("num_requests"), 50u);
}

TEST(LocalRun, RunsOnlyTheClassesThatAreNamed) {
  Options options = limited_to(200, 3);
  options.user_classes = {"Visitor"};
  EXPECT_THAT(run(options).err, HasSubstr(R"({"Visitor": 3} (3 total users))"));
  options.user_classes = {"Visitor", "Byer", "X"};
  const Outcome outcome = run(options);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("Unknown User(s): Byer, X"));
}

TEST(LocalRun, WantsAHostFromTheClassOrTheCommandLine) {
  Options options = limited_to(5, 1);
  const Outcome outcome = run(options, {.host = ""});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("You must specify the base host."));
  options.host = "http://elsewhere";
  EXPECT_EQ(run(options, {.host = ""}).code, 0);
}

TEST(LocalRun, ListsWhatTheScenarioOffersWithoutRunningIt) {
  Options options;
  options.list_users = true;
  Outcome outcome = run(options, {.host = ""});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("Visitor"));

  options.list_users = false;
  options.show_task_ratio = true;
  EXPECT_THAT(run(options).out, HasSubstr("look"));
  options.show_task_ratio = false;
  options.show_task_ratio_json = true;
  EXPECT_TRUE(nlohmann::json::parse(run(options).out).contains("per_class"));
}

TEST(LocalRun, SaysWhyAScenarioCannotBeLoaded) {
  CaptureStderr();
  const int code = play({}, [](const Options&, ScenarioHost&, const RunControl&) {
    return Result<std::unique_ptr<Scenario>>{Error{"no such thing: shop.so"}};
  });
  EXPECT_EQ(code, 1);
  EXPECT_THAT(GetCapturedStderr(), HasSubstr("no such thing: shop.so"));
}

TEST(LocalRun, TellsItsScenarioTheTotalsToTheLastSample) {
  nlohmann::json seen;
  run(limited_to(10, 1), {.use = [&](const RunControl& control) {
        seen = nlohmann::json::parse(control.stats_json());
      }});
  EXPECT_EQ(seen["total"]["num_requests"], 3);
}

TEST(LocalRun, EndsWhenItsScenarioQuits) {
  Options options = limited_to(1'000'000, 1);
  const Outcome outcome = run(options, {.use = [](const RunControl& control) { control.quit(); }});
  EXPECT_LT(outcome.number("num_requests"), 1'000'000u);
}

TEST(LocalRun, EndsIfItsShapeWantsNobodyFromTheBeginning) {
  const Outcome outcome = run(limited_to(10, 1), {.shape_is_over = true});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("Shape test stopping"));
}

TEST(LocalRun, FollowsAShapeUntilItEnds) {
  Options options;
  options.users = 7;
  options.headless = options.only_summary = options.json = true;
  const Outcome outcome = run(options, {.shape = {{.users = 2, .users_per_s = 1000}}});
  EXPECT_THAT(outcome.err, HasSubstr("The following option(s) will be ignored: --users\n"));
  EXPECT_THAT(outcome.err, HasSubstr("Shape test updating to 2 users at 1000.00 spawn rate"));
  EXPECT_THAT(outcome.err, HasSubstr("Shape test stopping"));
}

// Five users and waits of 3 s: 200 rounds, of which the first comes at once; hatching adds 25 ms.
TEST(LocalRun, SaysHowLongANumberOfRequestsTakes) {
  Options options = limited_to(1000, 5);
  options.spawn_rate = 100;
  const Outcome outcome = run(options, {.mean_wait = std::chrono::seconds{3}});
  EXPECT_THAT(outcome.err, HasSubstr("limited to 1000, by the users' waits in about 9 min 57 s"));
}

}  // namespace
}  // namespace swarm
