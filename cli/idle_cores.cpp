#include "cli/idle_cores.h"

#include <fstream>
#include <string>
#include <thread>

namespace swarm {

IdleCores::IdleCores() : begin_(read()) {}

int IdleCores::so_far() const {
  const Times now = read();
  if (now.all <= begin_.all || now.idle < begin_.idle) return 0;
  const double ratio =
      static_cast<double>(now.idle - begin_.idle) / static_cast<double>(now.all - begin_.all);
  return static_cast<int>(ratio * std::thread::hardware_concurrency());
}

// The first line of /proc/stat: "cpu" and the time spent in each way, of all cores together.
IdleCores::Times IdleCores::read() {
  constexpr int kIdle = 3;
  constexpr int kWaitingForDisk = 4;
  constexpr int kColumns = 8;  // later ones are contained in the first two
  std::ifstream file("/proc/stat");
  std::string label;
  file >> label;
  Times times;
  std::uint64_t ticks = 0;
  for (int column = 0; column < kColumns && file >> ticks; ++column) {
    times.all += ticks;
    if (column == kIdle || column == kWaitingForDisk) times.idle += ticks;
  }
  return times;
}

}  // namespace swarm
