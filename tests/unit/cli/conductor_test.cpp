#include "cli/conductor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <set>

#include "cli/master_host.h"
#include "proto/local_link.h"
#include "worker/agent/agent.h"

namespace swarm {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// What happened, on the master and its worker, in one list.
using Story = std::vector<std::string>;

// Users that make a request at every turn of the loop, and hooks that tell what they see.
class StoryScenario final : public Scenario {
 public:
  struct Behaviour {
    std::function<void(const std::string& event)> on_event{};
    std::function<void(std::uint64_t)> on_request{};
    Value options{};
    bool watches = false;
  };

  StoryScenario(std::string who, ScenarioHost& host, Story& story, Behaviour behaviour)
      : who_(std::move(who)), host_(host), story_(story), behaviour_(std::move(behaviour)) {
    classes_.push_back({.name = "Buyer", .host = "http://target", .tasks = {}});
  }

  std::span<const UserClass> user_classes() const override { return classes_; }
  void test_start(Done done) override { hook("test_start", std::move(done)); }
  void test_stopping(Done done) override { hook("test_stopping", std::move(done)); }
  void test_stop(Done done) override { hook("test_stop", std::move(done)); }
  void spawning_complete(std::uint32_t users) override { tell("spawned " + std::to_string(users)); }
  void stats_reset() override { tell("stats_reset"); }
  void receive(const ScenarioMessage& message) override {
    tell(message.type + " from " + message.worker);
  }
  Value own_options() const override { return behaviour_.options; }
  void take_options(const Value& options) override {
    if (!options.is_nil()) tell("options");
  }
  void worker_connected(const std::string& worker) override { tell("connected " + worker); }
  bool watches_reports() const override { return behaviour_.watches; }
  void worker_report(const std::string& worker, const Value& data) override {
    if (who_ == "master" && reports_++ == 0) {
      tell("report of " + worker + (data.find("stats_total") ? "" : " without a total"));
    }
  }

  void spawn(UserId id, UserClassId) override {
    users_.insert(id);
    turn_.schedule(host_.loop().now());
  }
  void stop(UserId id, StopUser) override {
    tell_once("user stopped");
    end(id);
  }

 private:
  void hook(const std::string& name, Done done) {
    tell(name);
    done();
  }
  void tell(const std::string& event) {
    story_.push_back(who_ + " " + event);
    if (behaviour_.on_event) behaviour_.on_event(event);
  }
  void tell_once(const std::string& event) {
    if (std::ranges::find(story_, who_ + " " + event) == story_.end()) tell(event);
  }
  void live() {
    for (const UserId id : std::set(users_)) {
      if (!host_.take_permit()) {
        end(id);
        continue;
      }
      const TimePoint now = host_.loop().now();
      host_.record({.endpoint = host_.endpoint("GET", "/"),
                    .due = now,
                    .started = now,
                    .ended = now + 5us,
                    .error = {}});
      if (behaviour_.on_request) behaviour_.on_request(++requests_);
    }
    if (!users_.empty()) turn_.schedule(host_.loop().now());
  }
  void end(UserId id) {
    if (users_.erase(id) > 0) host_.user_ended(id);
  }

  const std::string who_;
  ScenarioHost& host_;
  Story& story_;
  const Behaviour behaviour_;
  std::vector<UserClass> classes_;
  std::set<UserId> users_;
  std::uint64_t requests_ = 0;
  int reports_ = 0;
  CallbackTimer turn_{host_.loop(), [this] { live(); }};
};

// A master and a worker, each with a scenario of its own, joined in memory as if far apart.
class Fleet {
 public:
  StoryScenario::Behaviour on_master{};
  StoryScenario::Behaviour on_worker{};
  Story story{};
  std::string err{};
  std::string out{};
  bool worker_comes = true;
  const RunControl* control = nullptr;  // the master's

  int play(const Options& options) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = run(options);
    out = testing::internal::GetCapturedStdout();
    err = testing::internal::GetCapturedStderr();
    return code;
  }

