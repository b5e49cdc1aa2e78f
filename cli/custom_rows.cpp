#include "cli/custom_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <string_view>
#include <utility>

#include "cli/option_table.h"
#include "cli/values.h"

namespace swarm {
namespace {

// A scenario may use a name that Locust does not have and swarm has: it was not written for swarm.
void give_up_names(OptionTable& table, const CustomOption& added) {
  for (OptionSpec& row : table) {
    for (auto* names : {&row.names, &row.old_names}) {
      std::erase_if(*names, [&added](std::string_view name) {
        return std::ranges::find(added.names, name) != added.names.end();
      });
    }
  }
  std::erase_if(table, [](const OptionSpec& row) { return row.names.empty(); });
}

OptionSpec row_of(const CustomOption& added) {
  OptionSpec row;
  row.names.assign(added.names.begin(), added.names.end());
  row.takes = added.takes;
  row.repeats = added.repeats;
  row.metavar = added.metavar;
  row.variable = added.variable;
  row.words = false;
  if (!added.hidden) row.group = added.group.empty() ? kCommonOptions : added.group;
  row.help = added.help;
  row.custom = true;
  return row;
}

// Behind its group, a new group before the positional arguments.
OptionTable::iterator place_of(OptionTable& table, const OptionSpec& row) {
  const auto same_group = [&row](const OptionSpec& each) { return each.group == row.group; };
  const auto last = std::ranges::find_if(table | std::views::reverse, same_group);
  if (last != table.rend()) return last.base();
  return std::ranges::find_if(table, &OptionSpec::positional);
}

// As given, or if that was a variable, the first long name.
std::string name_of(const Setting& setting) {
  const auto& names = setting.option->names;
  if (std::ranges::find(names, setting.name) != names.end()) return setting.name;
  const auto is_long = [](std::string_view name) { return name.starts_with("--"); };
  const auto found = std::ranges::find_if(names, is_long);
  return std::string{found != names.end() ? *found : names.front()};
}

std::vector<std::string> times(std::int64_t count, const std::string& word) {
  return std::vector<std::string>(static_cast<std::size_t>(count), word);
}

// The switch `name`, or its counterpart if it has one: argparse's BooleanOptionalAction.
Result<std::vector<std::string>> words_of_switch(const OptionSpec& option, const std::string& name,
                                                 const std::string& value) {
  constexpr std::int64_t kMostTimes = 100;
  if (option.repeats) {
    if (const auto count = parse_whole(value, 0, kMostTimes)) return times(*count, name);
  }
  SWARM_TRY_ASSIGN(const bool on, parse_switch(value));
  if (on) return times(1, name);
  const std::string off = fmt::format("--no-{}", std::string_view{name}.substr(2));
  const bool has_counterpart = std::ranges::find(option.names, off) != option.names.end();
  return times(has_counterpart ? 1 : 0, off);
}

}  // namespace

Result<OptionTable> with_custom_options(const std::vector<CustomOption>& added) {
  OptionTable table = option_table();
  for (const CustomOption& each : added) {
    give_up_names(table, each);
    OptionSpec row = row_of(each);
    if (row.positional()) {
      return Error{fmt::format(
          "the scenario adds the positional argument {}; add it as an option instead, --{}",
          in_quotes(row.names.front()), row.names.front())};
    }
    table.insert(place_of(table, row), std::move(row));
  }
  return table;
}

Result<std::vector<std::string>> words_of(const Setting& setting) {
  const OptionSpec& option = *setting.option;
  const bool typed = setting.origin.empty();
  const auto& values = setting.values;
  const std::string name = name_of(setting);
  if (option.takes == Takes::Nothing) {
    return typed ? times(1, name) : words_of_switch(option, name, values.front());
  }
  std::vector<std::string> words;
  const bool one_by_one = values.size() == 1 || option.takes.most == 1;
  if (!one_by_one || values.empty()) words.push_back(name);
  for (const std::string& value : values) {
    words.push_back(one_by_one ? fmt::format("{}={}", name, value) : value);
  }
  return words;
}

}  // namespace swarm
