#include "master/views/openmetrics.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>

#include "common/utf8.h"

namespace swarm::master {
namespace {

using std::string_view;

// Upper bounds of a histogram's buckets, in seconds: from a local target's to one that hangs.
constexpr std::array<double, 18> kBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                         0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                         1,      2.5,     5,      10,    30,     60};

constexpr std::array kStates{proto::RunState::Ready, proto::RunState::Spawning,
                             proto::RunState::Running, proto::RunState::Stopping,
                             proto::RunState::Stopped};

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

std::string escaped(string_view text) {
  std::string safe;
  for (const char each : repaired_utf8(text)) {
    if (each == '\n') {
      safe += "\\n";
    } else {
      if (each == '\\' || each == '"') safe += '\\';
      safe += each;
    }
  }
  return safe;
}

std::string label(string_view name, string_view value) {
  return fmt::format("{}=\"{}\"", name, escaped(value));
}

std::string labels_of(const EndpointRow& row) {
  return label("method", row.endpoint.method) + "," + label("name", row.endpoint.name);
}

// Writes one family of metrics after the other.
class Page {
 public:
  explicit Page(Exposition format) : open_(format == Exposition::OpenMetrics) {}

  void counter(string_view name, string_view unit, string_view help) {
    begin(name, "counter", unit, help);
    sample_ = std::string(name) + "_total";
  }
  void gauge(string_view name, string_view unit, string_view help) {
    begin(name, "gauge", unit, help);
    sample_ = name;
  }
  void states(string_view name, string_view help) {
    begin(name, open_ ? "stateset" : "gauge", "", help);
    sample_ = name;
  }
  void histogram(string_view name, string_view help) {
    begin(name, "histogram", "seconds", help);
    sample_ = name;
  }

  template <typename Number>
  void sample(string_view labels, Number value) {
    write("", labels, value);
  }
  void sample(string_view labels, const Histogram& times) {
    std::array<std::uint64_t, kBounds.size()> below{};
    std::size_t bound = 0;
    std::uint64_t passed = 0;
    times.for_each_bucket([&](const Histogram::Bucket& bucket) {
      const double middle = seconds(Histogram::middle_of(bucket.index));
      while (bound < kBounds.size() && middle > kBounds[bound]) below[bound++] = passed;
      passed += bucket.count;
    });
    while (bound < kBounds.size()) below[bound++] = passed;
    const std::string first = labels.empty() ? "" : std::string(labels) + ",";
    for (std::size_t i = 0; i < kBounds.size(); ++i) {
      write("_bucket", fmt::format("{}le=\"{}\"", first, number(kBounds[i])), below[i]);
    }
    write("_bucket", first + "le=\"+Inf\"", times.count());
    write("_sum", labels, static_cast<double>(times.sum_ns()) / 1e9);
    write("_count", labels, times.count());
  }

  std::string end() {
    if (open_) text_ += "# EOF\n";
    return std::move(text_);
  }

 private:
  static std::string number(double value) {
    std::string text = fmt::format("{}", value);
    if (text.find_first_of(".en") == std::string::npos) text += ".0";
    return text;
  }

  void begin(string_view name, string_view type, string_view unit, string_view help) {
    // The older format knows counters by the name of their samples.
    const std::string family = std::string(name) + (!open_ && type == "counter" ? "_total" : "");
    text_ += fmt::format("# TYPE {} {}\n", family, type);
    if (open_ && !unit.empty()) text_ += fmt::format("# UNIT {} {}\n", family, unit);
    text_ += fmt::format("# HELP {} {}\n", family, help);
  }
  template <typename Number>
  void write(string_view suffix, string_view labels, Number value) {
    fmt::format_to(std::back_inserter(text_), "{}{}", sample_, suffix);
    if (!labels.empty()) fmt::format_to(std::back_inserter(text_), "{{{}}}", labels);
    fmt::format_to(std::back_inserter(text_), " {}\n", value);
  }

