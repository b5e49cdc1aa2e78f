// The worker as its scenario sees it.

#include "worker/agent/agent.h"

namespace swarm::worker {

using proto::RunState;

EndpointId Agent::endpoint(std::string_view method, std::string_view name) {
  return recorder_.endpoint(method, name);
}

bool Agent::take_permit() {
  if (!began_) return true;
  if (!permits_.take()) return false;
  if (permits_.runs_low()) [[unlikely]]
    report_soon();
  return true;
}

void Agent::return_permit() { permits_.give_back(); }

// What is measured before the run began, in test_start above all, is not of the run.
void Agent::record(const Sample& sample) {
  if (!began_) return;
  recorder_.record(sample);
  ++samples_;
  // The run may be over with this one: the master wants to know now.
  if (permits_.limited() && samples_ == permits_.held().granted) report_soon();
}

void Agent::record_interrupted(EndpointId endpoint) {
  return_permit();
  if (began_) recorder_.record_interrupted(endpoint);
}

void Agent::record_generator_error(std::string_view what) {
  return_permit();
  if (began_) recorder_.record_generator_error(what);
}

void Agent::record_exception(std::string_view message, std::string_view traceback) {
  if (began_) recorder_.record_exception(message, traceback);
}

void Agent::user_ended(UserId id) {
  population_->user_ended(id);
  const bool awaited = order_done_ < last_order_ || state_ == RunState::Stopping;
  const bool last = population_->size() == 0;
  // With limited requests, users that are refused one end; when none is left, the master must
  // know, or it would wait for requests that nobody makes.
  if (last && permits_.limited() && reporter_) reporter_->hasten();
  if ((awaited && population_->settled()) || last) wake();
}

void Agent::stop_run() {
  if (run_.value == 0) return;
  stop_wanted_ = true;
  send(proto::StopRequest{run_});
}

}  // namespace swarm::worker
