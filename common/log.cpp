#include "common/log.h"

#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>

namespace swarm {
namespace {

spdlog::string_view_t view(std::string_view text) { return {text.data(), text.size()}; }

// The name that scripts look for: without the domain.
std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  const std::string full{name.data()};
  return full.substr(0, full.find('.'));
}

// HOSTNAME/LEVEL, since spdlog has no upper-case names of levels.
class HostAndLevel final : public spdlog::custom_flag_formatter {
 public:
  explicit HostAndLevel(std::string host) : host_(std::move(host)) {}

  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    constexpr std::array<std::string_view, 7> kNames{"DEBUG", "DEBUG",    "INFO", "WARNING",
                                                     "ERROR", "CRITICAL", "OFF"};
    out.append(host_.data(), host_.data() + host_.size());
    out.push_back('/');
    const std::string_view name = kNames.at(static_cast<std::size_t>(message.level));
    out.append(name.data(), name.data() + name.size());
  }

  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<HostAndLevel>(host_);
  }

 private:
  std::string host_;
};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return spdlog::level::debug;
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Warning:
      return spdlog::level::warn;
    case LogLevel::Error:
      return spdlog::level::err;
    case LogLevel::Critical:
      return spdlog::level::critical;
  }
  return spdlog::level::info;
}

using Sink = std::unique_ptr<spdlog::sinks::sink>;

using Ring = spdlog::sinks::ringbuffer_sink_st;

void set_format(spdlog::sinks::sink& sink) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<HostAndLevel>('*', host_name());
  formatter->set_pattern("[%Y-%m-%d %H:%M:%S,%e] %*/%n: %v");
  sink.set_formatter(std::move(formatter));
}

Sink make_sink(const std::string& file) {
  Sink sink;
  if (file.empty()) {
    sink = std::make_unique<spdlog::sinks::stderr_sink_st>();
  } else {
    sink = std::make_unique<spdlog::sinks::basic_file_sink_st>(file);
  }
  set_format(*sink);
  return sink;
}

struct Log {
  Log() { set_format(recent); }

  std::atomic<LogLevel> threshold{LogLevel::Info};
  std::mutex mutex;  // guards the sink, so that lines of two threads do not mix
  Sink sink = make_sink("");
  std::atomic<std::uint64_t> count{0};  // lines so far
  Ring recent{kRecentLines};            // under the mutex, too
};

// Never destroyed: destructors of other static objects may log.
Log& the_log() {
  static Log* const log = new Log;
  return *log;
}

}  // namespace

void log(LogLevel level, std::string_view logger, std::string_view message) {
  Log& target = the_log();
  if (level < target.threshold.load(std::memory_order_relaxed)) return;
  const std::scoped_lock lock{target.mutex};
  try {
    const spdlog::details::log_msg line{view(logger), spdlog_level(level), view(message)};
    target.recent.log(line);
    target.count.fetch_add(1, std::memory_order_relaxed);
    target.sink->log(line);
    target.sink->flush();
  } catch (const std::exception&) {
    // A full disk or a closed stderr must not end the run, and there is nowhere to say so.
  }
}

std::uint64_t log_count() { return the_log().count.load(std::memory_order_relaxed); }

std::vector<std::string> recent_log_lines() {
  Log& source = the_log();
  const std::scoped_lock lock{source.mutex};
  std::vector<std::string> lines = source.recent.last_formatted();
  for (std::string& line : lines) {
    if (line.ends_with('\n')) line.pop_back();
  }
  return lines;
}

Result<void> setup_log(LogLevel threshold, const std::string& file) {
  // spdlog would make the folders of a misspelt path.
  const std::filesystem::path folder = std::filesystem::path{file}.parent_path();
  std::error_code ignored;
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
    return Error{"cannot write the log file '" + file + "': there is no directory '" +
                 folder.string() + "'"};
  }

  Log& target = the_log();
  try {
    Sink sink = make_sink(file);
    const std::scoped_lock lock{target.mutex};
    std::swap(target.sink, sink);
  } catch (const std::exception& error) {
    return Error{"cannot write the log file '" + file + "': " + error.what()};
  }
  target.threshold = threshold;
  return {};
}

}  // namespace swarm