  const bool open_;
  std::string sample_;
  std::string text_;
};

void write_endpoints(Page& page, const Snapshot& run) {
  const auto each = [&](auto value) {
    for (const EndpointRow& row : run.endpoints) page.sample(labels_of(row), value(row.stats));
  };
  page.counter("swarm_requests", "", "Requests that ended, failed ones too.");
  each([](const EndpointStats& stats) { return stats.requests; });
  page.counter("swarm_failures", "", "Requests that failed.");
  each([](const EndpointStats& stats) { return stats.failures; });
  page.counter("swarm_interrupted_requests", "",
               "Requests that were sent and given up with their user; none of the requests.");
  each([](const EndpointStats& stats) { return stats.interrupted; });
  page.counter("swarm_received_bytes", "bytes", "Bodies of responses.");
  each([](const EndpointStats& stats) { return stats.bytes_received; });
  page.histogram("swarm_response_time_seconds", "Response times of requests.");
  for (const EndpointRow& row : run.endpoints) {
    page.sample(labels_of(row), row.stats.response_times);
  }
}

void write_run(Page& page, const Snapshot& run, const WallClock& clock) {
  page.gauge("swarm_users", "", "Users that are alive, by class.");
  for (const auto& of_class : run.status.users) {
    page.sample(label("user_class", of_class.user_class), of_class.users);
  }
  page.states("swarm_run_state", "What the run is doing: 1 for the present state.");
  for (const proto::RunState state : kStates) {
    page.sample(label("swarm_run_state", name(state)), run.status.state == state ? 1 : 0);
  }
  page.gauge("swarm_run_start_time_seconds", "seconds", "When the statistics started, since 1970.");
  page.sample("", clock.epoch_seconds(run.started));
  std::uint64_t exceptions = 0;
  for (const ExceptionRow& row : run.exceptions) exceptions += row.count;
  page.counter("swarm_exceptions", "", "Exceptions that left tasks of the scenario.");
  page.sample("", exceptions);
}

void write_health(Page& page, const Snapshot& run) {
  std::uint64_t errors = 0;
  for (const GeneratorErrorRow& row : run.generator_errors) errors += row.count;
  page.counter("swarm_generator_errors", "", "Requests that the generator could not make.");
  page.sample("", errors);
  page.gauge("swarm_valid", "", "1: the numbers tell of the target; 0: perhaps of the generator.");
  page.sample("", run.verdict.valid() ? 1 : 0);
  page.histogram("swarm_send_lag_seconds", "How much later than due requests were sent.");
  page.sample("", run.send_lag);
}

void write_workers(Page& page, const Snapshot& run) {
  const auto each = [&](auto value) {
    for (const WorkerRow& row : run.workers) page.sample(label("worker", row.id), value(row));
  };
  page.gauge("swarm_workers", "", "Workers that reported in this run.");
  page.sample("", run.workers.size());
  page.gauge("swarm_worker_users", "", "Users that are alive on a worker.");
  each([](const WorkerRow& row) { return row.users; });
  page.counter("swarm_worker_requests", "", "Requests that ended, by worker.");
  each([](const WorkerRow& row) { return row.requests; });
  page.gauge("swarm_worker_loop_busy_ratio", "ratio", "How busy a worker's loop is, at most 1.");
  each([](const WorkerRow& row) { return row.sustained_busy_ratio; });
  page.gauge("swarm_worker_loop_lag_seconds", "seconds",
             "The longest that a worker's loop stood still.");
  each([](const WorkerRow& row) { return seconds(row.longest_lag); });
  page.gauge("swarm_worker_memory_bytes", "bytes", "Resident memory of a worker.");
  each([](const WorkerRow& row) { return row.newest.bytes_memory; });
  page.counter("swarm_worker_lost_intervals", "", "Intervals that no report will cover.");
  each([](const WorkerRow& row) { return row.lost_intervals; });
}

}  // namespace

std::string metrics(const Snapshot& run, const WallClock& clock, Exposition format) {
  Page page(format);
  write_endpoints(page, run);
  write_run(page, run, clock);
  write_health(page, run);
  write_workers(page, run);
  return page.end();
}

}  // namespace swarm::master
