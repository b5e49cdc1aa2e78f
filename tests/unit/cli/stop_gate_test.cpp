#include "cli/stop_gate.h"

#include <gtest/gtest.h>

#include "tests/support/memory_link.h"

namespace swarm {
namespace {

TEST(StopGate, HoldsOrdersToStopWhileItIsClosed) {
  test::MemoryFleetLink link;
  StopGate gate{link};
  gate.close();
  EXPECT_TRUE(gate.send("w1", proto::Stop{{1}}));
  EXPECT_TRUE(gate.send("w2", proto::Stop{{1}}));
  EXPECT_TRUE(gate.send("w1", proto::ReportAck{{1}, 2}));
  EXPECT_EQ(link.sent<proto::Stop>().size(), 0u);
  EXPECT_EQ(link.sent<proto::ReportAck>().size(), 1u);

  gate.open();
  ASSERT_EQ(link.sent<proto::Stop>().size(), 2u);
  EXPECT_EQ(link.sent<proto::Stop>()[1].first, "w2");
  EXPECT_TRUE(gate.send("w1", proto::Stop{{2}}));
  EXPECT_EQ(link.sent<proto::Stop>().size(), 3u);
  gate.open();
  EXPECT_EQ(link.sent<proto::Stop>().size(), 3u);
}

}  // namespace
}  // namespace swarm
