#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "proto/link.h"

namespace swarm::test {

// How a master counts the reports of one worker: those that go on from the newest one that it has
// counted; to others that are not counted yet it says how far it is.
class CountingMaster {
 public:
  proto::ToWorker receive(proto::Report report) {
    if (report.seq <= counted_) return proto::ReportAck{report.run, report.seq};
    if (report.since != counted_) return said(report.run);
    counted_ = report.seq;
    totals_.merge(std::move(report.delta));
    return proto::ReportAck{report.run, report.seq};
  }

  // Another process takes its place, and knows nothing; it says so when the worker comes back.
  proto::Ack restart(proto::RunId run) {
    counted_ = 0;
    totals_ = Delta{};
    return said(run);
  }

  // Requests counted for "METHOD /name".
  std::uint64_t counted(const std::string& endpoint) const {
    const std::size_t space = endpoint.find(' ');
    const auto found =
        totals_.endpoints.find(EndpointName{endpoint.substr(0, space), endpoint.substr(space + 1)});
    return found == totals_.endpoints.end() ? 0 : found->second.requests;
  }

 private:
  proto::Ack said(proto::RunId run) const { return {.index = 0, .run = run, .counted = counted_}; }

  std::uint64_t counted_ = 0;
  Delta totals_;
};

// A master that acknowledges what it has counted, behind a wire that loses the n-th message,
// counted from 0 in both directions together.
class LossyMaster {
 public:
  explicit LossyMaster(int lost) : lost_(lost), link_(*this) {}

  proto::Link& link() { return link_; }

  // The oldest acknowledgement that arrived, if any.
  std::optional<std::uint64_t> take_acknowledgement() {
    if (acknowledgements_.empty()) return std::nullopt;
    const std::uint64_t seq = acknowledgements_.front();
    acknowledgements_.pop_front();
    return seq;
  }

  std::uint64_t counted(const std::string& endpoint) const { return master_.counted(endpoint); }
  int reports_arrived() const { return reports_arrived_; }

 private:
  class LossyLink final : public proto::Link {
   public:
    explicit LossyLink(LossyMaster& master) : master_(master) {}
    Result<void> send(proto::ToMaster message) override {
      if (!master_.loses()) master_.receive(std::get<proto::Report>(std::move(message)));
      return {};
    }
    void on_receive(std::function<void(proto::ToWorker)>) override {}
    void publish(const proto::Heartbeat&) override {}
    TimePoint last_heard() const override { return TimePoint::max(); }

   private:
    LossyMaster& master_;
  };

  bool loses() { return passed_++ == lost_; }

  void receive(proto::Report report) {
    ++reports_arrived_;
    const proto::ToWorker answer = master_.receive(std::move(report));
    const auto* const ack = std::get_if<proto::ReportAck>(&answer);
    if (ack != nullptr && !loses()) acknowledgements_.push_back(ack->seq);
  }

  const int lost_;
  int passed_ = 0;
  int reports_arrived_ = 0;
  CountingMaster master_;
  std::deque<std::uint64_t> acknowledgements_;
  LossyLink link_;
};

}  // namespace swarm::test
