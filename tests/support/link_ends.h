#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "common/loop.h"
#include "proto/zmq_link.h"

namespace swarm::test {

// Turns the loop until it is so; false: it is not, after a time that is long for any machine.
inline bool turn_until(Loop& loop, const std::function<bool()>& is_so) {
  const TimePoint end = read_clock() + std::chrono::seconds{30};
  while (!is_so()) {
    if (read_clock() > end) return false;
    loop.turn(std::chrono::milliseconds{20});
  }
  return true;
}

// A master's end of the wire on 127.0.0.1 that keeps what arrives.
struct MasterEnd {
  explicit MasterEnd(Loop& loop, std::uint16_t port = 0, std::optional<proto::Token> token = {})
      : link(std::move(proto::ZmqFleetLink::bind(loop, {.host = "127.0.0.1",
                                                        .port = port,
                                                        .version = "1.0",
                                                        .token = std::move(token)}))
                 .value()) {
    link->on_receive([this](const proto::WorkerId& from, proto::ToMaster message) {
      received.emplace_back(from, std::move(message));
    });
  }

  std::uint16_t port() const { return link->port(); }

  template <typename Message>
  std::vector<Message> all(const proto::WorkerId& from) const {
    std::vector<Message> found;
    for (const auto& [worker, each] : received) {
      const auto* const message = std::get_if<Message>(&each);
      if (worker == from && message != nullptr) found.push_back(*message);
    }
    return found;
  }
  // The first of them, or null.
  template <typename Message>
  const Message* got(const proto::WorkerId& from) const {
    for (const auto& [worker, each] : received) {
      const auto* const message = std::get_if<Message>(&each);
      if (worker == from && message != nullptr) return message;
    }
    return nullptr;
  }

  std::vector<std::pair<proto::WorkerId, proto::ToMaster>> received;
  std::unique_ptr<proto::ZmqFleetLink> link;
};

// A worker's end of the wire that keeps what arrives.
struct WorkerEnd {
  WorkerEnd(Loop& loop_, std::uint16_t port, const proto::WorkerId& id_,
            std::optional<proto::Token> token = {})
      : loop(loop_),
        id(id_),
        link(std::make_unique<proto::ZmqLink>(
            loop, proto::ZmqLink::Settings{.host = "127.0.0.1",
                                           .port = port,
                                           .worker = id,
                                           .version = "1.0",
                                           .token = std::move(token)})) {
    link->on_receive([this](proto::ToWorker message) { received.push_back(std::move(message)); });
  }

  // Waits until the link knows the master, and the master the worker.
  bool join(MasterEnd& master) {
    return turn_until(loop, [this] { return got<proto::Introduce>() != nullptr; }) &&
           link->send(proto::ClientReady{"1.0", {}}) &&
           turn_until(loop, [&] { return master.got<proto::ClientReady>(id) != nullptr; });
  }
  void forget() { received.clear(); }

  template <typename Message>
  std::vector<Message> all() const {
    std::vector<Message> found;
    for (const auto& each : received) {
      if (const auto* message = std::get_if<Message>(&each)) found.push_back(*message);
    }
    return found;
  }
  // The first of them, or null.
  template <typename Message>
  const Message* got() const {
    for (const auto& each : received) {
      if (const auto* message = std::get_if<Message>(&each)) return message;
    }
    return nullptr;
  }

  Loop& loop;
  const proto::WorkerId id;
  std::vector<proto::ToWorker> received;
  std::unique_ptr<proto::ZmqLink> link;
};

}  // namespace swarm::test
