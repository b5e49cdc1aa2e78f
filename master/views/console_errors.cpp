#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "master/views/console.h"
#include "master/views/page.h"
#include "master/views/text.h"

namespace swarm::master {
namespace {

// "# occurrences", and the texts in lines of their own width.
std::string occurrences(std::uint64_t count, std::string_view text, const Page& page) {
  if (page.exact()) return fmt::format("{:<18} {:<100}\n", count, text);
  std::string rows;
  for (const auto& line : wrap(text, static_cast<std::size_t>(page.columns - 19))) {
    rows +=
        rows.empty() ? fmt::format("{:<18} {}\n", count, line) : fmt::format("{:19}{}\n", "", line);
  }
  return rows;
}

std::string occurrences_line(const Page& page) {
  return dashes(18) + "|" + dashes(page.exact() ? 141 : page.columns - 19) + "\n";
}

std::string occurrences_head(std::string_view what, const Page& page) {
  return fmt::format("{:<18} {:<{}}\n", "# occurrences", what, page.exact() ? 100 : 0) +
         occurrences_line(page);
}

// Locust keeps repr(exception), and shows what a scenario passed to failure() without its class:
// CatchResponseError('too slow') as too slow.
std::string unwrapped(std::string_view error) {
  constexpr std::string_view kClass = "CatchResponseError(";
  if (!error.starts_with(kClass) || !error.ends_with(')')) return std::string(error);
  error.remove_prefix(kClass.size());
  error.remove_suffix(1);
  const bool quoted = error.size() >= 2 && error.front() == error.back() &&
                      (error.front() == '\'' || error.front() == '"');
  if (!quoted) return std::string(error);
  std::string text;
  for (std::size_t i = 1; i + 1 < error.size(); ++i) {
    const bool escaped = error[i] == '\\' && i + 2 < error.size() &&
                         std::string_view("\\'\"").find(error[i + 1]) != std::string_view::npos;
    text += error[escaped ? ++i : i];
  }
  return text;
}

}  // namespace

std::string error_report(const Snapshot& run, int columns) {
  if (run.errors.empty()) return {};
  const Page page(columns);
  std::string text = "Error report\n" + occurrences_head("Error", page);
  for (const auto& error : run.errors) {
    const auto& [method, name] = error.key.endpoint;
    text += occurrences(
        error.count.occurrences,
        printable(fmt::format("{} {}: {}", method, name, unwrapped(error.key.error))), page);
  }
  return text + occurrences_line(page) + "\n";
}

std::string exception_report(const Snapshot& run, int columns) {
  if (run.exceptions.empty()) return {};
  const Page page(columns);
  std::string text = "Exceptions\n" + occurrences_head("Exception", page);
  for (const auto& exception : run.exceptions) {
    text += occurrences(exception.count, printable(exception.message), page);
    std::string_view rest = exception.traceback;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      if (end > 0) text += fmt::format("{:19}{}\n", "", printable(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return text + occurrences_line(page) + "\n";
}

}  // namespace swarm::master
