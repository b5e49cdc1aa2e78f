#include "cli/usable_cores.h"

#include <gtest/gtest.h>
#include <sched.h>

#include "tests/support/fake_surroundings.h"

namespace swarm {
namespace {

using World = test::FakeSurroundings;

World in_group(const std::string& lines) {
  World world;
  world.files["/proc/self/cgroup"] = lines;
  return world;
}

TEST(CoreQuota, IsNoneWithoutALimit) {
  EXPECT_EQ(core_quota(World{}.get()), std::nullopt);
  World world = in_group("0::/\n");
  EXPECT_EQ(core_quota(world.get()), std::nullopt);
  world.files["/sys/fs/cgroup/cpu.max"] = "max 100000\n";
  EXPECT_EQ(core_quota(world.get()), std::nullopt);
}

TEST(CoreQuota, IsTheLeastOfTheGroupsAround) {
  World world = in_group("0::/user.slice/shop.scope\n");
  world.files["/sys/fs/cgroup/user.slice/cpu.max"] = "150000 100000\n";
  world.files["/sys/fs/cgroup/user.slice/shop.scope/cpu.max"] = "400000 100000\n";
  EXPECT_EQ(core_quota(world.get()), 1.5);
}

TEST(CoreQuota, IsThatOfTheRootInAContainer) {
  World world = in_group("0::/docker/abc\n");
  world.files["/sys/fs/cgroup/cpu.max"] = "200000 100000\n";
  EXPECT_EQ(core_quota(world.get()), 2.0);
}

TEST(CoreQuota, IsReadAsVersionOneHasIt) {
  World world = in_group("5:memory:/m\n4:cpu,cpuacct:/a/b\n0::/\n");
  world.files["/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us"] = "-1\n";
  world.files["/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us"] = "100000\n";
  EXPECT_EQ(core_quota(world.get()), std::nullopt);
  world.files["/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us"] = "50000\n";
  EXPECT_EQ(core_quota(world.get()), 0.5);
}

TEST(UsableCores, AreThoseThatTheProcessMayRunOn) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  ASSERT_EQ(::sched_getaffinity(0, sizeof allowed, &allowed), 0);
  EXPECT_EQ(usable_cores(World{}.get()), static_cast<unsigned>(CPU_COUNT(&allowed)));
}

TEST(UsableCores, AreLimitedByTheQuotaAndAtLeastOne) {
  World world = in_group("0::/\n");
  world.files["/sys/fs/cgroup/cpu.max"] = "1000 100000\n";
  EXPECT_EQ(usable_cores(world.get()), 1U);
}

}  // namespace
}  // namespace swarm
