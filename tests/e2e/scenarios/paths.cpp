// Requests the paths that the environment names, in turn: what the end-to-end tests aim with.
//   SWARM_TEST_PATHS    "GET /success;POST /echo": method and path, counted under the path
//   SWARM_TEST_WAIT_MS  between two tasks; 0 at first
//   SWARM_TEST_TIMEOUT_MS, SWARM_TEST_THROUGHPUT (tasks a second and user), SWARM_TEST_BODY
#include <swarm/swarm.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::string setting(const char* name, const char* otherwise) {
  const char* given = std::getenv(name);
  return given != nullptr ? given : otherwise;
}

struct Step {
  std::string method;
  std::string path;
};

std::vector<Step> steps() {
  std::vector<Step> all;
  std::istringstream list(setting("SWARM_TEST_PATHS", "GET /success"));
  for (std::string entry; std::getline(list, entry, ';');) {
    const auto space = entry.find(' ');
    all.push_back({entry.substr(0, space), entry.substr(space + 1)});
  }
  return all;
}

class Visitor : public swarm::HttpUser {
 public:
  swarm::Task<> visit() {
    static const std::vector<Step> all = steps();
    static const std::string body = setting("SWARM_TEST_BODY", "");
    static const std::chrono::milliseconds timeout{
        std::stol(setting("SWARM_TEST_TIMEOUT_MS", "60000"))};
    const Step& step = all[at_++ % all.size()];
    co_await client.request(step.method, step.path, {.body = body, .timeout = timeout});
  }

 private:
  std::size_t at_ = 0;
};

}  // namespace

SWARM_SCENARIO(scenario) {
  const double throughput = std::stod(setting("SWARM_TEST_THROUGHPUT", "0"));
  const std::chrono::milliseconds wait{std::stol(setting("SWARM_TEST_WAIT_MS", "0"))};
  scenario.user_class<Visitor>("Visitor")
      .wait_time(throughput > 0 ? swarm::constant_throughput(throughput) : swarm::constant(wait))
      .task("visit", 1, &Visitor::visit);
}
