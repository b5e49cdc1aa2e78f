#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.h"

namespace swarm::master {

// The users of a file that `swarm passwd` writes: a line each, NAME:HASH.
using UserHashes = std::map<std::string, std::string>;

// Who may use the web server: log-ins, and the sessions that follow from them.
//
// Flow    name, password -> [Logins] -> a session's key -> the cookie of later requests
// Thread  the server's
// Errors  none
//
// Trying costs: after kTries failures within kWindow an address is refused, right or wrong, and so
// are all after kTriesOfAll. An unknown name takes as long as a wrong password.
class Logins {
 public:
  static constexpr Duration kLife = std::chrono::hours{12};
  static constexpr Duration kWindow = std::chrono::minutes{1};
  static constexpr std::uint32_t kTries = 5;
  static constexpr std::uint32_t kTriesOfAll = 60;
  static constexpr std::size_t kMostSessions = 1000;

  // Whether the password is the one of the hash, and a new key that nobody can guess.
  using Verify = std::function<bool(const std::string& hash, const std::string& password)>;
  using MakeKey = std::function<std::string()>;
  Logins(UserHashes users, Verify verify, MakeKey make_key);

  struct Outcome {
    enum class Kind : std::uint8_t { Admitted, Wrong, TooMany };
    Kind kind = Kind::Wrong;
    std::string session{};  // its key, if admitted
  };
  Outcome log_in(const std::string& peer, const std::string& user, const std::string& password,
                 TimePoint now);
  void log_out(std::string_view cookie);
  // Whether a Cookie field names a session.
  bool admits(std::string_view cookie, TimePoint now);

  // "swarm_session=KEY; Path=/; HttpOnly; SameSite=Strict"; an empty key ends the session.
  static std::string cookie(const std::string& key, const std::string& base_path, bool tls);

 private:
  struct Failures {
    TimePoint since;
    std::uint32_t count = 0;
  };
  static std::string key_of(std::string_view cookie);
  bool too_many(Failures& failures, std::uint32_t most, TimePoint now) const;
  void forget(TimePoint now);

  const UserHashes users_;
  const Verify verify_;
  const MakeKey make_key_;
  std::map<std::string, TimePoint> sessions_;  // when they end, by key
  std::map<std::string, Failures> failures_;   // by peer
  Failures all_failures_{};
};

}  // namespace swarm::master
