#pragma once

#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include "proto/link.h"

namespace swarm::test {

// A worker's way to a master that is the test: keeps what was sent.
class MemoryLink final : public proto::Link {
 public:
  Result<void> send(proto::ToMaster message) override {
    if (down_) return Error{"the link is down"};
    sent_.push_back(std::move(message));
    return {};
  }
  void on_receive(std::function<void(proto::ToWorker)> receiver) override {
    receiver_ = std::move(receiver);
  }

  void publish(const proto::Heartbeat& heartbeat) override { published_.push_back(heartbeat); }
  TimePoint last_heard() const override { return heard_; }

  void set_last_heard(TimePoint when) { heard_ = when; }
  const std::vector<proto::Heartbeat>& published() const { return published_; }
  void set_down(bool down) { down_ = down; }
  void deliver(proto::ToWorker message) { receiver_(std::move(message)); }
  const std::vector<proto::ToMaster>& sent() const { return sent_; }
  void clear() { sent_.clear(); }

  // Of what was sent, the messages of one kind.
  template <typename Message>
  std::vector<Message> sent() const {
    std::vector<Message> found;
    for (const auto& each : sent_) {
      if (const auto* message = std::get_if<Message>(&each)) found.push_back(*message);
    }
    return found;
  }

 private:
  bool down_ = false;
  TimePoint heard_ = TimePoint::max();
  std::vector<proto::Heartbeat> published_;
  std::vector<proto::ToMaster> sent_;
  std::function<void(proto::ToWorker)> receiver_;
};

// A master's way to workers that are the test.
class MemoryFleetLink final : public proto::FleetLink {
 public:
  Result<void> send(const proto::WorkerId& worker, proto::ToWorker message) override {
    sent_.emplace_back(worker, std::move(message));
    return {};
  }
  void on_receive(std::function<void(const proto::WorkerId&, proto::ToMaster)>) override {}

  void clear() { sent_.clear(); }

  // Messages of one kind, with the worker that each went to.
  template <typename Message>
  std::vector<std::pair<proto::WorkerId, Message>> sent() const {
    std::vector<std::pair<proto::WorkerId, Message>> found;
    for (const auto& [worker, each] : sent_) {
      if (const auto* message = std::get_if<Message>(&each)) found.emplace_back(worker, *message);
    }
    return found;
  }

 private:
  std::vector<std::pair<proto::WorkerId, proto::ToWorker>> sent_;
};

}  // namespace swarm::test
