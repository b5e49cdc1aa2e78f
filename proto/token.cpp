#include "proto/token.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstring>
#include <optional>
#include <set>
#include <span>

#include "common/assert.h"

namespace swarm::proto {
namespace {

constexpr std::string_view kPrefix = "swarm-";
constexpr std::size_t kSecretBytes = 20;  // 32 letters
constexpr std::size_t kLeastBytes = 16;
constexpr std::size_t kMostBytes = crypto_generichash_KEYBYTES_MAX;
// A secret that somebody made up by holding a key down.
constexpr std::size_t kLeastDifferent = 8;
constexpr std::size_t kGroup = 8;

// Five bits a letter (RFC 4648), in small letters; what is read may have large ones.
constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
// Four bytes in five characters (ZeroMQ's RFC 32).
constexpr std::string_view kZ85 =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

// May be called by several threads at once, and again.
void use_sodium() { SWARM_ASSERT(sodium_init() >= 0); }

std::string to_base32(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (count += 8; count >= 5; count -= 5) text += kBase32[bits >> (count - 5) & 31];
  }
  if (count > 0) text += kBase32[bits << (5 - count) & 31];
  return text;
}

// Null if a character is none of the alphabet's, or the last says more than whole bytes hold.
std::optional<std::string> from_base32(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char letter : text) {
    const auto value = kBase32.find(letter);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 5 | static_cast<std::uint32_t>(value);
    count += 5;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xff);
    }
  }
  if (count >= 5 || (bits & ((1u << count) - 1)) != 0) return std::nullopt;
  return bytes;
}

std::string to_z85(std::span<const unsigned char> bytes) {
  std::string text;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t value = 0;
    for (std::size_t byte = 0; byte < 4; ++byte) value = value << 8 | bytes[at + byte];
    std::array<char, 5> letters{};
    for (auto letter = letters.rbegin(); letter != letters.rend(); ++letter) {
      *letter = kZ85[value % 85];
      value /= 85;
    }
    text.append(letters.data(), letters.size());
  }
  return text;
}

// Whoever knows one pair learns nothing of the other, nor of the secret.
Token::KeyPair derive(const std::string& secret, std::string_view purpose) {
  use_sodium();
  std::array<unsigned char, crypto_box_SEEDBYTES> seed{};
  std::array<unsigned char, crypto_box_PUBLICKEYBYTES> public_key{};
  std::array<unsigned char, crypto_box_SECRETKEYBYTES> secret_key{};
  const auto* text = reinterpret_cast<const unsigned char*>(purpose.data());
  const auto* key = reinterpret_cast<const unsigned char*>(secret.data());
  SWARM_ASSERT(
      crypto_generichash(seed.data(), seed.size(), text, purpose.size(), key, secret.size()) == 0);
  SWARM_ASSERT(crypto_box_seed_keypair(public_key.data(), secret_key.data(), seed.data()) == 0);
  return {to_z85(public_key), to_z85(secret_key)};
}

}  // namespace

Token Token::make() {
  use_sodium();
  std::string secret(kSecretBytes, '\0');
  randombytes_buf(secret.data(), secret.size());
  return Token{std::move(secret)};
}

Result<Token> Token::parse(std::string_view text) {
  static constexpr auto kAdvice = ": make one with `swarm token`";
  std::string letters;
  for (const char each : text) {
    if (!std::isspace(static_cast<unsigned char>(each))) {
      letters += static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
    } else if (!letters.empty() && letters.back() != ' ') {
      letters += ' ';  // within the token, it makes it none
    }
  }
  if (!letters.empty() && letters.back() == ' ') letters.pop_back();
  if (letters.empty()) return Error{std::string("the join token is empty") + kAdvice};
  if (!letters.starts_with(kPrefix)) {
    return Error{"a join token begins with '" + std::string(kPrefix) + "'" + kAdvice};
  }
  letters.erase(0, kPrefix.size());
  std::erase(letters, '-');

  std::optional<std::string> secret = from_base32(letters);
  if (!secret) return Error{std::string("the join token is incomplete or misspelt") + kAdvice};
  const std::set<char> different(letters.begin(), letters.end());
  if (secret->size() < kLeastBytes || different.size() < kLeastDifferent) {
    return Error{std::string("the join token is too short to be secret") + kAdvice};
  }
  if (secret->size() > kMostBytes)
    return Error{"the join token is too long" + std::string(kAdvice)};
  return Token{*std::move(secret)};
}

std::string Token::text() const {
  const std::string letters = to_base32(secret_);
  std::string text{kPrefix.substr(0, kPrefix.size() - 1)};
  for (std::size_t at = 0; at < letters.size(); at += kGroup) {
    text += '-' + letters.substr(at, kGroup);
  }
  return text;
}

Token::KeyPair Token::master_keys() const { return derive(secret_, "swarm wire, master"); }
Token::KeyPair Token::worker_keys() const { return derive(secret_, "swarm wire, worker"); }

}  // namespace swarm::proto
