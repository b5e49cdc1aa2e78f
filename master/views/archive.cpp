#include "master/views/archive.h"

#include <algorithm>
#include <utility>

namespace swarm::master {

void Archive::keep(const Scene& scene, std::vector<std::pair<EndpointName, Timeline>> busiest) {
  if (scene.snapshot->total.stats.requests == 0) return;
  std::erase_if(kept_, [&](const Kept& each) { return each.scene->run == scene.run; });
  auto snapshot = std::make_shared<Snapshot>(*scene.snapshot);
  for (EndpointRow& row : snapshot->endpoints) row.stats.seconds = {};
  auto copy = std::make_shared<Scene>(scene);
  copy->snapshot = std::move(snapshot);
  copy->worker_logs.clear();
  kept_.push_front({std::move(copy), std::move(busiest)});

  std::size_t runs = 0;
  std::size_t endpoints = 0;
  for (const Kept& each : kept_) {
    endpoints += each.scene->snapshot->endpoints.size();
    if (runs > 0 && (runs == kMostRuns || endpoints > kMostEndpoints)) break;
    ++runs;
  }
  kept_.resize(runs);
}

const Archive::Kept* Archive::find(std::uint64_t run) const {
  const auto found =
      std::ranges::find(kept_, run, [](const Kept& each) { return each.scene->run; });
  return found == kept_.end() ? nullptr : &*found;
}

}  // namespace swarm::master
