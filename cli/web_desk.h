#pragma once

#include <functional>
#include <memory>

#include "cli/options.h"
#include "common/result.h"
#include "master/server/run_feed.h"

namespace swarm {

class Loop;
namespace master {
class WebServer;
}

// Where the web server's thread and the loop meet: what is asked there is answered here.
//
// Flow    WebServer -> [WebDesk] -> the loop -> Scene, or a command's answer -> WebServer
// Thread  loop
// Errors  open(): as WebServer's
class WebDesk {
 public:
  // Called on the loop.
  struct Outlets {
    std::function<std::shared_ptr<const master::Scene>()> look;
    std::function<std::shared_ptr<const master::Recalled>(const master::Recall&)> recall;
    // `done` is called once, perhaps later.
    std::function<void(master::Command, std::function<void(master::CommandAnswer)> done)> command;
  };

  // `loop` must outlive the desk.
  WebDesk(Loop& loop, Outlets outlets);
  ~WebDesk();

  // Serves, and says in the log where.
  Result<void> open(const Options& options);

 private:
  struct Counter;  // outlives the desk as long as somebody asks
  std::shared_ptr<Counter> counter_;
  std::unique_ptr<master::WebServer> server_;
};

}  // namespace swarm
