#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "common/scenario.h"
#include "worker/report/recorder.h"

namespace swarm {

// What a master offers to its scenario, whose hooks run there but none of its users. Hooks may make
// requests: they are measured as a worker's are.
//
// Flow    Sample -> [MasterHost] -> Delta -> totals
// Thread  loop
class MasterHost final : public ScenarioHost {
 public:
  // `stop` ends the run.
  MasterHost(Loop& loop, std::string host, std::function<void()> stop);

  // What was measured since the last take() or restart(); nothing: an empty delta.
  Delta take(TimePoint now) { return recorder_.take(now); }
  void restart(TimePoint now) { recorder_.reset(now); }

  Loop& loop() override { return loop_; }
  std::string_view host() const override { return host_; }
  EndpointId endpoint(std::string_view method, std::string_view name) override {
    return recorder_.endpoint(method, name);
  }
  // The requests of -n are the users'.
  bool take_permit() override { return true; }
  void return_permit() override {}
  void record(const Sample& sample) override { recorder_.record(sample); }
  void record_interrupted(EndpointId endpoint) override { recorder_.record_interrupted(endpoint); }
  void record_generator_error(std::string_view what) override {
    recorder_.record_generator_error(what);
  }
  void record_exception(std::string_view message, std::string_view traceback) override {
    recorder_.record_exception(message, traceback);
  }
  void connection_opened() override {}
  void user_ended(UserId id) override;
  void stop_run() override { stop_(); }

 private:
  Loop& loop_;
  const std::string host_;
  const std::function<void()> stop_;
  worker::Recorder recorder_;
};

}  // namespace swarm
