#include "cli/processes.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "cli/arguments.h"
#include "cli/option_table.h"
#include "cli/sources.h"
#include "cli/usable_cores.h"

namespace swarm {
namespace {

constexpr const char* kOwnHost = "127.0.0.1";

// Whether the command line or the environment say it; or a file, if the option is an early one.
bool is_given(std::string_view name, const Arguments& arguments, const Surroundings& around) {
  auto settings = scan_arguments(arguments, option_table(), Pass::Early);
  if (!settings) return false;
  const auto winners =
      settings_that_count(std::move(*settings), {option_table(), around, Pass::Early});
  return winners && find_setting(*winners, name) != nullptr;
}

bool is_everywhere(std::string_view host) {
  return host.empty() || host == "*" || host == "0.0.0.0" || host == "::";
}

}  // namespace

std::uint32_t wanted_processes(std::optional<int> processes, const Surroundings& around) {
  if (processes.value_or(0) >= 0) return static_cast<std::uint32_t>(processes.value_or(0));
  return usable_cores(around);
}

Result<ChildCommand> own_command(const Arguments& arguments, const Surroundings& around) {
  const auto text = around.read_file("/proc/self/cmdline");
  std::vector<std::string> words;
  for (std::string_view rest = text && *text ? std::string_view{**text} : ""; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const bool ours = words.size() > arguments.size() &&
                    std::equal(arguments.rbegin(), arguments.rend(), words.rbegin());
  if (!ours) return Error{"argument --processes: works for the program itself, start swarm"};
  words.resize(words.size() - arguments.size());
  std::string program = words.size() == 1 ? around.program : words.front();
  return ChildCommand{std::move(program), std::move(words)};
}

Arguments child_arguments(Arguments arguments, const ChildPlan& plan, const std::string& name) {
  Arguments more;
  if (plan.master) {
    std::erase(arguments, "--master");
    more = {"--worker", "--master-host=" + plan.master->host,
            fmt::format("--master-port={}", plan.master->port)};
  }
  for (const std::string& file : plan.locustfiles) more.push_back("--locustfile=" + file);
  if (!name.empty()) more.push_back("--worker-id=" + name);
  more.emplace_back("--processes=0");
  // Behind what they replace, but before what is no option any more.
  arguments.insert(std::ranges::find(arguments, "--"), std::move_iterator{more.begin()},
                   std::move_iterator{more.end()});
  return arguments;
}

std::vector<std::string> child_names(const std::string& worker_id, std::uint32_t count) {
  std::vector<std::string> names(count);
  if (worker_id.empty()) return names;
  for (std::uint32_t i = 0; i < count; ++i) names[i] = fmt::format("{}-{}", worker_id, i + 1);
  return names;
}

Meeting meeting_of(const Options& options, const Arguments& arguments, const Surroundings& around) {
  const Options defaults;
  const bool host_given = options.master_bind_host != defaults.master_bind_host ||
                          is_given("--master-bind-host", arguments, around);
  const bool port_given = options.master_bind_port != defaults.master_bind_port ||
                          is_given("--master-bind-port", arguments, around);
  Meeting meeting{
      .bind_host = kOwnHost, .host = kOwnHost, .private_ = !host_given, .any_port = !port_given};
  if (host_given) {
    meeting.bind_host = options.master_bind_host;
    if (!is_everywhere(meeting.bind_host)) meeting.host = meeting.bind_host;
  }
  return meeting;
}

Arguments found_locustfiles(const Options& options, const Arguments& arguments,
                            const Surroundings& around) {
  if (is_given("--locustfile", arguments, around)) return {};
  // A comma would be read as two names; then they get the scenario from their master.
  const auto has_comma = [](const std::string& file) {
    return file.find(',') != std::string::npos;
  };
  if (std::ranges::any_of(options.locustfiles, has_comma)) return {};
  return options.locustfiles;
}

}  // namespace swarm
