#include "worker/report/recorder.h"

#include <algorithm>
#include <utility>

#include "common/assert.h"

namespace swarm::worker {
namespace {

// At most `most` bytes, and never half of a UTF-8 character.
std::string_view clip(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0u) == 0x80u) --most;
  return text.substr(0, most);
}

}  // namespace

EndpointId Recorder::endpoint(std::string_view method, std::string_view name) {
  const std::size_t key = cache_key(name) + 11 * method.size();
  const EndpointId* const recent = recent_.find(key, [&](EndpointId id) {
    return names_[id.value].method == method && names_[id.value].name == name;
  });
  if (recent != nullptr) return *recent;
  const EndpointId id = find_or_add(method, name);
  if (EndpointId* const room = recent_.make_room(key)) *room = id;
  return id;
}

EndpointId Recorder::find_or_add(std::string_view method, std::string_view name) {
  if (const auto found = ids_.find(EndpointView{method, name}); found != ids_.end()) {
    return found->second;
  }
  const EndpointId id{static_cast<std::uint32_t>(names_.size())};
  names_.push_back({std::string(method), std::string(name)});
  pending_.emplace_back();
  ids_.emplace(names_.back(), id);
  return id;
}

void Recorder::record(const Sample& sample) {
  SWARM_ASSERT(sample.endpoint.value < pending_.size());
  EndpointStats& stats = pending_[sample.endpoint.value];
  const bool failed = !sample.error.empty();
  const Duration ended = since_start(sample.ended);

  ++requests_;
  ++stats.requests;
  failures_ += failed;
  stats.failures += failed;
  stats.self_timed += sample.self_timed;
  stats.bytes_received += sample.bytes_received;
  stats.first = std::min(stats.first, since_start(sample.started));
  stats.last = std::max(stats.last, ended);
  stats.seconds.add(ended / std::chrono::seconds{1}, {.requests = 1, .failures = failed});
  if (sample.has_response_time) {
    stats.response_times.record(sample.ended - sample.started);
  } else {
    ++stats.none_requests;
  }
  // Nothing paced it: it cannot be late, and its zero would hide those that were.
  if (sample.due != sample.started) rest_.send_lag.record(sample.started - sample.due);
  if (failed) count_failure(sample, ended);
}

void Recorder::count_failure(const Sample& sample, Duration when) {
  const EndpointId endpoint = sample.endpoint;
  std::string_view text = clip(sample.error, kMostErrorBytes);
  auto found = errors_.find(FailureView{endpoint, text});
  if (found == errors_.end()) {
    if (errors_.size() >= Delta::kMostTexts) text = Delta::kOtherTexts;
    found = errors_.try_emplace(Failure{endpoint, std::string(text)}).first;
  }
  Failed& failed = found->second;
  failed.count.merge({.occurrences = 1, .first_seen = when, .last_seen = when});
  if (sample.exchange == nullptr || captured_ >= kMostCaptures) return;
  const bool few = failed.exchanges.records().size() < KeptExchanges::kLatest;
  if (!few && when - failed.captured < kBetweenCaptures) return;
  failed.exchanges.add(capture_.record(*sample.exchange, when, sample.ended - sample.started));
  failed.captured = when;
  ++captured_;
}

void Recorder::record_interrupted(EndpointId endpoint) {
  SWARM_ASSERT(endpoint.value < pending_.size());
  ++interrupted_;
  ++pending_[endpoint.value].interrupted;
}

void Recorder::record_generator_error(std::string_view what) {
  rest_.add_generator_error(std::string(clip(what, kMostErrorBytes)), 1);
}

void Recorder::record_exception(std::string_view message, std::string_view traceback) {
  rest_.add_exception(std::string(clip(traceback, kMostTracebackBytes)),
                      {.count = 1, .message = std::string(clip(message, kMostErrorBytes))});
}

Delta Recorder::take(TimePoint now) {
  // Copies, so that the counters keep their memory for the next interval.
  Delta taken = rest_;
  rest_.exceptions.clear();
  rest_.generator_errors.clear();
  rest_.send_lag.clear();
  taken.until = since_start(now);
  for (std::size_t id = 0; id < pending_.size(); ++id) {
    if (pending_[id].empty()) continue;
    taken.endpoints.emplace(names_[id], pending_[id]);
    pending_[id].clear();
  }
  for (auto& [failure, failed] : errors_) {
    if (failed.count.occurrences == 0) continue;
    const ErrorKey key{names_[failure.endpoint.value], failure.text};
    taken.add_error(key, failed.count);
    taken.add_exchanges(key, failed.exchanges);
    failed = Failed{};
  }
  captured_ = 0;
  // Texts that never come again (with a number in them) make room for those that will.
  if (errors_.size() >= Delta::kMostTexts) errors_.clear();
  return taken;
}

void Recorder::reset(TimePoint run_start) {
  take(run_start);
  start_ = run_start;
  requests_ = failures_ = interrupted_ = 0;
}

}  // namespace swarm::worker
