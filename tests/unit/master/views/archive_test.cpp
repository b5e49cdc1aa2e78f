#include "master/views/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarm::master {
namespace {

using testing::SizeIs;

Scene scene_of(std::uint32_t run, std::size_t endpoints, std::uint64_t requests = 1) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->endpoints.resize(endpoints);
  for (EndpointRow& row : snapshot->endpoints) row.stats.seconds.add(0, {1, 0});
  snapshot->total.stats.requests = requests;
  Scene scene;
  scene.snapshot = std::move(snapshot);
  scene.run = run;
  return scene;
}

TEST(Archive, KeepsARunWhole) {
  Archive archive;
  archive.keep(scene_of(1, 3, 7), {{{"GET", "/"}, Timeline{0}}});
  const auto* kept = archive.find(1);
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->scene->snapshot->total.stats.requests, 7u);
  ASSERT_THAT(kept->scene->snapshot->endpoints, SizeIs(3));
  EXPECT_TRUE(kept->scene->snapshot->endpoints[0].stats.seconds.empty());
  EXPECT_THAT(kept->busiest, SizeIs(1));
  EXPECT_EQ(archive.find(2), nullptr);
}

TEST(Archive, DoesNotKeepWhatMeasuredNothing) {
  Archive archive;
  archive.keep(scene_of(1, 1, 0), {});
  EXPECT_EQ(archive.find(1), nullptr);
}

TEST(Archive, KeepsAsManyRunsAsTheHistory) {
  Archive archive;
  for (std::uint32_t run = 1; run <= Archive::kMostRuns + 1; ++run) {
    archive.keep(scene_of(run, 1), {});
  }
  EXPECT_EQ(archive.find(1), nullptr);
  for (std::uint32_t run = 2; run <= Archive::kMostRuns + 1; ++run) {
    EXPECT_NE(archive.find(run), nullptr) << run;
  }
}

TEST(Archive, KeepsFewerRunsOfVeryManyEndpointsAndTheNewestInAnyCase) {
  Archive archive;
  archive.keep(scene_of(1, 1), {});
  archive.keep(scene_of(2, Archive::kMostEndpoints / 2), {});
  archive.keep(scene_of(3, Archive::kMostEndpoints / 2), {});
  EXPECT_EQ(archive.find(1), nullptr);
  EXPECT_NE(archive.find(2), nullptr);
  archive.keep(scene_of(4, Archive::kMostEndpoints + 1), {});
  EXPECT_EQ(archive.find(3), nullptr);
  EXPECT_NE(archive.find(4), nullptr);
}

TEST(Archive, ARunThatIsKeptAgainTakesItsOwnPlace) {
  Archive archive;
  archive.keep(scene_of(1, 1), {});
  archive.keep(scene_of(1, 1, 5), {});
  archive.keep(scene_of(2, Archive::kMostEndpoints - 1), {});
  ASSERT_NE(archive.find(1), nullptr);
  EXPECT_EQ(archive.find(1)->scene->snapshot->total.stats.requests, 5u);
}

}  // namespace
}  // namespace swarm::master