  std::size_t place(const std::string& event) const {
    const auto found = std::ranges::find(story, event);
    EXPECT_NE(found, story.end()) << event;
    return static_cast<std::size_t>(found - story.begin());
  }
  std::size_t count(const std::string& event) const {
    return static_cast<std::size_t>(std::ranges::count(story, event));
  }

 private:
  int run(const Options& options) {
    Loop loop;
    proto::LocalLink link{loop, "w1"};
    worker::Agent agent{
        loop, link.worker_end(), {.version = "1", .id = "w1", .report_interval = 100ms}};
    StoryScenario workers{"worker", agent, story, on_worker};
    MasterHost host{loop, "", [] {}};
    const LoopRunner runner{.loop = loop,
                            .run =
                                [&] {
                                  loop.run();
                                  return true;
                                },
                            .finish = [&] { loop.stop(); },
                            .stuck = [] {}};
    Conductor conductor{options, runner, {.collect = [] {}}};
    const auto load = [&](const Options&, ScenarioHost& its_host, const RunControl& its_control) {
      control = &its_control;
      return Result<std::unique_ptr<Scenario>>{
          std::make_unique<StoryScenario>("master", its_host, story, on_master)};
    };
    if (const auto code = conductor.load(load, host)) return *code;
    link.master_end().on_receive([&](const proto::WorkerId& from, proto::ToMaster message) {
      conductor.receive(from, std::move(message));
    });
    if (worker_comes) agent.join(workers);
    return conductor.conduct(link.master_end());
  }
};

Options of_master(std::optional<std::uint64_t> requests = 200) {
  Options options;
  options.headless = true;
  options.role = Role::Master;
  options.users = 2;
  options.spawn_rate = 1000;
  options.num_requests = requests;
  options.only_summary = options.json = true;
  return options;
}

TEST(Conductor, FiresTheHooksOfItsRunAroundThoseOfTheWorkers) {
  Fleet fleet;
  fleet.on_master.on_event = [&](const std::string& event) {
    if (event == "spawned 2") fleet.control->quit();
  };
  EXPECT_EQ(fleet.play(of_master(std::nullopt)), 0);
  EXPECT_LT(fleet.place("master connected w1"), fleet.place("master test_start"));
  EXPECT_LT(fleet.place("master test_start"), fleet.place("worker test_start"));
  EXPECT_LT(fleet.place("worker test_start"), fleet.place("master spawned 2"));
  EXPECT_LT(fleet.place("master test_stopping"), fleet.place("worker test_stopping"));
  EXPECT_LT(fleet.place("worker test_stop"), fleet.place("master test_stop"));
  EXPECT_EQ(fleet.count("master test_start"), 1u);
  EXPECT_EQ(fleet.count("master test_stopping"), 1u);
  EXPECT_EQ(fleet.story.back(), "master test_stop");
}

TEST(Conductor, CountsWhatItsWorkersReport) {
  Fleet fleet;
  fleet.play(of_master(12345));
  EXPECT_THAT(fleet.out, HasSubstr(R"("num_requests": 12345)"));
  EXPECT_THAT(fleet.err, HasSubstr("Aggregated"));
  EXPECT_THAT(fleet.err, HasSubstr("Shutting down (exit code 0)"));
}

TEST(Conductor, StartsAnotherRunIfItsScenarioWantsOne) {
  Fleet fleet;
  int runs = 0;
  fleet.on_master.on_event = [&](const std::string& event) {
    if (event == "spawned 2") fleet.control->stop();
    if (event == "test_stop" && ++runs < 3) fleet.control->start(2, 1000, {});
  };
  EXPECT_EQ(fleet.play(of_master(std::nullopt)), 0);
  EXPECT_EQ(fleet.count("master test_start"), 3u);
  EXPECT_EQ(fleet.count("worker test_start"), 3u);
  EXPECT_EQ(fleet.count("master test_stop"), 3u);
}

