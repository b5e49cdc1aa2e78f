#include "proto/worker_peers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/log.h"
#include "common/utf8.h"
#include "proto/master_peer.h"
#include "proto/swarm_dialect.h"

namespace swarm::proto {
namespace {

constexpr auto kLogger = "swarm.runners";
constexpr std::chrono::seconds kHintEvery{1};

// The length of the character that begins `text` if it can be printed, or 0.
std::size_t printable_length(std::string_view text) {
  const auto character = first_character(text);
  const bool prints = character && character->point >= 0x20 && character->point != 0x7f;
  return prints ? character->bytes : 0;
}

// It can be printed, and stand in JSON.
bool is_name(std::string_view identity) {
  while (!identity.empty()) {
    const std::size_t length = printable_length(identity);
    if (length == 0) return false;
    identity.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view identity) {
  std::string text;
  for (std::size_t at = 0; at < identity.size();) {
    const std::size_t length = printable_length(identity.substr(at));
    if (length == 0) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(identity[at]));
    } else {
      text += identity.substr(at, length);
    }
    at += std::max<std::size_t>(length, 1);
  }
  return text.empty() ? "(nameless)" : text;
}

// What workers before Locust 2.0 gave for a version.
bool is_falsy(const Value& value) {
  const auto* number = value.as_int();
  const auto* truth = value.as_bool();
  return value.is_nil() || (number && *number == 0) || (truth && !*truth);
}

// A version in client_ready, or one in the map of a request for the scenario: what both would be as
// a greeting.
Envelope as_greeting(const Envelope& envelope) {
  const Value* version = envelope.data.find("version");
  return {"client_ready", version ? *version : envelope.data, envelope.node_id};
}

}  // namespace

bool Allowance::take(std::size_t bytes, TimePoint now) {
  const double seconds = std::chrono::duration<double>(now - std::exchange(filled_, now)).count();
  left_ = std::min(kMost, left_ + seconds * kPerSecond);
  const double cost = static_cast<double>(bytes) + kPerMessage;
  if (cost > left_) return false;
  left_ -= cost;
  return true;
}

void Complaints::add(TimePoint now, std::string_view identity, std::string_view what) {
  if (now < next_) {
    ++left_out_;
    return;
  }
  next_ = now + std::chrono::seconds{1};
  std::string line = fmt::format("Dropped a message of {}: {}", printable(identity), what);
  if (left_out_ > 0) line += fmt::format(" (and {} more before)", std::exchange(left_out_, 0));
  log(LogLevel::Warning, kLogger, line);
}

WorkerPeers::WorkerPeers(std::string version, Outlets outlets)
    : version_(std::move(version)), outlets_(std::move(outlets)) {}

WorkerPeers::Peer* WorkerPeers::find_or_add(std::string_view identity, TimePoint now) {
  const auto found = peers_.find(std::string(identity));
  if (found != peers_.end()) return &found->second;
  if (identity.empty() || !is_name(identity)) {
    complaints_.add(now, identity, "its identity is no text");
    return nullptr;
  }
  if (peers_.size() >= kMostPeers) {
    complaints_.add(now, identity, "there are too many peers");
    return nullptr;
  }
  Peer peer;
  peer.identity = identity;
  peer.id = worker_of(identity);
  return &peers_.emplace(identity, std::move(peer)).first->second;
}

void WorkerPeers::receive(std::string_view identity, std::string_view bytes, bool whole,
                          TimePoint now, double now_s) {
  now_ = now;
  Peer* const peer = find_or_add(identity, now);
  if (peer == nullptr) return;
  if (peer->kind != Kind::Locust && peer->heard + kForget < now) {
    // What it had to do may have been done by others since.
    peer->kind = Kind::Stranger;
    peer->introduced = false;
  }
  peer->heard = now;
  if (!peer->allowance.take(bytes.size(), now)) return complain(*peer, "it sends too much", now);
  if (!whole) return complain(*peer, "it is not of one frame", now);
  if (!peer->introduced && bytes.size() > kStrangerBytes) {
    return complain(*peer, "it is long, and the peer unknown", now);
  }
  const Result<Envelope> envelope = decode(bytes, {.bytes = bytes.size()});
  if (!envelope) return complain(*peer, envelope.error().message, now);
  understand(*peer, *envelope, bytes.size(), now, now_s);
}

