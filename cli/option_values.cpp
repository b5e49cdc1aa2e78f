#include "cli/option_values.h"

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

namespace swarm {
namespace {

constexpr std::monostate kNone{};

std::string level_name(LogLevel level) {
  constexpr std::array<std::string_view, 5> kNames{"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};
  return std::string{kNames.at(static_cast<std::size_t>(level))};
}

// What the program leaves out where Python says None.
class Values {
 public:
  template <typename Value>
  void add(const char* name, Value value) {
    all_.emplace_back(name, std::move(value));
  }
  void add(const char* name, const char* text) { add(name, std::string{text}); }
  void add(const char* name, int number) { add(name, std::int64_t{number}); }
  template <typename Value>
  void add(const char* name, std::optional<Value> value) {
    value ? add(name, std::move(*value)) : add(name, kNone);
  }
  void add_or_none(const char* name, const std::string& text) {
    text.empty() ? add(name, kNone) : add(name, text);
  }

  std::vector<std::pair<std::string, OptionValue>> take() { return std::move(all_); }

 private:
  std::vector<std::pair<std::string, OptionValue>> all_;
};

template <typename Number>
std::optional<std::int64_t> whole(const std::optional<Number>& number) {
  if (!number) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::optional<std::int64_t> seconds(const std::optional<std::chrono::seconds>& time) {
  if (!time) return std::nullopt;
  return time->count();
}

void add_run(Values& values, const Options& options) {
  // A run that starts at once has one user unless told otherwise, and says so.
  const bool starts = !waits_for_start(options);
  values.add("locustfile", options.locustfile);
  values.add("config", kNone);
  values.add_or_none("host", options.host);
  starts ? values.add("num_users", std::int64_t{options.users.value_or(1)})
         : values.add("num_users", whole(options.users));
  starts ? values.add("spawn_rate", options.spawn_rate.value_or(1))
         : values.add("spawn_rate", options.spawn_rate);
  values.add("run_time", seconds(options.run_time));
  values.add("list_commands", options.list_users);
  values.add("config_users", options.config_users);
  values.add("headless", options.headless);
  values.add("headful", false);
  values.add("tags", options.tags);
  values.add("exclude_tags", options.exclude_tags);
  values.add("print_stats", options.print_stats);
  values.add("only_summary", options.only_summary);
  values.add("reset_stats", options.reset_stats);
  values.add("json", options.json);
  values.add("skip_log_setup", options.skip_log_setup);
  values.add("loglevel", level_name(options.loglevel));
  values.add_or_none("logfile", options.logfile);
  values.add("show_task_ratio", options.show_task_ratio);
  values.add("show_task_ratio_json", options.show_task_ratio_json);
  values.add("exit_code_on_error", options.exit_code_on_error);
  values.add("stop_timeout", std::int64_t{options.stop_timeout.count()});
  values.add("equal_weights", options.equal_weights);
  values.add_or_none("profile", options.profile);
  values.add("user_classes", options.user_classes);
}

void add_processes(Values& values, const Options& options) {
  values.add("master", options.role == Role::Master);
  values.add("master_bind_host", options.master_bind_host);
  values.add("master_bind_port", std::int64_t{options.master_bind_port});
  values.add("expect_workers", std::int64_t{options.expect_workers.value_or(1)});
  values.add("expect_workers_max_wait", std::int64_t{options.expect_workers_max_wait.count()});
  values.add("enable_rebalancing", options.rebalancing);
  values.add("expect_slaves", kNone);
  values.add("worker", options.role == Role::Worker);
  values.add("processes", whole(options.processes));
  values.add("slave", kNone);
  values.add("master_host", options.master_host);
  values.add("master_port", std::int64_t{options.master_port});
}

void add_web(Values& values, const Options& options) {
  values.add("web_host", options.web_host);
  values.add("web_port", std::int64_t{options.web_port});
  values.add("web_base_path", options.web_base_path);
  values.add("autostart", options.autostart);
  values.add("autoquit", options.autoquit ? options.autoquit->count() : std::int64_t{-1});
  values.add("web_login", !options.web_login.empty());
  values.add("tls_cert", options.tls_cert);
  values.add("tls_key", options.tls_key);
  values.add("class_picker", options.class_picker);
  values.add_or_none("csv_prefix", options.csv_prefix);
  values.add("stats_history_enabled", options.csv_full_history);
  values.add_or_none("html_file", options.html_file);
  values.add_or_none("json_file", options.json_file);
}

// Options that this version refuses, as if nobody had asked for them.
void add_defaults(Values& values) {
  values.add("web_host_display_name", kNone);
  values.add("web_auth", kNone);
  values.add("build_path", "");
  values.add("legacy_ui", false);
  values.add("otel", false);
}

}  // namespace

std::vector<std::pair<std::string, OptionValue>> option_values(const Options& options) {
  Values values;
  add_run(values, options);
  add_processes(values, options);
  add_web(values, options);
  add_defaults(values);
  values.add("num_requests", whole(options.num_requests));
  values.add("insecure", options.insecure);
  values.add_or_none("ca_file", options.ca_file);
  values.add_or_none("python", options.python);
  return values.take();
}

}  // namespace swarm