TEST(Conductor, StartsNoOtherRunAfterOneThatEndedByItself) {
  Fleet fleet;
  fleet.on_master.on_event = [&](const std::string& event) {
    if (event == "test_stop") fleet.control->start(2, 1000, {});
  };
  EXPECT_EQ(fleet.play(of_master()), 0);
  EXPECT_EQ(fleet.count("master test_start"), 1u);
  EXPECT_THAT(fleet.err, HasSubstr("No other run is started"));
}

TEST(Conductor, EndsARunThatIsStoppedWhileItStarts) {
  Fleet fleet;
  fleet.on_master.on_event = [&](const std::string& event) {
    if (event == "test_start") fleet.control->quit();
  };
  EXPECT_EQ(fleet.play(of_master(std::nullopt)), 0);
  EXPECT_EQ(fleet.count("worker test_start"), 0u);
  EXPECT_EQ(fleet.count("master test_stop"), 1u);
}

TEST(Conductor, LeavesInOrderOnASignal) {
  Fleet fleet;
  fleet.on_worker.on_request = [](std::uint64_t request) {
    if (request == 100) std::raise(SIGTERM);
  };
  EXPECT_EQ(fleet.play(of_master(std::nullopt)), 0);
  EXPECT_THAT(fleet.err, HasSubstr("Got SIGTERM signal"));
  EXPECT_EQ(fleet.story.back(), "master test_stop");
}

TEST(Conductor, SendsMessagesToItsWorkers) {
  Fleet fleet;
  fleet.on_master.on_event = [&](const std::string& event) {
    if (event != "spawned 2") return;
    fleet.control->send_message("hello", Value{1}, std::nullopt);
    fleet.control->send_message("nobody", Value{}, "w2");
    fleet.control->send_message("you", Value{}, "w1");
  };
  fleet.on_worker.on_event = [&](const std::string& event) {
    if (event.starts_with("you")) fleet.control->quit();
  };
  fleet.play(of_master(std::nullopt));
  EXPECT_EQ(fleet.count("worker hello from w1"), 1u);
  EXPECT_EQ(fleet.count("worker you from w1"), 1u);
  EXPECT_EQ(fleet.count("worker nobody from w1"), 0u);
}

TEST(Conductor, KnowsItsWorkers) {
  Fleet fleet;
  std::vector<WorkerInfo> seen;
  fleet.on_master.on_event = [&](const std::string& event) {
    if (event != "spawned 2") return;
    seen = fleet.control->workers();
    fleet.control->quit();
  };
  fleet.play(of_master(std::nullopt));
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen.front().id, "w1");
  EXPECT_EQ(seen.front().index, 0u);
  EXPECT_EQ(seen.front().users, (std::map<std::string, std::uint32_t>{{"Buyer", 2}}));
}

TEST(Conductor, TellsReportsToThoseWhoListen) {
  Fleet fleet;
  fleet.play(of_master());
  EXPECT_EQ(fleet.count("master report of w1"), 0u);
  fleet.story.clear();
  fleet.on_master.watches = true;
  fleet.play(of_master());
  EXPECT_EQ(fleet.count("master report of w1"), 1u);
}

TEST(Conductor, GivesWorkersTheOptionsOfItsScenario) {
  Fleet fleet;
  fleet.on_master.options = Value::Map{{"region", "eu"}};
  fleet.play(of_master());
  EXPECT_LT(fleet.place("worker options"), fleet.place("worker test_start"));
}

TEST(Conductor, TellsOfAResetOfTheStatistics) {
  Fleet fleet;
  Options options = of_master(std::nullopt);
  options.reset_stats = true;
  fleet.on_master.on_event = [&](const std::string& event) {
    if (event == "stats_reset") fleet.control->quit();
  };
  fleet.play(options);
  EXPECT_EQ(fleet.count("master stats_reset"), 1u);
}

}  // namespace
}  // namespace swarm