void WorkerPeers::understand(Peer& peer, const Envelope& envelope, std::size_t bytes, TimePoint now,
                             double now_s) {
  if (envelope.type == "client_ready") return greeted(peer, envelope, bytes, now, now_s);
  if (peer.left) return;
  // Somebody who wants the scenario need not be a worker yet.
  const bool visit = envelope.type == "locustfile";
  if (visit && SwarmDialect::offered(as_greeting(envelope)) != 0) {
    return greeted(peer, envelope, bytes, now, now_s);
  }
  const bool ours = SwarmDialect::speaks(envelope);
  if (ours && peer.kind == Kind::Swarm) {
    auto message = SwarmDialect::decode_to_master(envelope);
    if (!message) return complain(peer, message.error().message, now);
    return pass_on(peer, std::move(message).value(), bytes, now);
  }
  if (ours) return ask_who(peer, now);
  // A heartbeat tells that a worker of Locust's is there, in whoever's service.
  const bool heard_of = visit || envelope.type == "heartbeat";
  if (!peer.introduced && !heard_of) {
    return log(LogLevel::Debug, kLogger,
               fmt::format("Ignored a message of unknown worker {}", printable(peer.id)));
  }
  if (peer.kind == Kind::Stranger) {
    peer.kind = Kind::Locust;
    peer.locust.emplace(peer.id);
  }
  if (peer.kind != Kind::Locust) return complain(peer, "it is none of swarm's wire", now);
  auto messages = peer.locust->translate(envelope, now_s);
  if (!messages) return complain(peer, messages.error().message, now);
  for (auto& message : *messages) pass_on(peer, std::move(message), bytes, now);
  if (envelope.type == "heartbeat") beat(peer);
}

void WorkerPeers::greeted(Peer& peer, const Envelope& envelope, std::size_t bytes, TimePoint now,
                          double now_s) {
  const Envelope greeting = as_greeting(envelope);
  const unsigned offered = SwarmDialect::offered(greeting);
  peer.left = false;
  if (offered == SwarmDialect::kNumber) {
    peer.kind = Kind::Swarm;
    peer.locust.reset();
    return reply(peer, SwarmDialect::welcome(peer.id));
  }
  if (offered != 0) {
    const std::string* const version = greeting.data.as_text();
    const std::string reason = fmt::format(
        "worker {} is of version {} and speaks another wire ({}) than the master of version {} "
        "({}): install the same version of swarm on both",
        printable(peer.id), version ? printable(*version) : "", offered, version_,
        SwarmDialect::kNumber);
    if (peer.next_hint <= now) log(LogLevel::Error, kLogger, "Refused: " + reason);
    peer.next_hint = now + kAlive;
    peer.kind = Kind::Stranger;
    return reply(peer, SwarmDialect::encode(ToWorker{Refused{reason}}, peer.id));
  }
  if (is_falsy(envelope.data)) {
    if (peer.next_hint <= now) {
      log(LogLevel::Error, kLogger,
          fmt::format("An old worker of Locust (before 2.0) tried to connect and was ignored: {}",
                      printable(peer.id)));
    }
    peer.next_hint = now + kForget;
    return;
  }
  if (peer.kind != Kind::Locust) {
    peer.kind = Kind::Locust;
    peer.locust.emplace(peer.id);
    peer.beats_awaited = 2;
  }
  auto messages = peer.locust->translate(envelope, now_s);
  if (!messages) return complain(peer, messages.error().message, now);
  for (auto& message : *messages) pass_on(peer, std::move(message), bytes, now);
}

void WorkerPeers::ask_who(Peer& peer, TimePoint now) {
  if (now < peer.next_hint) return;
  peer.next_hint = now + kHintEvery;
  reply(peer, {"reconnect", {}, peer.id});
}

void WorkerPeers::pass_on(Peer& peer, ToMaster message, std::size_t bytes, TimePoint now) {
  // Whoever is told that its reports are counted knows that the master is there.
  const bool known = peer.kind == Kind::Swarm && now - peer.told < kSpeaks;
  if (std::holds_alternative<Heartbeat>(message) && !known) {
    reply(peer, {"heartbeat", {}, peer.id});
  }
  const bool ready = std::holds_alternative<ClientReady>(message);
  if (!holds_id(peer, now)) {
    if (!ready) {
      // It held the id until it was silent, and another process has it now.
      if (std::exchange(peer.introduced, false) && peer.kind == Kind::Swarm) ask_who(peer, now);
      return;
    }
    if (!peer.claim) claimants_.push_back(peer.identity);
    // A newer word replaces an older one; how long it waits counts from the first.
    const TimePoint since = peer.claim ? peer.claim->first : now;
    peer.claim.emplace(since, std::move(message));
    return;
  }
  if (ready) peer.introduced = true;
  if (std::holds_alternative<Goodbye>(message) || std::holds_alternative<ScenarioFailed>(message)) {
    peer.left = true;
    peer.introduced = false;
  }
  if (!outlets_.to_loop(peer.id, std::move(message), bytes)) {
    complain(peer, "the master is held up, and too much of this worker waits already", now);
  }
}

