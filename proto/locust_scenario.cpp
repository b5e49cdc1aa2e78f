#include "proto/locust_scenario.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "common/utf8.h"
#include "proto/locust_text.h"

namespace swarm::proto {
namespace {

// Options of Locust's own, by their names in its parsed_options: the others are the scenario's. Of
// Locust 2.12 and 2.47. What says which tasks run is taken like the scenario's, as Locust does.
constexpr std::string_view kLocustOptions =
    " autoquit autostart build_path class_picker config config_users csv_prefix "
    "enable_rebalancing equal_weights exit_code_on_error expect_slaves "
    "expect_workers_max_wait hatch_rate headful headless host html_file json json_file "
    "legacy_ui list_commands locustfile logfile loglevel master master_bind_host "
    "master_bind_port master_host master_port num_users only_summary otel print_stats "
    "processes profile reset_stats run_time show_task_ratio show_task_ratio_json "
    "skip_log_setup slave spawn_rate stats_history_enabled step_clients step_load "
    "step_time step_users stop_timeout tls_cert tls_key user_classes web_auth "
    "web_base_path web_host web_host_display_name web_login web_port worker ";

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Value error_value(const std::string& why) {
  return Value::Map{{Value("error"), Value(repaired_utf8(why))}};
}

bool add_file(const Value& file, ScenarioFiles& files) {
  const Value* const name = file.find("filename");
  const Value* const contents = file.find("contents");
  if (name == nullptr || contents == nullptr || name->as_text() == nullptr ||
      contents->as_text() == nullptr) {
    return false;
  }
  // A name only: nothing of the master's is written anywhere else.
  const std::string base = base_name(*name->as_text());
  if (base.empty() || base == "." || base == "..") return false;
  files.entries.push_back(base);
  files.files.push_back({base, *contents->as_text()});
  return true;
}

}  // namespace

// A worker puts all files into one folder and loads each: modules that are only imported would be
// loaded as scenarios.
Value locustfiles_value(const ScenarioFiles& files, bool several) {
  if (!files.error.empty()) return error_value(files.error);
  Value::Array list;
  for (const std::string& entry : files.entries) {
    const auto file = std::ranges::find(files.files, entry, &ScenarioFile::path);
    if (file == files.files.end() || !is_utf8(file->contents)) {
      return error_value(entry + " cannot be given to a worker of Locust's: start it with -f");
    }
    list.push_back(Value::Map{{Value("filename"), Value(repaired_utf8(base_name(entry)))},
                              {Value("contents"), Value(file->contents)}});
  }
  if (several) return Value::Map{{Value("locustfiles"), Value(std::move(list))}};
  if (list.size() != 1) return error_value("a worker of before 2.31 takes one locustfile only");
  return list.front();
}

Result<ScenarioFiles> read_locustfiles(const Value& data) {
  ScenarioFiles files;
  if (const Value* const error = data.find("error")) {
    files.error = error->as_text() == nullptr ? "the master gives none" : *error->as_text();
    return files;
  }
  const Value* const list = data.find("locustfiles");
  if (list == nullptr) {
    if (!add_file(data, files)) return Error{"a locustfile without a name or contents"};
    return files;
  }
  if (list->as_array() == nullptr) return Error{"locustfiles is no list"};
  for (const Value& file : *list->as_array()) {
    if (const std::string* const url = file.as_text()) {
      return ScenarioFiles{{}, {}, "the master's locustfile is at " + *url + ": name it with -f"};
    }
    if (!add_file(file, files)) return Error{"a locustfile without a name or contents"};
  }
  return files;
}

Value scenario_options(const Value* parsed_options) {
  const Value::Map* const all = parsed_options == nullptr ? nullptr : parsed_options->as_map();
  if (all == nullptr) return {};
  Value::Map own;
  for (const Value::Entry& entry : *all) {
    const std::string* const name = entry.key.as_text();
    if (name != nullptr && kLocustOptions.find(' ' + *name + ' ') == std::string_view::npos) {
      own.push_back(entry);
    }
  }
  return own;
}

}  // namespace swarm::proto
