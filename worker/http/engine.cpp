#include "worker/http/engine.h"

#include <utility>

namespace swarm::http {

Result<std::unique_ptr<Engine>> Engine::create(Loop& loop, EngineOptions options) {
  SWARM_TRY_ASSIGN(auto verifying, TlsContext::create({.verify = true, .ca_file = options.ca_file}));
  SWARM_TRY_ASSIGN(auto trusting, TlsContext::create({.verify = false, .ca_file = {}}));
  std::unique_ptr<Engine> engine(new Engine(loop, std::move(options)));
  engine->verifying_ = std::move(verifying);
  engine->trusting_ = std::move(trusting);
  return engine;
}

}  // namespace swarm::http
