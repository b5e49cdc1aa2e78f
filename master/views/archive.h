#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "common/stats/delta.h"
#include "master/aggregate/history.h"
#include "master/views/scene.h"

namespace swarm::master {

// Runs of this process that are over, whole: as a page showed each before the next one began.
//
// Flow    Scene, Timelines -> [Archive] -> reports and downloads of an earlier run
// Thread  loop; the scenes may be read by any
// Errors  none
//
// Memory is bounded: the oldest runs go, all but the newest where there are very many endpoints.
class Archive {
 public:
  static constexpr std::size_t kMostRuns = History::kMostRuns - 1;
  static constexpr std::size_t kMostEndpoints = 20'000;  // of all runs

  struct Kept {
    std::shared_ptr<const Scene> scene;  // without seconds of endpoints, and workers' logs
    std::vector<std::pair<EndpointName, Timeline>> busiest;
  };

  // A run that measured nothing is not kept; the same one again takes its own place.
  void keep(const Scene& scene, std::vector<std::pair<EndpointName, Timeline>> busiest);

  // By its Scene::run. Null: it is not kept, or not any more.
  const Kept* find(std::uint64_t run) const;

 private:
  std::deque<Kept> kept_;  // the newest first
};

}  // namespace swarm::master
