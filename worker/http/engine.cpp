#include "worker/http/engine.h"

#include <utility>

namespace swarm::http {

Result<std::unique_ptr<Engine>> Engine::create(Loop& loop, EngineOptions options) {
  std::unique_ptr<TlsContext> verifying;
  if (!options.ca_file.empty()) {  // so that a file that cannot be read is told before the run
    SWARM_TRY_ASSIGN(verifying, TlsContext::create({.verify = true, .ca_file = options.ca_file}));
  }
  std::unique_ptr<Engine> engine(new Engine(loop, std::move(options)));
  engine->verifying_ = std::move(verifying);
  return engine;
}

TlsContext& Engine::tls(bool verify) {
  auto& context = verify ? verifying_ : trusting_;
  // Without a file of the user's there is nothing to fail: no system certificates means that
  // nobody is trusted, which each connection says for itself.
  if (!context) context = std::move(TlsContext::create({.verify = verify, .ca_file = {}})).value();
  return *context;
}

}  // namespace swarm::http
