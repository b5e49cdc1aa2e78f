#include "master/aggregate/snapshot.h"

namespace swarm::master {

std::uint64_t Snapshot::users() const {
  std::uint64_t sum = 0;
  for (const auto& of_class : status.users) sum += of_class.users;
  return sum;
}

}  // namespace swarm::master
