// The fakes that other tests stand on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/builders.h"
#include "tests/support/lossy_master.h"
#include "tests/support/memory_link.h"

namespace swarm::test {
namespace {

proto::Report report(std::uint64_t seq, std::uint64_t requests) {
  return {.run = {1}, .seq = seq, .delta = delta_of("GET /", requests), .users = {}, .health = {}};
}

TEST(LossyMaster, CountsARepeatedReportOnce) {
  LossyMaster master{-1};
  EXPECT_TRUE(master.link().send(report(1, 10)));
  EXPECT_TRUE(master.link().send(report(1, 10)));
  EXPECT_EQ(master.counted("GET /"), 10u);
  EXPECT_EQ(master.reports_arrived(), 2);
  EXPECT_EQ(master.take_acknowledgement(), 1u);
  EXPECT_EQ(master.take_acknowledgement(), 1u);
  EXPECT_EQ(master.take_acknowledgement(), std::nullopt);
}

TEST(LossyMaster, LosesTheReportOrItsAcknowledgement) {
  LossyMaster loses_report{0};
  EXPECT_TRUE(loses_report.link().send(report(1, 10)));
  EXPECT_EQ(loses_report.counted("GET /"), 0u);
  EXPECT_EQ(loses_report.take_acknowledgement(), std::nullopt);

  LossyMaster loses_answer{1};
  EXPECT_TRUE(loses_answer.link().send(report(1, 10)));
  EXPECT_EQ(loses_answer.counted("GET /"), 10u);
  EXPECT_EQ(loses_answer.take_acknowledgement(), std::nullopt);
}

TEST(MemoryLink, KeepsWhatIsSentUnlessItIsDown) {
  MemoryLink link;
  EXPECT_TRUE(link.send(proto::Goodbye{}));
  link.set_down(true);
  EXPECT_FALSE(link.send(proto::ClientReady{"1"}));
  EXPECT_THAT(link.sent<proto::Goodbye>(), testing::SizeIs(1));
  EXPECT_THAT(link.sent<proto::ClientReady>(), testing::IsEmpty());
}

TEST(MemoryLink, KeepsWhatIsPublishedAndDelivers) {
  MemoryLink link;
  link.publish({.samples = 3});
  ASSERT_THAT(link.published(), testing::SizeIs(1));
  EXPECT_EQ(link.published()[0].samples, 3u);
  bool quit = false;
  link.on_receive(
      [&](proto::ToWorker message) { quit = std::holds_alternative<proto::Quit>(message); });
  link.deliver(proto::Quit{});
  EXPECT_TRUE(quit);
}

TEST(MemoryFleetLink, KeepsWhatIsSentAndToWhom) {
  MemoryFleetLink link;
  EXPECT_TRUE(link.send("w1", proto::Quit{}));
  EXPECT_TRUE(link.send("w2", proto::Stop{{1}}));
  const auto stops = link.sent<proto::Stop>();
  ASSERT_THAT(stops, testing::SizeIs(1));
  EXPECT_EQ(stops[0].first, "w2");
}

}  // namespace
}  // namespace swarm::test
