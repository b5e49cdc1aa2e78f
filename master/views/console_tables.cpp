#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "master/views/console.h"
#include "master/views/page.h"
#include "master/views/text.h"

namespace swarm::master {
namespace {

// Locust's widths where there is no terminal, and the most that is of use on one.
constexpr int kStatsName = 76;
constexpr int kPercentileName = 80;

constexpr std::array kPercentiles{.5, .66, .75, .8, .9, .95, .98, .99, .999, .9999, 1.};
// Those that a narrow table keeps.
constexpr std::array kNarrowPercentiles{.5, .75, .9, .95, .99, .999, 1.};

double milliseconds(Duration time) { return static_cast<double>(time.count()) / 1e6; }

std::string whole(double ms) { return fmt::format("{}", static_cast<std::int64_t>(ms)); }

// For people: three digits tell a fast target from a very fast one.
std::string brief(double ms) {
  return fmt::format("{:.{}f}", ms, ms == 0 || ms >= 99.95 ? 0 : ms >= 9.995 ? 1 : 2);
}

std::string fails(const EndpointStats& stats, const Page& page) {
  const double share = stats.fail_ratio() * 100;
  // Percentages of the narrow table: 0.03 %, 2.3 %, 45 %.
  const int decimals = page.layout != Layout::Narrow || share < 1 ? 2 : share < 10 ? 1 : 0;
  return fmt::format("{}({:.{}f}%)", stats.failures, share, decimals);
}

// The table grows with its counts, instead of breaking when they do.
int fitted(int least, std::size_t needed) { return std::max(least, static_cast<int>(needed)); }

// What "Type" and "Name" of a row show; the narrow table has them in one column.
std::string name_columns(const EndpointRow& row, int name_width, const Page& page,
                         std::string_view method_end) {
  const std::string method = printable(row.endpoint.method);
  const std::string name = printable(row.endpoint.name);
  const auto fit = static_cast<std::size_t>(name_width);
  if (page.layout == Layout::Narrow) {
    return fmt::format("{:<{}}", shorten(method.empty() ? name : method + " " + name, fit),
                       name_width);
  }
  return fmt::format("{:<8} {:<{}}", method.empty() ? "" : method + std::string(method_end),
                     page.exact() ? name : shorten(name, fit), name_width);
}

std::string name_heads(int name_width, const Page& page) {
  if (page.layout == Layout::Narrow) return fmt::format("{:<{}}", "Name", name_width);
  return fmt::format("{:<8} {:<{}}", "Type", "Name", name_width);
}

// "-----|---|----": runs of dashes as wide as given.
template <typename Widths>
std::string separator(const Widths& widths, const Page& page) {
  std::string line = page.layout == Layout::Narrow ? "" : dashes(8);
  for (const int count : widths) {
    if (!line.empty()) line += '|';
    line += dashes(count);
  }
  return line;
}

class StatsTable {
 public:
  StatsTable(const Snapshot& run, Show rates, int columns)
      : run_(run), rates_(rates), page_(columns) {
    const bool narrow = page_.layout == Layout::Narrow;
    fails_ = narrow ? 10 : 12;
    if (!page_.exact()) {
      requests_ = fitted(requests_, std::to_string(run.total.stats.requests).size());
      for (const auto& row : run.endpoints) fails_ = fitted(fails_, fails(row.stats, page_).size());
      fails_ = fitted(fails_, fails(run.total.stats, page_).size());
    }
    const int others = narrow ? 44 : 65;  // of a row without name, requests and failures
    name_ = page_.exact() ? kStatsName
                          : std::clamp(page_.columns - others - requests_ - fails_, 8, kStatsName);
  }

  std::string text() const {
    std::string text = head() + line();
    for (const auto& row : run_.endpoints) {
      if (row.stats.requests > 0) text += of(row);
    }
    return text + line() + of(run_.total) + "\n";
  }

 private:
  std::string head() const {
    const auto names = name_heads(name_, page_);
    if (page_.layout == Layout::Narrow) {
      return fmt::format("{} {:>{}} {:>{}} |{:>6}{:>6}{:>6}{:>6} |{:>7} {:>6}\n", names, "# reqs",
                         requests_, "# fails", fails_, "Avg", "Min", "Max", "Med", "req/s",
                         "fail/s");
    }
    return fmt::format("{} {:>{}} {:>{}} |{:>7} {:>7} {:>7}{:>7} | {:>7} {:>11}\n", names, "# reqs",
                       requests_, "# fails", fails_, "Avg", "Min", "Max", "Med", "req/s",
                       "failures/s");
  }

  std::string line() const {
    if (page_.layout == Layout::Narrow) {
      return separator(std::array{name_ + requests_ + fails_ + 3, 25, 14}, page_) + "\n";
    }
    return separator(std::array{name_, requests_, fails_ + 1, 7, 7, 7, 7, 8, 11}, page_) + "\n";
  }

