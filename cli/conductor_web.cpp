// What a Conductor shows to the web UI, and does for it.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "cli/conductor.h"
#include "cli/run_plan.h"
#include "cli/timespan.h"
#include "cli/values.h"
#include "cli/version.h"
#include "common/log.h"
#include "common/utf8.h"
#include "master/server/web_assets.h"
#include "master/views/live_json.h"
#include "master/views/report.h"
#include "master/views/wall_clock.h"

namespace swarm {
namespace {

using proto::RunState;

constexpr std::string_view kLogger = "swarm.main";

std::uint32_t total(const std::vector<proto::ClassCount>& users) {
  std::uint32_t sum = 0;
  for (const auto& each : users) sum += each.users;
  return sum;
}

// "": no limit.
Result<std::optional<Duration>> run_time_of(const std::string& text) {
  if (text.empty()) return std::optional<Duration>{};
  const auto time = parse_timespan(text);
  if (!time) return Error{"run_time: " + time.error().message};
  return time->count() > 0 ? std::optional<Duration>{*time} : std::nullopt;
}

}  // namespace

Result<void> Conductor::open_web() {
  if (options_.headless) return {};
  web_.emplace(loop_,
               WebDesk::Outlets{
                   .look = [this] { return scene(); },
                   .recall = [this](const master::Recall& what) { return recall(what); },
                   .command = [this](auto command,
                                     auto done) { obey(std::move(command), std::move(done)); }});
  return web_->open(options_);
}

void Conductor::make_offer() {
  const auto offered = scenario_->user_classes();
  auto offer = std::make_shared<master::Offer>();
  offer->version = version();
  for (const std::string& file : options_.locustfiles) {
    if (!offer->scenario.empty()) offer->scenario += ',';
    offer->scenario += std::filesystem::path(file).filename().string();
  }
  offer->distributed = !settings_.alone;
  offer->host = plan_.host;
  offer->host_required = !check_hosts(classes_, "").ok();
  offer->classes.assign(offered.begin(), offered.end());
  change_classes(offer->classes);
  if (!options_.class_picker) offer->classes = classes_;
  offer->picker = options_.class_picker;
  offer->shapes = scenario_->shapes();
  offer->shape = plan_.shape;
  offer->users = options_.users;
  offer->users_per_s = options_.spawn_rate;
  offer->run_time = options_.run_time;
  offer->profile = plan_.profile;
  offer->options = scenario_->options();
  offer->full_history = options_.csv_full_history;
  offer->login = !options_.web_login.empty();
  offer_ = std::move(offer);
}

std::shared_ptr<const master::Scene> Conductor::scene() {
  const TimePoint began = read_clock();
  auto scene = describe();
  scene->took = read_clock() - began;
  return scene;
}

std::shared_ptr<master::Scene> Conductor::describe() {
  auto scene = std::make_shared<master::Scene>();
  scene->snapshot = std::make_shared<const master::Snapshot>(snapshot());
  if (!offer_) make_offer();
  scene->offer = offer_;
  scene->clock = master::WallClock::read();
  scene->run = runs_;
  scene->resets = resets_;
  scene->started = runs_ > 0;
  if (runs_ > 0) scene->run_id = coordinator_->run().value;
  scene->ended = ended_at_;
  scene->finished = ended_at_ && (coordinator_->reached_its_limit() || shape_over_);
  scene->target_users = wanted_.users;
  scene->users_per_s = wanted_.users_per_s;
  if (wanted_.run_time) {
    scene->run_time = std::chrono::duration_cast<std::chrono::seconds>(*wanted_.run_time);
  }
  scene->log = recent_log_lines();
  if (const master::RecordedRun* recorded = history_.run(newest_run())) {
    scene->total = std::make_shared<const master::Timeline>(recorded->total);
    scene->until = known_until(*recorded);
  }
  if (settings_.alone) return scene;
  scene->worker_logs = logs_;
  for (const master::WorkerStatus& each : coordinator_->fleet()) {
    scene->workers.push_back({.id = each.id,
                              .index = each.index,
                              .state = each.state,
                              .users = total(each.users),
                              .cpu_percent = each.newest.cpu_percent,
                              .bytes_memory = each.newest.bytes_memory,
                              .loop_lag = each.newest.loop_lag,
                              .last_heard = loop_.now() - each.last_heard});
  }
  return scene;
}

std::uint64_t Conductor::newest_run() {
  const auto all = history_.runs();
  return all.empty() ? 0 : all.front()->number;
}

// Reports of the last seconds may be on their way.
Duration Conductor::known_until(const master::RecordedRun& run) const {
  if (run.ended) return *run.ended - run.started;
  return std::max(loop_.now() - run.started - std::chrono::seconds{2}, Duration{});
}

std::shared_ptr<const master::Recalled> Conductor::recall(const master::Recall& what) {
  totals_.settle();
  auto recalled = std::make_shared<master::Recalled>();
  recalled->clock = master::WallClock::read();
  for (const master::RecordedRun* each : history_.runs()) {
    recalled->runs.push_back(*each);
    recalled->runs.back().kept =
        each->number == newest_run() || archive_.find(each->number) != nullptr;
  }
  const master::RecordedRun* run = history_.run(what.run != 0 ? what.run : newest_run());
  if (run == nullptr) return recalled;
  recalled->run = *run;
  recalled->until = known_until(*run);
  const bool present = run->number == newest_run();
  const master::Archive::Kept* const kept = present ? nullptr : archive_.find(run->number);
  if (kept != nullptr) recalled->scene = kept->scene;
  if (what.busiest > 0)
    recalled->endpoints = kept != nullptr ? kept->busiest : busiest(what.busiest);
  if (!what.endpoint) {
    recalled->timeline = run->total;
  } else if (kept != nullptr) {
    for (const auto& [endpoint, timeline] : kept->busiest) {
      if (master::endpoint_id(endpoint) == *what.endpoint) recalled->timeline = timeline;
    }
  } else if (present) {
    for (const auto& [endpoint, stats] : totals_.totals().endpoints) {
      if (master::endpoint_id(endpoint) != *what.endpoint) continue;
      if (const auto* timeline = history_.endpoint(endpoint)) recalled->timeline = *timeline;
    }
  }
  return recalled;
}

std::vector<std::pair<EndpointName, master::Timeline>> Conductor::busiest(std::size_t most) {
  std::vector<std::pair<std::uint64_t, const EndpointName*>> all;
  if (most == 0) return {};
  for (const auto& [endpoint, stats] : totals_.totals().endpoints) {
    all.emplace_back(stats.requests, &endpoint);
  }
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size()));
  std::ranges::partial_sort(all, end, std::greater{});
  std::vector<std::pair<EndpointName, master::Timeline>> found;
  for (auto each = all.begin(); each != end; ++each) {
    const auto* timeline = history_.endpoint(*each->second);
    if (timeline != nullptr) found.emplace_back(*each->second, *timeline);
  }
  return found;
}

