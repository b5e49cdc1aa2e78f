#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "proto/link.h"

namespace swarm {

// A way to all workers on which nobody is stopped before the scenario's test_stopping is over:
// while it is closed, orders to stop wait. Thread  loop Errors  as the link's
class StopGate final : public proto::FleetLink {
 public:
  explicit StopGate(proto::FleetLink& link) : link_(link) {}

  void close() { closed_ = true; }
  void open() {
    closed_ = false;
    for (auto& [worker, stop] : std::exchange(held_, {})) static_cast<void>(send(worker, stop));
  }

  Result<void> send(const proto::WorkerId& worker, proto::ToWorker message) override {
    const auto* stop = std::get_if<proto::Stop>(&message);
    if (!closed_ || stop == nullptr) return link_.send(worker, std::move(message));
    held_.emplace_back(worker, *stop);
    return {};
  }
  void on_receive(std::function<void(const proto::WorkerId&, proto::ToMaster)> receiver) override {
    link_.on_receive(std::move(receiver));
  }

 private:
  proto::FleetLink& link_;
  bool closed_ = false;
  std::vector<std::pair<proto::WorkerId, proto::Stop>> held_;
};

}  // namespace swarm