  std::string of(const EndpointRow& row) const {
    const Rates& rates = rates_ == Show::CurrentRates ? row.current : row.average;
    const Histogram& times = row.stats.response_times;
    const auto names = name_columns(row, name_, page_, " ");
    const auto failed = fails(row.stats, page_);
    // Locust cuts these to whole milliseconds, and rounds the median, as all percentiles.
    const auto show = page_.exact() ? whole : brief;
    const auto average = show(times.mean_ns() / 1e6);
    const auto least = show(milliseconds(times.min()));
    const auto most = show(milliseconds(times.max()));
    const double middle = milliseconds(times.median());
    const auto median = page_.exact() ? fmt::format("{:.0f}", middle) : brief(middle);
    if (page_.layout == Layout::Narrow) {
      return fmt::format("{} {:>{}} {:>{}} |{:>6}{:>6}{:>6}{:>6} |{:>7} {:>6}\n", names,
                         row.stats.requests, requests_, failed, fails_, average, least, most,
                         median, rate(rates.requests_per_s, 7), rate(rates.failures_per_s, 6));
    }
    return fmt::format("{} {:>{}} {:>{}} |{:>7} {:>7} {:>7}{:>7} | {:>7} {:>11}\n", names,
                       row.stats.requests, requests_, failed, fails_, average, least, most, median,
                       rate(rates.requests_per_s, 7), rate(rates.failures_per_s, 11));
  }

  // As exact as fits.
  std::string rate(double per_s, std::size_t fits) const {
    std::string text = fmt::format("{:.2f}", per_s);
    for (int decimals = 1; !page_.exact() && text.size() > fits && decimals >= 0; --decimals) {
      text = fmt::format("{:.{}f}", per_s, decimals);
    }
    return text;
  }

  const Snapshot& run_;
  Show rates_;
  Page page_;
  int name_ = 0;
  int requests_ = 7;
  int fails_ = 0;
};

// The columns of a table: percentiles as shares.
using Shares = std::span<const double>;

Shares columns_of(Shares wanted, const Page& page) {
  const bool narrow = page.layout == Layout::Narrow;
  if (wanted.empty()) return narrow ? Shares(kNarrowPercentiles) : Shares(kPercentiles);
  const std::size_t most = page.exact() ? wanted.size() : narrow ? 7 : kPercentiles.size();
  return wanted.first(std::min(wanted.size(), most));
}

int width_of(std::size_t place, const Page& page) {
  return place == 0 && page.layout != Layout::Narrow ? 8 : 6;
}

// 0.5 as 50%, 0.999 as 99.9%: at most six decimals.
std::string percentile_head(double share) {
  std::string text = fmt::format("{:.6f}", share * 100);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text + '%';
}

std::string percentile_row(const EndpointRow& row, int name_width, int requests, const Page& page,
                           Shares shares) {
  const Histogram& times = row.stats.response_times;
  std::string text = name_columns(row, name_width, page, "");
  for (std::size_t place = 0; place < shares.size(); ++place) {
    const double ms = milliseconds(times.percentile(shares[place]));
    text += fmt::format(" {:>{}}", page.exact() ? fmt::format("{:.0f}", ms) : brief(ms),
                        width_of(place, page));
  }
  return text + fmt::format(" {:>{}}\n", row.stats.requests, requests);
}

}  // namespace

std::string stats_table(const Snapshot& run, Show rates, int columns) {
  return StatsTable(run, rates, columns).text();
}

std::string percentile_table(const Snapshot& run, int columns, Shares wanted) {
  const Page page(columns);
  const bool narrow = page.layout == Layout::Narrow;
  const Shares shares = columns_of(wanted, page);
  int requests = 6;
  if (!page.exact()) requests = fitted(requests, std::to_string(run.total.stats.requests).size());
  int numbers = 0;
  for (std::size_t place = 0; place < shares.size(); ++place) numbers += 1 + width_of(place, page);
  const int others = numbers + (narrow ? 1 : 10);  // of a row without name and requests
  const int name = page.exact() ? kPercentileName
                                : std::clamp(page.columns - others - requests, 8, kPercentileName);

  std::string head = name_heads(name, page);
  std::vector<int> widths{name};
  for (std::size_t place = 0; place < shares.size(); ++place) {
    if (!narrow) widths.push_back(width_of(place, page));
    head += fmt::format(" {:>{}}", percentile_head(shares[place]), width_of(place, page));
  }
  widths.push_back(narrow ? numbers + requests : requests);
  head += fmt::format(" {:>{}}\n", "# reqs", requests);

  const std::string line = separator(widths, page) + "\n";
  std::string text = "Response time percentiles (approximated)\n" + head + line;
  const auto add = [&](const EndpointRow& row) {
    if (!row.stats.response_times.empty())
      text += percentile_row(row, name, requests, page, shares);
  };
  std::ranges::for_each(run.endpoints, add);
  text += line;
  add(run.total);
  return text + "\n";
}

}  // namespace swarm::master
