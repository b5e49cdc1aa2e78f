#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "master/server/run_feed.h"
#include "master/server/web_site.h"

namespace swarm::test {

// A run that only notes what it is told, and a way to ask a WebSite without sockets.
class RecordedFeed {
 public:
  master::RunFeed feed() {
    return {.look = [this](auto done) { done(scene()); },
            .recall = [](auto, auto done) { done(std::make_shared<const master::Recalled>()); },
            .command =
                [this](master::Command command, auto done) {
                  commands.push_back(std::move(command));
                  done(refuses.empty() ? master::CommandAnswer{master::Started{.host = "http://x"}}
                                       : master::CommandAnswer{Error{refuses}});
                }};
  }

  std::shared_ptr<const master::Scene> scene() const {
    auto made = std::make_shared<master::Scene>();
    made->snapshot = std::make_shared<const master::Snapshot>(snapshot);
    made->offer = std::make_shared<const master::Offer>(offer);
    made->run = run;
    made->resets = resets;
    made->started = run > 0;
    return made;
  }

  master::Snapshot snapshot{};
  master::Offer offer{.version = "1", .scenario = "a.py", .host = "http://x"};
  std::uint32_t run = 0;
  std::uint32_t resets = 0;
  std::string refuses;  // why commands are not carried out; empty: they are
  std::vector<master::Command> commands;
};

inline master::WebRequest web_request(std::string method, std::string target,
                                      std::string body = {}) {
  return {.method = std::move(method),
          .target = std::move(target),
          .host = "swarm.example:8089",
          .content_type = "application/json",
          .body = std::move(body),
          .peer = "10.0.0.1"};
}

inline master::WebResponse ask(master::WebSite& site, master::WebRequest request) {
  master::WebResponse answer{.status = 0};
  site.answer(std::move(request), [&answer](master::WebResponse given) { answer = given; });
  return answer;
}

inline std::string field(const master::WebResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.fields) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace swarm::test
