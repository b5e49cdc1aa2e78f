#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "common/clock.h"
#include "common/result.h"
#include "master/aggregate/snapshot.h"
#include "master/views/csv.h"
#include "master/views/wall_clock.h"

namespace swarm {

// The files of --csv: totals, failures and exceptions of the present moment, rewritten in place,
// and a history that grows by a moment a second.
//
// Flow    Snapshot -> [CsvFiles] -> PREFIX_{stats,stats_history,failures,exceptions}.csv
// Thread  loop
// Errors  open() tells which file cannot be written; later ones are logged once, and the run goes
// on
class CsvFiles {
 public:
  static constexpr Duration kInterval = std::chrono::seconds{1};
  static constexpr Duration kFlushInterval = std::chrono::seconds{5};

  // Files that are there already are begun anew.
  static Result<CsvFiles> open(const std::string& prefix, bool full_history);
  static std::string history_path(const std::string& prefix) {
    return prefix + "_stats_history.csv";
  }

  // To be called once each kInterval; `run.taken` is the present.
  void write(const master::Snapshot& run, const master::WallClock& clock);
  // All that was written is in the files.
  void flush();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Close>;

  explicit CsvFiles(bool full_history) : rows_(full_history) {}
  void rewrite(File& file, const std::string& text);
  void failed();

  File stats_;
  File history_;
  File failures_;
  File exceptions_;
  master::HistoryCsv rows_;
  TimePoint flushed_{};
  bool told_ = false;
};

}  // namespace swarm
