#include "worker/agent/health_probe.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "common/loop.h"

namespace swarm::worker {
namespace {

constexpr const char* kDescriptors = "/proc/self/fd";

std::uint64_t descriptors_used() {
  // Linux 6.2 and later tell the number as the directory's size; with 10,000 connections, reading
  // the directory instead costs milliseconds.
  struct stat directory {};
  if (::stat(kDescriptors, &directory) == 0 && directory.st_size > 0) {
    return static_cast<std::uint64_t>(directory.st_size);
  }
  std::error_code failed;
  std::filesystem::directory_iterator each(kDescriptors, failed);
  std::uint64_t count = 0;
  for (; !failed && each != std::filesystem::directory_iterator{}; each.increment(failed)) ++count;
  return count > 0 ? count - 1 : 0;  // one of them reads the directory
}

std::uint64_t descriptors_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 0;
  return limit.rlim_cur;
}

Duration cpu_time() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return {};
  const auto length = [](const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
  };
  return length(usage.ru_utime) + length(usage.ru_stime);
}

}  // namespace

HealthProbe::HealthProbe(Loop& loop) : loop_(loop) {}

void HealthProbe::reset() {
  connections_opened_ = 0;
  static_cast<void>(loop_.take_load());
}

WorkerHealth HealthProbe::take() {
  const LoopLoad load = loop_.take_load();
  WorkerHealth health;
  health.wall = load.wall;
  health.loop_busy = load.cpu;
  health.longest_turn = load.longest_turn;
  health.lateness = load.lateness;
  health.descriptors_used = descriptors_used();
  health.descriptors_limit = descriptors_limit();
  health.connections_opened = connections_opened_;
  health.bytes_memory = bytes_memory();
  return health;
}

double HealthProbe::cpu_percent(TimePoint now) {
  const Duration cpu = cpu_time();
  const Duration used = cpu - std::exchange(cpu_, cpu);
  const TimePoint before = std::exchange(cpu_taken_, now);
  if (before == TimePoint{} || now <= before) return 0;
  return 100 * static_cast<double>(used.count()) / static_cast<double>((now - before).count());
}

std::uint64_t HealthProbe::bytes_memory() {
  std::FILE* const file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  unsigned long pages_all = 0;
  unsigned long pages_resident = 0;
  const int read = std::fscanf(file, "%lu %lu", &pages_all, &pages_resident);
  std::fclose(file);
  if (read != 2) return 0;
  return std::uint64_t{pages_resident} * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace swarm::worker
