#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "proto/link.h"

namespace swarm::test {

// A master that counts every report number once and acknowledges it, behind a wire that loses the
// n-th message, counted from 0 in both directions together.
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

  // Requests counted for "METHOD /name".
  std::uint64_t counted(const std::string& endpoint) const {
    const std::size_t space = endpoint.find(' ');
    const auto found =
        totals_.endpoints.find(EndpointName{endpoint.substr(0, space), endpoint.substr(space + 1)});
    return found == totals_.endpoints.end() ? 0 : found->second.requests;
  }
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

   private:
    LossyMaster& master_;
  };

  bool loses() { return passed_++ == lost_; }

  void receive(proto::Report report) {
    ++reports_arrived_;
    if (counted_.insert(report.seq).second) totals_.merge(std::move(report.delta));
    if (!loses()) acknowledgements_.push_back(report.seq);
  }

  const int lost_;
  int passed_ = 0;
  int reports_arrived_ = 0;
  std::set<std::uint64_t> counted_;
  std::deque<std::uint64_t> acknowledgements_;
  Delta totals_;
  LossyLink link_;
};

}  // namespace swarm::test
