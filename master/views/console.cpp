#include "master/views/console.h"

#include <fmt/format.h>

#include "master/views/task_ratio.h"

namespace swarm::master {
namespace {

std::string task_ratio_rows(const std::vector<TaskRatio>& ratios, std::size_t level) {
  const std::string indent(2 * level, ' ');
  std::string rows;
  for (const auto& ratio : ratios) {
    rows += fmt::format(" {:<10} {:<50}\n", fmt::format("{}{:<6.1f}", indent, ratio.ratio * 100),
                        indent + ratio.name);
    rows += task_ratio_rows(ratio.tasks, level + 1);
  }
  return rows;
}

}  // namespace

std::string final_report(const Snapshot& run, int columns, int idle_cores,
                         std::span<const double> percentiles) {
  return stats_table(run, Show::AverageRates, columns) +
         percentile_table(run, columns, percentiles) + error_report(run, columns) +
         exception_report(run, columns) + interrupted_line(run) + worker_table(run, columns) +
         health_report(run, columns, idle_cores);
}

std::string user_class_list(std::span<const UserClass> classes) {
  std::string text = "Available Users:\n";
  for (const auto& user_class : classes) text += "    " + user_class.name + "\n";
  return text;
}

std::string task_ratio_tables(std::span<const UserClass> classes, std::uint32_t users) {
  const std::string line = std::string(80, '-') + "\n";
  return "\n Task ratio per User class\n" + line +
         task_ratio_rows(task_ratios(classes, users, RatioOf::Class), 0) + "\n Total task ratio\n" +
         line + task_ratio_rows(task_ratios(classes, users, RatioOf::Total), 0);
}

}  // namespace swarm::master
