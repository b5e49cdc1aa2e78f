#pragma once

#include <string>
#include <string_view>

#include "common/result.h"

namespace swarm::proto {

// What a process must know to join a swarm whose wire is encrypted. Both key pairs of ZeroMQ's
// CURVE are derived from it: the master's, and the one that all its workers have. Thread  any
// Errors  parse: text that is no token, or has too little in it to be secret (below 128 bits)
class Token {
 public:
  struct KeyPair {
    std::string public_key;  // Z85, 40 characters
    std::string secret_key;
  };

  // A new one from the system's randomness.
  static Token make();
  // As `swarm token` prints it; white space around it does not matter.
  static Result<Token> parse(std::string_view text);

  // "swarm-...": letters, digits and '-', one line without its end.
  std::string text() const;
  KeyPair master_keys() const;
  KeyPair worker_keys() const;

 private:
  explicit Token(std::string secret) : secret_(std::move(secret)) {}
  std::string secret_;  // bytes
};

}  // namespace swarm::proto
