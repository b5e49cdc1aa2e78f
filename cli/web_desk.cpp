#include "cli/web_desk.h"

#include <utility>

#include "cli/csv_files.h"
#include "common/log.h"
#include "common/loop.h"
#include "master/server/passwords.h"
#include "master/server/web_assets.h"
#include "master/server/web_server.h"

namespace swarm {

struct WebDesk::Counter {
  Loop& loop;
  Outlets outlets;
  bool open = true;  // on the loop only
};

WebDesk::WebDesk(Loop& loop, Outlets outlets)
    : counter_(std::make_shared<Counter>(Counter{loop, std::move(outlets)})) {}

WebDesk::~WebDesk() { counter_->open = false; }

Result<void> WebDesk::open(const Options& options) {
  master::WebServer::Settings settings{.host = options.web_host, .port = options.web_port};
  settings.certificate_file = options.tls_cert;
  settings.key_file = options.tls_key;
  settings.site.base_path = options.web_base_path;
  settings.site.legacy_get = options.legacy_get;
  settings.site.cors_origins = options.web_cors.value_or(std::vector<std::string>{});

  if (options.csv_full_history) {
    settings.site.history_file = CsvFiles::history_path(options.csv_prefix);
  }
  if (!options.web_login.empty()) {
    auto users = master::read_users(options.web_login);
    if (!users) return Error{"argument --web-login: " + users.error().message};
    settings.users = std::move(*users);
  }

  master::RunFeed feed;
  feed.look = [counter = counter_](auto done) {
    counter->loop.post([counter, done = std::move(done)] {
      if (counter->open) done(counter->outlets.look());
    });
  };
  feed.recall = [counter = counter_](master::Recall what, auto done) {
    counter->loop.post([counter, what, done = std::move(done)] {
      if (counter->open) done(counter->outlets.recall(what));
    });
  };
  feed.command = [counter = counter_](master::Command command, auto done) {
    counter->loop.post([counter, command = std::move(command), done = std::move(done)]() mutable {
      if (counter->open) counter->outlets.command(std::move(command), std::move(done));
    });
  };
  SWARM_TRY_ASSIGN(server_, master::WebServer::open(std::move(settings), master::built_in_assets(),
                                                    std::move(feed)));
  log(LogLevel::Info, "swarm.main", "Starting web interface at " + server_->url());
  return {};
}

}  // namespace swarm
