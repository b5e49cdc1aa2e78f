#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace swarm::test {

// A TCP proxy on 127.0.0.1 in front of a port, which keeps what passes in either direction, and can
// be cut.
class WireTap {
 public:
  explicit WireTap(std::uint16_t port);
  ~WireTap();
  WireTap(const WireTap&) = delete;
  WireTap& operator=(const WireTap&) = delete;

  std::uint16_t port() const { return port_; }
  std::string seen() const;
  // Nothing passes any more, and connections stay: as if a cable were pulled.
  void cut(bool is_cut) { cut_ = is_cut; }

 private:
  void run();

  const std::uint16_t target_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<bool> cut_ = false;
  std::atomic<bool> over_ = false;
  mutable std::mutex mutex_;
  std::string seen_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace swarm::test
