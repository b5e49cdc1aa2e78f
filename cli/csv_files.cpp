#include "cli/csv_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/log.h"

namespace swarm {

Result<CsvFiles> CsvFiles::open(const std::string& prefix, bool full_history) {
  CsvFiles files(full_history);
  const std::pair<File&, std::string> all[] = {{files.stats_, prefix + "_stats.csv"},
                                               {files.history_, history_path(prefix)},
                                               {files.failures_, prefix + "_failures.csv"},
                                               {files.exceptions_, prefix + "_exceptions.csv"}};
  for (const auto& [file, path] : all) {
    file.reset(std::fopen(path.c_str(), "we"));
    if (file) continue;
    return Error{fmt::format("argument --csv: cannot write {}: {}", path, std::strerror(errno))};
  }
  std::fputs(master::HistoryCsv::header().c_str(), files.history_.get());
  return files;
}

void CsvFiles::write(const master::Snapshot& run, const master::WallClock& clock) {
  rewrite(stats_, requests_csv(run));
  rewrite(failures_, failures_csv(run, clock));
  rewrite(exceptions_, exceptions_csv(run));
  const std::string rows = rows_.rows(run, clock);
  if (std::fwrite(rows.data(), 1, rows.size(), history_.get()) != rows.size()) failed();
  if (run.taken - flushed_ < kFlushInterval) return;
  flushed_ = run.taken;
  if (std::fflush(history_.get()) != 0) failed();
}

void CsvFiles::flush() {
  if (std::fflush(history_.get()) != 0) failed();
}

// In place: who has the file open sees the new text, and never more than one.
void CsvFiles::rewrite(File& file, const std::string& text) {
  std::FILE* const to = file.get();
  std::rewind(to);
  const bool written = std::fwrite(text.data(), 1, text.size(), to) == text.size() &&
                       std::fflush(to) == 0 &&
                       ftruncate(fileno(to), static_cast<off_t>(text.size())) == 0;
  if (!written) failed();
}

void CsvFiles::failed() {
  if (std::exchange(told_, true)) return;
  log(LogLevel::Error, "swarm.main",
      fmt::format("The files of --csv are not complete: {}", std::strerror(errno)));
}

}  // namespace swarm
