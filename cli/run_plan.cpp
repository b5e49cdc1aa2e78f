#include "cli/run_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>

#include "cli/version.h"
#include "common/log.h"

namespace swarm {
namespace {

void log_main(LogLevel level, const std::string& text) { log(level, "swarm.main", text); }

bool wanted(const UserClass& each) { return each.weight > 0 || each.fixed_count > 0; }

// Users hatch, then each makes its share of the requests with a wait after each. No value: some
// class does not say how long it waits, or not at all.
std::optional<Duration> expected_duration(const Options& options,
                                          std::span<const UserClass> classes) {
  double weights = 0;
  double waits_s = 0;
  for (const UserClass& each : classes) {
    if (!wanted(each)) continue;
    if (!each.mean_wait) return std::nullopt;
    const double weight = std::max(each.weight, static_cast<double>(each.fixed_count));
    weights += weight;
    waits_s += weight * std::chrono::duration<double>(*each.mean_wait).count();
  }
  if (weights == 0 || waits_s == 0) return std::nullopt;
  const master::Profile profile = profile_of(options);
  const double each_s = waits_s / weights;
  const double ramp_s = profile.users / profile.users_per_s;
  const double rounds =
      static_cast<double>(*options.num_requests) / static_cast<double>(profile.users);
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(ramp_s / 2 + std::max(rounds - 1, 0.0) * each_s));
}

std::string in_words(Duration duration) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(duration).count();
  if (seconds < 120) return fmt::format("{} s", std::max<std::int64_t>(seconds, 1));
  return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

void warn_of_ignored(const Options& options) {
  std::string ignored;
  const auto add = [&ignored](bool given, const char* name) {
    if (given) ignored += (ignored.empty() ? "" : ", ") + std::string(name);
  };
  add(options.run_time.has_value(), "--run-time");
  add(options.users.has_value(), "--users");
  add(options.spawn_rate.has_value(), "--spawn-rate");
  if (ignored.empty()) return;
  log_main(LogLevel::Warning,
           "--run-time, --users or --spawn-rate have no impact on LoadShapes, which may read them. "
           "The following option(s) will be ignored: " +
               ignored);
}

}  // namespace

Result<std::vector<UserClass>> choose_classes(std::span<const UserClass> offered,
                                              const std::vector<std::string>& names) {
  if (names.empty()) return std::vector<UserClass>(offered.begin(), offered.end());
  std::string unknown;
  for (const std::string& name : names) {
    if (std::ranges::find(offered, name, &UserClass::name) != offered.end()) continue;
    unknown += (unknown.empty() ? "" : ", ") + name;
  }
  if (!unknown.empty()) return Error{"Unknown User(s): " + unknown};
  std::vector<UserClass> chosen;
  for (const UserClass& each : offered) {
    if (std::ranges::find(names, each.name) != names.end()) chosen.push_back(each);
  }
  return chosen;
}

Result<void> check_hosts(std::span<const UserClass> classes, const std::string& host) {
  const auto homeless = [](const UserClass& each) {
    return wanted(each) && each.needs_host && each.host.empty();
  };
  if (!host.empty() || std::ranges::none_of(classes, homeless)) return {};
  return Error{
      "You must specify the base host. Either in the host attribute in the User class, or on the "
      "command line using the --host option."};
}

std::vector<master::ClassShare> shares_of(std::span<const UserClass> classes) {
  std::vector<master::ClassShare> shares;
  for (const UserClass& each : classes) {
    shares.push_back({each.name, each.weight, each.fixed_count});
  }
  return shares;
}

master::Profile profile_of(const Options& options) {
  return {.users = options.users.value_or(1),
          .users_per_s = options.spawn_rate.value_or(1),
          .run_time = options.run_time};
}

proto::RunId unused_run() {
  std::random_device random;
  const std::uint64_t high = random();
  return {((high << 20 ^ random()) & ((std::uint64_t{1} << 52) - 1)) + 1};
}

void log_plan(const Options& options, std::span<const UserClass> classes, bool shape) {
  const auto info = [](const std::string& text) { log_main(LogLevel::Info, text); };
  if (shape) {
    warn_of_ignored(options);
  } else if (options.run_time) {
    info(fmt::format("Run time limit set to {} seconds", options.run_time->count()));
  } else if (!options.num_requests) {
    info("No run time limit set, use CTRL+C to interrupt");
  }
  if (options.num_requests) {
    const auto expected = shape ? std::nullopt : expected_duration(options, classes);
    info(fmt::format("Number of requests limited to {}{}", *options.num_requests,
                     expected ? ", by the users' waits in about " + in_words(*expected) : ""));
  }
  info(fmt::format("Starting swarm {}", version()));
}

}  // namespace swarm