bool WorkerPeers::holds_id(Peer& peer, TimePoint now) {
  const auto [holder, added] = holders_.try_emplace(peer.id, peer.identity);
  if (added) outlets_.reachable(peer.id, true);
  if (holder->second == peer.identity) return true;
  const auto other = peers_.find(holder->second);
  const bool alive =
      other != peers_.end() && !other->second.left && now - other->second.heard < kAlive;
  if (!alive) holder->second = peer.identity;
  return !alive;
}

void WorkerPeers::settle_claims(TimePoint now) {
  for (auto& identity : std::exchange(claimants_, {})) {
    const auto found = peers_.find(identity);
    if (found == peers_.end() || !found->second.claim) continue;
    Peer& peer = found->second;
    if (holds_id(peer, now)) {
      ToMaster message = std::move(peer.claim->second);
      peer.claim.reset();
      pass_on(peer, std::move(message), 0, now);
    } else if (now - peer.claim->first < kClaimWaits) {
      claimants_.push_back(std::move(identity));
    } else {
      peer.claim.reset();
      refuse(peer,
             fmt::format("another process is connected as worker {}: give each its own --worker-id",
                         printable(peer.id)),
             0);
    }
  }
}

void WorkerPeers::refuse(Peer& peer, const std::string& reason, double now_s) {
  log(LogLevel::Warning, kLogger, "Refused: " + reason);
  if (peer.kind == Kind::Swarm) {
    reply(peer, SwarmDialect::encode(ToWorker{Refused{reason}}, peer.id));
  } else if (peer.kind == Kind::Locust) {
    LocustWorker stranger{peer.id};
    for (const auto& envelope : stranger.translate(Refused{reason}, now_s)) reply(peer, envelope);
  }
}

void WorkerPeers::tick(TimePoint now) {
  now_ = now;
  settle_claims(now);
  forget_silent(now);
}

void WorkerPeers::forget_silent(TimePoint now) {
  for (auto each = peers_.begin(); each != peers_.end();) {
    const Peer& peer = each->second;
    const auto patience = peer.kind == Kind::Locust ? kForgetLocust : kForget;
    if (now - peer.heard < patience) {
      ++each;
      continue;
    }
    const auto holder = holders_.find(peer.id);
    if (holder != holders_.end() && holder->second == peer.identity) {
      outlets_.reachable(peer.id, false);
      holders_.erase(holder);
    }
    each = peers_.erase(each);
  }
}

void WorkerPeers::send(const WorkerId& worker, const ToWorker& message, double now_s) {
  const auto holder = holders_.find(worker);
  const auto found = holder == holders_.end() ? peers_.end() : peers_.find(holder->second);
  if (found == peers_.end()) {
    return log(LogLevel::Debug, kLogger, fmt::format("No way to worker {}", printable(worker)));
  }
  Peer& peer = found->second;
  if (peer.kind == Kind::Locust) {
    for (auto& envelope : peer.locust->translate(message, now_s)) tell(peer, std::move(envelope));
    return;
  }
  if (peer.kind != Kind::Swarm) return;
  const auto* const files = std::get_if<ScenarioFiles>(&message);
  if (files == nullptr) return reply(peer, SwarmDialect::encode(message, worker));
  // The same for all, and large: every worker's message shares its bytes, so it names none.
  if (!encoded_files_ || files->entries != files_.entries || files->files != files_.files ||
      files->error != files_.error) {
    files_ = *files;
    encoded_files_ =
        std::make_shared<const std::string>(encode(SwarmDialect::encode(message, WorkerId{})));
  }
  outlets_.to_peer(peer.identity, encoded_files_);
}

void WorkerPeers::tell(Peer& peer, Envelope envelope) {
  const bool at_once = envelope.type == "ack" || envelope.type == "locustfile";
  if (peer.beats_awaited == 0 || at_once) return reply(peer, envelope);
  peer.held.push_back(std::move(envelope));
}

void WorkerPeers::beat(Peer& peer) {
  if (peer.beats_awaited == 0 || --peer.beats_awaited > 0) return;
  for (const Envelope& envelope : std::exchange(peer.held, {})) reply(peer, envelope);
}

void WorkerPeers::reply(Peer& peer, const Envelope& envelope) {
  peer.told = now_;
  outlets_.to_peer(peer.identity, std::make_shared<const std::string>(encode(envelope)));
}

void WorkerPeers::complain(const Peer& peer, std::string_view what, TimePoint now) {
  complaints_.add(now, peer.identity, what);
}

}  // namespace swarm::proto
