#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "master/aggregate/verdict.h"
#include "master/aggregate/words.h"
#include "master/views/console.h"
#include "master/views/page.h"
#include "master/views/text.h"

namespace swarm::master {
namespace {

constexpr int kLeastName = 8;
constexpr int kMostName = 48;

struct Column {
  std::string_view head;
  int width;  // at least
};
constexpr std::array kColumns{Column{"# reqs", 7},  Column{"Users", 6}, Column{"req/s", 8},
                              Column{"Lag p99", 9}, Column{"Busy", 5},  Column{"Loop lag", 9},
                              Column{"Memory", 7},  Column{"Lost", 5}};
using Cells = std::array<std::string, kColumns.size()>;

Cells cells_of(const WorkerRow& worker) {
  const bool told = worker.observed > Duration::zero();
  return {std::to_string(worker.requests),
          std::to_string(worker.peak_users),
          fmt::format("{:.{}f}", worker.requests_per_s, worker.requests_per_s < 99'999.95 ? 1 : 0),
          worker.paced > 0 ? in_words(worker.send_lag_p99) : "-",
          told ? percent(worker.sustained_busy_ratio) : "-",
          told || worker.longest_lag > Duration::zero() ? in_words(worker.longest_lag) : "-",
          worker.newest.bytes_memory > 0 ? memory(worker.newest.bytes_memory) : "-",
          std::to_string(worker.lost_intervals)};
}

// Of HOST_32DIGITS, as workers are called unless they have a name, the host and some digits: what
// tells workers apart. Of others both ends.
std::string short_id(const std::string& id, std::size_t most) {
  constexpr std::size_t kDigits = 32;
  constexpr std::size_t kLeastDigits = 4;
  if (width(id) <= most || id.size() <= kDigits + 1) return shorten(id, most);
  const std::size_t host = id.size() - kDigits - 1;
  const bool named =
      id[host] != '_' || id.find_first_not_of("0123456789abcdef", host + 1) != std::string::npos;
  if (named || most < 3 * kLeastDigits) return shorten(id, most);
  const std::string front = shorten(id.substr(0, host), most - 1 - kLeastDigits);
  return front + "_" + id.substr(host + 1, most - 1 - width(front));
}

class WorkerTable {
 public:
  WorkerTable(const std::vector<const WorkerRow*>& workers, int columns) : page_(columns) {
    std::size_t longest = kLeastName;
    for (std::size_t i = 0; i < kColumns.size(); ++i) widths_[i] = kColumns[i].width;
    for (const WorkerRow* const worker : workers) {
      rows_.emplace_back(printable(worker->id), cells_of(*worker));
      longest = std::max(longest, width(rows_.back().first));
      for (std::size_t i = 0; i < kColumns.size(); ++i) {
        widths_[i] = std::max(widths_[i], static_cast<int>(rows_.back().second[i].size()));
      }
    }
    name_ = static_cast<int>(longest);
    if (page_.exact()) return;
    int others = 0;
    for (const int each : widths_) others += 1 + each;
    name_ = std::min(name_, std::clamp(page_.columns - others, kLeastName, kMostName));
  }

  std::string text() const {
    Cells heads;
    std::string line = dashes(name_);
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      heads[i] = kColumns[i].head;
      line += "|" + dashes(widths_[i]);
    }
    line += "\n";
    std::string text = row("Worker", heads) + line;
    for (const auto& [id, cells] : rows_) text += row(id, cells);
    return text + line;
  }

 private:
  std::string row(const std::string& name, const Cells& cells) const {
    const std::string fitted = short_id(name, static_cast<std::size_t>(name_));
    // Not fmt's own padding: it counts wide characters twice.
    std::string text = fitted + std::string(static_cast<std::size_t>(name_) - width(fitted), ' ');
    for (std::size_t i = 0; i < cells.size(); ++i) {
      text += fmt::format(" {:>{}}", cells[i], widths_[i]);
    }
    return text + "\n";
  }

  Page page_;
  int name_ = 0;
  std::array<int, kColumns.size()> widths_{};
  std::vector<std::pair<std::string, Cells>> rows_;
};

bool is_fine(const Snapshot& run, const WorkerRow& worker) {
  const auto lost = std::ranges::find(run.lost, worker.id, &LostRow::worker);
  return worker.sustained_busy_ratio <= kMostBusyRatio && worker.lost_intervals == 0 &&
         lost == run.lost.end();
}

}  // namespace

std::string worker_table(const Snapshot& run, int columns) {
  if (run.workers.size() < 2 && !(run.status.distributed && !run.workers.empty())) return {};
  std::vector<const WorkerRow*> shown;
  for (const WorkerRow& worker : run.workers) shown.push_back(&worker);
  const bool some = shown.size() > kMostWorkers;
  if (some) {
    std::ranges::stable_sort(shown, std::greater{}, &WorkerRow::sustained_busy_ratio);
    shown.resize(kWorstWorkers);
  }
  std::string text = "Workers (users at their peak, send lag p99, longest loop lag)\n" +
                     WorkerTable(shown, columns).text();
  if (some) {
    const auto fine =
        std::ranges::count_if(run.workers, [&](const auto& each) { return is_fine(run, each); });
    text += fmt::format("the {} busiest of {}; {} are fine (at most {} busy, none lost)\n",
                        kWorstWorkers, grouped(run.workers.size()),
                        grouped(static_cast<std::uint64_t>(fine)), percent(kMostBusyRatio));
  }
  return text + "\n";
}

}  // namespace swarm::master
