#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "common/result.h"
#include "master/server/connection.h"
#include "master/server/logins.h"
#include "master/server/run_feed.h"
#include "master/server/web_assets.h"
#include "master/server/web_site.h"

namespace swarm::master {

// The web server of a process: its page, its API, Locust's routes.
//
// Flow    HTTP, WebSockets <-> [WebServer] <-> RunFeed
// Thread  made and destroyed on any; a thread of its own serves, so that looking at a run does not
//         disturb it
// Errors  open(): the port is in use, the host is no address of this machine, a certificate cannot
//         be read. What a client does wrong ends its connection.
//
// Asks for a scene once a second while pages watch, and when a request needs one.
class WebServer {
 public:
  struct Settings {
    std::string host{};              // empty or *: everywhere
    std::uint16_t port = 8089;       // 0: any
    std::string certificate_file{};  // PEM; with key_file: HTTPS
    std::string key_file{};
    UserHashes users{};  // empty: no login is asked for
    WebSite::Settings site{};
    WebLimits limits{};
  };

  // `assets` must outlive the server. `feed` is called from the server's thread.
  static Result<std::unique_ptr<WebServer>> open(Settings settings,
                                                 std::span<const WebAsset> assets, RunFeed feed);
  // Ends all connections. Answers of the feed that come later are dropped.
  ~WebServer();

  std::uint16_t port() const;
  // "http://0.0.0.0:8089/base"
  std::string url() const;

 private:
  struct State;
  explicit WebServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace swarm::master
