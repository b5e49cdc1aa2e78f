#include "cli/option_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace swarm {
namespace {

using namespace std::chrono_literals;
using List = std::vector<std::string>;

std::map<std::string, OptionValue> values(const Options& options) {
  const auto all = option_values(options);
  const std::map<std::string, OptionValue> by_name{all.begin(), all.end()};
  EXPECT_EQ(by_name.size(), all.size()) << "a name twice";
  return by_name;
}

OptionValue number(std::int64_t value) { return value; }
OptionValue text(const char* value) { return std::string{value}; }
const OptionValue kNone;

TEST(OptionValues, AreLocustsDefaults) {
  const auto all = values(Options{});
  EXPECT_EQ(all.at("locustfile"), text("locustfile.py"));
  for (const char* name : {"host", "num_users", "spawn_rate", "run_time", "tags", "exclude_tags",
                           "config_users", "csv_prefix", "html_file", "json_file", "logfile",
                           "processes", "profile", "config", "num_requests"}) {
    EXPECT_EQ(all.at(name), kNone) << name;
  }
  for (const char* name : {"headless",
                           "headful",
                           "list_commands",
                           "print_stats",
                           "only_summary",
                           "reset_stats",
                           "json",
                           "skip_log_setup",
                           "show_task_ratio",
                           "show_task_ratio_json",
                           "equal_weights",
                           "autostart",
                           "web_login",
                           "class_picker",
                           "master",
                           "worker",
                           "stats_history_enabled",
                           "otel",
                           "legacy_ui",
                           "insecure"}) {
    EXPECT_EQ(all.at(name), OptionValue{false}) << name;
  }
  EXPECT_EQ(all.at("web_port"), number(8089));
  EXPECT_EQ(all.at("web_host"), text(""));
  EXPECT_EQ(all.at("autoquit"), number(-1));
  EXPECT_EQ(all.at("master_bind_host"), text("*"));
  EXPECT_EQ(all.at("master_host"), text("127.0.0.1"));
  EXPECT_EQ(all.at("master_port"), number(5557));
  EXPECT_EQ(all.at("expect_workers"), number(1));
  EXPECT_EQ(all.at("stop_timeout"), number(0));
  EXPECT_EQ(all.at("exit_code_on_error"), number(1));
  EXPECT_EQ(all.at("loglevel"), text("INFO"));
  EXPECT_EQ(all.at("user_classes"), OptionValue{List{}});
}

TEST(OptionValues, AreWhatWasAskedFor) {
  Options options;
  options.locustfile = "a.py,b.py";
  options.host = "http://shop.example";
  options.users = 50;
  options.spawn_rate = 2.5;
  options.run_time = 80min;
  options.num_requests = 1000;
  options.stop_timeout = 30s;
  options.tags = List{};
  options.exclude_tags = List{"slow"};
  options.config_users = List{"users.json"};
  options.equal_weights = true;
  options.profile = "nightly";
  options.loglevel = LogLevel::Critical;
  options.user_classes = {"Browser"};
  options.exit_code_on_error = 0;
  options.insecure = true;
  const auto all = values(options);
  EXPECT_EQ(all.at("locustfile"), text("a.py,b.py"));
  EXPECT_EQ(all.at("host"), text("http://shop.example"));
  EXPECT_EQ(all.at("num_users"), number(50));
  EXPECT_EQ(all.at("spawn_rate"), OptionValue{2.5});
  EXPECT_EQ(all.at("run_time"), number(4800));
  EXPECT_EQ(all.at("num_requests"), number(1000));
  EXPECT_EQ(all.at("stop_timeout"), number(30));
  EXPECT_EQ(all.at("tags"), OptionValue{List{}});
  EXPECT_EQ(all.at("exclude_tags"), OptionValue{List{"slow"}});
  EXPECT_EQ(all.at("config_users"), OptionValue{List{"users.json"}});
  EXPECT_EQ(all.at("equal_weights"), OptionValue{true});
  EXPECT_EQ(all.at("profile"), text("nightly"));
  EXPECT_EQ(all.at("loglevel"), text("CRITICAL"));
  EXPECT_EQ(all.at("user_classes"), OptionValue{List{"Browser"}});
  EXPECT_EQ(all.at("exit_code_on_error"), number(0));
  EXPECT_EQ(all.at("insecure"), OptionValue{true});
}

// Locust has to be told to move users when workers come and go.
TEST(OptionValues, SayThatWorkersAreRebalanced) {
  Options options;
  EXPECT_EQ(values(options).at("enable_rebalancing"), OptionValue{true});
  options.rebalancing = false;
  EXPECT_EQ(values(options).at("enable_rebalancing"), OptionValue{false});
}

TEST(OptionValues, SayWhichPartTheProcessPlays) {
  Options options;
  options.role = Role::Master;
  options.master_bind_host = "127.0.0.1";
  options.master_bind_port = 0;
  options.expect_workers = 4;
  options.expect_workers_max_wait = 90s;
  auto all = values(options);
  EXPECT_EQ(all.at("master"), OptionValue{true});
  EXPECT_EQ(all.at("worker"), OptionValue{false});
  EXPECT_EQ(all.at("master_bind_host"), text("127.0.0.1"));
  EXPECT_EQ(all.at("master_bind_port"), number(0));
  EXPECT_EQ(all.at("expect_workers"), number(4));
  EXPECT_EQ(all.at("expect_workers_max_wait"), number(90));
  EXPECT_EQ(all.at("num_users"), OptionValue{}) << "the web interface asks";

  options = {};
  options.role = Role::Worker;
  options.master_host = "10.0.0.5";
  options.master_port = 7;
  options.processes = -1;
  all = values(options);
  EXPECT_EQ(all.at("master"), OptionValue{false});
  EXPECT_EQ(all.at("worker"), OptionValue{true});
  EXPECT_EQ(all.at("master_host"), text("10.0.0.5"));
  EXPECT_EQ(all.at("master_port"), number(7));
  EXPECT_EQ(all.at("processes"), number(-1));
}

TEST(OptionValues, OfARunThatStartsAtOnceHaveOneUser) {
  Options options;
  options.headless = true;
  EXPECT_EQ(values(options).at("num_users"), number(1));
  EXPECT_EQ(values(options).at("spawn_rate"), OptionValue{1.0});
}

}  // namespace
}  // namespace swarm
