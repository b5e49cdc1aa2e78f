// The quickstart without its waits, for the bench: examples/cpp/quickstart.cpp with nothing taken
// away but the time between tasks. With BENCH_RATE_PER_USER (tasks/s) set, each user keeps to it.
#include <swarm/swarm.h>

#include <cstdlib>

class ApiClient : public swarm::HttpUser {
 public:
  // The bench's certificate is its own; wrk and h2load check none either.
  ApiClient() { client.set_verify(false); }

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
  const char* rate = std::getenv("BENCH_RATE_PER_USER");
  using namespace std::chrono_literals;
  scenario.user_class<ApiClient>("ApiClient")
      .wait_time(rate != nullptr ? swarm::constant_throughput(std::atof(rate))
                                 : swarm::constant(0s))
      .task("get_a_random_response", 1, &ApiClient::get_a_random_response)
      .task("get_a_success_response", 2, &ApiClient::get_a_success_response);
}