// Another run is about to begin, perhaps of another host and with another label: once, as the next
// attempt would take those for the last run's.
void Conductor::keep_last_run() {
  if (!web_ || !ended_at_ || archive_.find(runs_) != nullptr) return;
  archive_.keep(*scene(), busiest(master::kReportEndpoints));
}

// At the end of the process, from what its page would show.
Result<void> Conductor::write_html() {
  if (options_.html_file.empty()) return {};
  const auto page = master::report_page();
  if (!page) return Error{"argument --html: this program was built without its page (SWARM_WEB)"};
  const auto shown = scene();
  const auto recalled = recall({.busiest = master::kReportEndpoints});
  const master::ReportParts parts{.run = recalled->run ? &*recalled->run : nullptr,
                                  .until = recalled->until,
                                  .endpoints = recalled->endpoints};
  std::ofstream file{options_.html_file, std::ios::binary};
  file << master::report_html(*page, *shown, parts);
  file.close();
  if (file) return {};
  return Error{"cannot write '" + options_.html_file +
               "': check that its folder is there and yours"};
}

// --- commands ---

void Conductor::obey(master::Command command, std::function<void(master::CommandAnswer)> done) {
  if (settings_.alone && coordinator_->workers() == 0) {
    // The worker in this process is a few turns away.
    return loop_.defer([this, command = std::move(command), done = std::move(done)]() mutable {
      obey(std::move(command), std::move(done));
    });
  }
  if (const auto* start = std::get_if<master::StartRun>(&command)) return done(obey(*start));
  if (std::holds_alternative<master::ResetStats>(command)) {
    settings_.collect();
    reset_totals(loop_.now());
    scenario_->stats_reset();
    return done(master::Started{});
  }
  if (const auto* stop_it = std::get_if<master::StopRun>(&command)) {
    const bool is_on = phase_ != Phase::Gathering && phase_ != Phase::Leaving;
    if (is_on && phase_ != Phase::Stopping) {
      log(LogLevel::Info, kLogger, "Asked to stop the run by the web interface");
    }
    if (stop_it->wait && is_on) {
      when_over_.push_back([done] { done(master::Started{}); });
      return stop();
    }
    stop();
    return done(master::Started{});
  }
  done(obey(std::get<master::ChangeClass>(command)));
}

