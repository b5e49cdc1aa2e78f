#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/loop.h"

namespace swarm::test {

// What a ScriptedServer does with one request.
struct Reply {
  std::vector<std::string> pieces;   // one a turn, so that the client reads them one by one
  bool close = false;                // after the last piece
  bool reset = false;                // the same, rudely
  std::function<void()> after = {};  // called when the last piece is on its way
};

// An HTTP server on loopback, on the test's own loop, that says exactly what the test tells it to,
// in the pieces that the test wants.
class ScriptedServer final : private Watcher {
 public:
  using Script = std::function<Reply(const std::string& request)>;

  // `script` is asked once for each complete request (head and Content-Length body).
  ScriptedServer(Loop& loop, Script script);
  ~ScriptedServer();

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int accepted() const { return accepted_; }
  std::size_t open() const { return connections_.size(); }
  const std::vector<std::string>& requests() const { return requests_; }

  void close_all();

 private:
  class Connection;
  void ready(Ready what) override;

  Loop& loop_;
  Script script_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  int accepted_ = 0;
  std::vector<std::string> requests_;
  std::map<int, std::unique_ptr<Connection>> connections_;
  Watch watch_;
};

}  // namespace swarm::test
