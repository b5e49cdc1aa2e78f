// Visitors of an API: one request in three gets a random status, two get a success, and one to
// five seconds pass between them.
#include <swarm/swarm.h>

using namespace std::chrono_literals;

class ApiClient : public swarm::HttpUser {
 public:
  swarm::Task<> get_a_random_response() {
    co_await client.get(
        "/random", {.name = "A Random HTTP Status", .headers = {{"Accept", "application/json"}}});
  }

  swarm::Task<> get_a_success_response() {
    co_await client.get("/success",
                        {.name = "A 200 Status", .headers = {{"Accept", "application/json"}}});
  }
};

SWARM_SCENARIO(scenario) {
  scenario.user_class<ApiClient>("ApiClient")
      .wait_time(swarm::between(1s, 5s))
      .task("get_a_random_response", 1, &ApiClient::get_a_random_response)
      .task("get_a_success_response", 2, &ApiClient::get_a_success_response);
}