master::CommandAnswer Conductor::obey(const master::ChangeClass& change) {
  if (phase_ != Phase::Gathering) {
    return Error{"user classes change between runs only: stop this one first"};
  }
  const auto found = std::ranges::find(classes_, change.user_class, &UserClass::name);
  if (found == classes_.end()) return Error{"Unknown User(s): " + change.user_class};
  if (change.weight) found->weight = *change.weight;
  if (change.fixed_count) found->fixed_count = *change.fixed_count;
  changes_.push_back(change);
  tell_plan();
  return master::Started{};
}

// What is asked for is checked as a whole before anything changes.
master::CommandAnswer Conductor::obey(const master::StartRun& start_run) {
  if (leaves_ || phase_ == Phase::Leaving) return Error{"the program is ending"};
  if (phase_ == Phase::Stopping) return Error{"the run is being stopped: wait until it is over"};
  if (coordinator_->workers() == 0) return Error{"no worker is connected"};
  const bool is_on = phase_ == Phase::Starting || phase_ == Phase::Running;

  master::Profile profile = is_on ? wanted_ : profile_of(options_);
  if (start_run.users) profile.users = *start_run.users;
  if (start_run.users_per_s) profile.users_per_s = *start_run.users_per_s;
  if (start_run.run_time) {
    SWARM_TRY_ASSIGN(profile.run_time, run_time_of(*start_run.run_time));
  }
  SWARM_TRY_ASSIGN(Plan plan, planned(start_run));
  SWARM_TRY_ASSIGN(auto classes, choose_classes(scenario_->user_classes(), plan.classes));
  change_classes(classes);
  SWARM_TRY(check_hosts(classes, plan.host));
  if (is_on && (plan != plan_ || changes_options(start_run))) {
    return Error{
        "while a run is on, users, hatch rate and run time can change, nothing else: stop it "
        "first"};
  }
  if (!is_on) SWARM_TRY(follow(std::move(plan), std::move(classes), start_run));

  master::Started started{.host = plan_.host, .shape = plan_.shape};
  for (const UserClass& each : classes_) started.classes.push_back(each.name);
  std::ranges::sort(started.classes);
  if (!plan_.shape.empty()) {
    if (is_on) return started;
    scenario_->shape_began({});
    shape_.start(*scenario_);
    return started;
  }
  if (profile.run_time) {
    started.run_time_s = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(*profile.run_time).count());
  }
  if (is_on && profile.users != wanted_.users) {
    history_.mark(fmt::format("users {} \u2192 {}", wanted_.users, profile.users), loop_.now());
  }
  start(profile);
  return started;
}

Result<Conductor::Plan> Conductor::planned(const master::StartRun& start_run) const {
  Plan plan = plan_;
  if (start_run.host) {
    SWARM_TRY_ASSIGN(plan.host, parse_host(*start_run.host));
  }
  if (start_run.classes) {
    if (!options_.class_picker) return Error{"classes can be chosen with --class-picker only"};
    plan.classes = *start_run.classes;
  }
  if (start_run.profile) plan.profile = repaired_utf8(*start_run.profile);
  if (start_run.shape && *start_run.shape != plan.shape) {
    if (!options_.class_picker) return Error{"a shape can be chosen with --class-picker only"};
    const auto shapes = scenario_->shapes();
    const bool known = std::ranges::find(shapes, *start_run.shape) != shapes.end();
    if (!start_run.shape->empty() && !known) {
      return Error{fmt::format("the scenario has no shape {}", *start_run.shape)};
    }
    plan.shape = *start_run.shape;
  }
  return plan;
}

bool Conductor::changes_options(const master::StartRun& start_run) const {
  if (start_run.options.empty()) return false;
  const auto present = scenario_->options();
  return std::ranges::any_of(start_run.options, [&present](const auto& given) {
    const auto same = [&given](const ScenarioOption& option) {
      return option.name == given.first && option.values == given.second;
    };
    return std::ranges::none_of(present, same);
  });
}

void Conductor::change_classes(std::vector<UserClass>& classes) const {
  for (const master::ChangeClass& change : changes_) {
    const auto found = std::ranges::find(classes, change.user_class, &UserClass::name);
    if (found == classes.end()) continue;
    if (change.weight) found->weight = *change.weight;
    if (change.fixed_count) found->fixed_count = *change.fixed_count;
  }
}

Result<void> Conductor::follow(Plan plan, std::vector<UserClass> classes,
                               const master::StartRun& start_run) {
  keep_last_run();
  SWARM_TRY(scenario_->choose(
      {.profile = plan.profile, .shape = plan.shape, .options = start_run.options}));
  plan_ = std::move(plan);
  classes_ = std::move(classes);
  tell_plan();
  return {};
}

void Conductor::tell_plan() {
  offer_.reset();
  coordinator_->plan(shares_of(classes_), plan_.host, options_for_workers());
}

}  // namespace swarm
