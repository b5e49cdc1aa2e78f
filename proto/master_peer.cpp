#include "proto/master_peer.h"

#include <algorithm>
#include <utility>

#include "proto/swarm_dialect.h"

namespace swarm::proto {
namespace {

constexpr char kSeparator = '~';
constexpr std::size_t kIncarnationLetters = 16;

bool is_hexadecimal(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
}

}  // namespace

std::string identity_of(const WorkerId& worker, std::string_view incarnation) {
  return worker + kSeparator + std::string(incarnation);
}

WorkerId worker_of(std::string_view identity) {
  const std::size_t at = identity.rfind(kSeparator);
  if (at == std::string_view::npos || at == 0) return WorkerId(identity);
  const std::string_view end = identity.substr(at + 1);
  const bool added =
      end.size() == kIncarnationLetters && std::all_of(end.begin(), end.end(), is_hexadecimal);
  return WorkerId(added ? identity.substr(0, at) : identity);
}

MasterPeer::MasterPeer(Settings settings, TimePoint now)
    : settings_(std::move(settings)), ours_(settings_.only_ours), greeting_due_(now) {}

std::string MasterPeer::identity() const {
  return ours_ ? identity_of(settings_.worker, settings_.incarnation) : settings_.worker;
}

void MasterPeer::start_over(TimePoint now) {
  answered_ = false;
  asked_ = false;
  greetings_ = 0;
  greeting_due_ = now;
}

std::optional<Envelope> MasterPeer::greet(TimePoint now) {
  if (left_ || now < greeting_due_) return std::nullopt;
  const bool often = !answered_ && ++greetings_ < kGreetingsFirst;
  greeting_due_ = now + (often ? kGreetingFirst : kGreetingLater);
  asked_ = true;
  return SwarmDialect::greeting(settings_.worker, settings_.version);
}

TimePoint MasterPeer::silent_at(TimePoint now) const {
  if (!locust_) return now + kSilence;
  return beats_ ? now + kSilenceLocust : TimePoint::max();
}

Result<std::vector<ToWorker>> MasterPeer::receive(const Envelope& envelope, TimePoint now,
                                                  double now_s) {
  beats_ = beats_ || envelope.type == "heartbeat";
  if (answered_) greeting_due_ = silent_at(now);
  if (left_) return std::vector<ToWorker>{};
  if (envelope.type == "ack") return take_ack(envelope, now, now_s);
  if (envelope.type == "reconnect") {
    // It does not know this worker: it was started anew, or forgot it.
    if (answered_) start_over(now);
    return std::vector<ToWorker>{};
  }
  if (envelope.type == "heartbeat") return std::vector<ToWorker>{};
  if (SwarmDialect::speaks(envelope)) {
    SWARM_TRY_ASSIGN(ToWorker message, SwarmDialect::decode_to_worker(envelope));
    // One that has not welcomed us has nothing else to say.
    if (!answered_ && !std::holds_alternative<Refused>(message)) return std::vector<ToWorker>{};
    std::vector<ToWorker> messages;
    messages.push_back(std::move(message));
    return messages;
  }
  if (!answered_ || !locust_) return std::vector<ToWorker>{};
  return locust_->translate(envelope, now_s);
}

Result<std::vector<ToWorker>> MasterPeer::take_ack(const Envelope& ack, TimePoint now,
                                                   double now_s) {
  if (SwarmDialect::is_welcome(ack)) {
    if (!asked_) return std::vector<ToWorker>{};
    locust_.reset();
    if (!std::exchange(ours_, true)) {
      start_over(now);  // under the other identity
      return std::vector<ToWorker>{};
    }
  } else if (asked_ || !locust_) {
    // It knows nothing of what was before, even if it is the same process.
    locust_.emplace(settings_.worker);
  }
  asked_ = false;
  answered_ = true;
  greetings_ = 0;
  beats_ = false;
  greeting_due_ = silent_at(now);
  if (locust_) return locust_->translate(ack, now_s);
  return std::vector<ToWorker>{Introduce{Dialect::Swarm}};
}

std::vector<Envelope> MasterPeer::translate(const ToMaster& message, double now_s) {
  if (!answered_ || left_) return {};
  left_ = std::holds_alternative<Goodbye>(message);
  if (locust_) return locust_->translate(message, now_s);
  return {SwarmDialect::encode(message, settings_.worker)};
}

}  // namespace swarm::proto
