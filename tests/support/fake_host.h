#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/loop.h"
#include "common/scenario.h"
#include "worker/report/recorder.h"

namespace swarm::test {

// A ScenarioHost with nobody behind it: records as a worker does, and notes the rest. Kept free of
// allocations on the path of a request that succeeds.
class FakeHost final : public ScenarioHost {
 public:
  explicit FakeHost(Loop& loop) : loop_(loop), recorder(loop.now()) {}

  Loop& loop() override { return loop_; }
  std::string_view host() const override { return base; }
  EndpointId endpoint(std::string_view method, std::string_view name) override {
    return recorder.endpoint(method, name);
  }
  bool take_permit() override {
    if (!permits) return true;
    if (*permits == 0) return false;
    --*permits;
    return true;
  }
  void return_permit() override { give_back(); }
  void record(const Sample& sample) override {
    ++samples;
    if (!sample.error.empty()) ++errors[std::string(sample.error)];
    recorder.record(sample);
    if (on_sample && samples == stop_after) on_sample();
  }
  void record_interrupted(EndpointId endpoint) override {
    give_back();
    ++interrupted;
    recorder.record_interrupted(endpoint);
  }
  void record_generator_error(std::string_view what) override {
    give_back();
    ++generator_errors[std::string(what)];
  }
  void record_exception(std::string_view message, std::string_view) override {
    exceptions.emplace_back(message);
  }
  void connection_opened() override { ++connections; }
  void user_ended(UserId id) override {
    ended.push_back(id);
    if (on_ended) on_ended();
  }
  void stop_run() override { run_stopped = true; }

 private:
  void give_back() {
    if (permits) ++*permits;
  }
  Loop& loop_;

 public:
  worker::Recorder recorder;
  std::string base;
  std::optional<std::uint64_t> permits;  // none: any number
  std::uint64_t samples = 0;
  std::uint64_t stop_after = 0;  // on_sample is called at this one
  std::function<void()> on_sample;
  std::function<void()> on_ended;
  std::uint64_t interrupted = 0;
  std::uint64_t connections = 0;
  bool run_stopped = false;
  std::map<std::string, int> errors;
  std::map<std::string, int> generator_errors;
  std::vector<std::string> exceptions;
  std::vector<UserId> ended;
};

}  // namespace swarm::test
