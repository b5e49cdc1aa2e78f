#include "master/server/logins.h"

#include <algorithm>
#include <utility>

namespace swarm::master {
namespace {

constexpr std::string_view kName = "swarm_session=";

}  // namespace

Logins::Logins(UserHashes users, Verify verify, MakeKey make_key)
    : users_(std::move(users)), verify_(std::move(verify)), make_key_(std::move(make_key)) {}

bool Logins::too_many(Failures& failures, std::uint32_t most, TimePoint now) const {
  if (failures.count > 0 && now - failures.since >= kWindow) failures = {};
  return failures.count >= most;
}

void Logins::forget(TimePoint now) {
  std::erase_if(sessions_, [now](const auto& each) { return each.second <= now; });
  std::erase_if(failures_, [now](const auto& each) { return now - each.second.since >= kWindow; });
  while (sessions_.size() >= kMostSessions) {
    sessions_.erase(
        std::ranges::min_element(sessions_, {}, [](const auto& each) { return each.second; }));
  }
}

Logins::Outcome Logins::log_in(const std::string& peer, const std::string& user,
                               const std::string& password, TimePoint now) {
  using enum Outcome::Kind;
  forget(now);
  const auto before = failures_.find(peer);
  if (too_many(all_failures_, kTriesOfAll, now) ||
      (before != failures_.end() && too_many(before->second, kTries, now))) {
    return {.kind = TooMany};
  }
  const auto found = users_.find(user);
  // Of an unknown name, anybody's: the time that it takes says nothing.
  const auto any = found != users_.end() ? found : users_.begin();
  const bool right = any != users_.end() && verify_(any->second, password);
  if (!right || found == users_.end()) {
    for (Failures* each : {&failures_[peer], &all_failures_}) {
      if (each->count++ == 0) each->since = now;
    }
    return {.kind = Wrong};
  }
  failures_.erase(peer);
  Outcome outcome{.kind = Admitted, .session = make_key_()};
  sessions_[outcome.session] = now + kLife;
  return outcome;
}

std::string Logins::key_of(std::string_view cookie) {
  while (!cookie.empty()) {
    const std::size_t end = cookie.find(';');
    std::string_view pair = cookie.substr(0, end);
    cookie = end == std::string_view::npos ? std::string_view{} : cookie.substr(end + 1);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(kName)) return std::string(pair.substr(kName.size()));
  }
  return {};
}

bool Logins::admits(std::string_view cookie, TimePoint now) {
  const auto found = sessions_.find(key_of(cookie));
  return found != sessions_.end() && now < found->second;
}

void Logins::log_out(std::string_view cookie) { sessions_.erase(key_of(cookie)); }

std::string Logins::cookie(const std::string& key, const std::string& base_path, bool tls) {
  std::string text =
      std::string(kName) + key + "; Path=" + base_path + "/; HttpOnly; SameSite=Strict";
  text += "; Max-Age=" +
          std::to_string(
              key.empty() ? 0 : std::chrono::duration_cast<std::chrono::seconds>(kLife).count());
  if (tls) text += "; Secure";
  return text;
}

}  // namespace swarm::master
