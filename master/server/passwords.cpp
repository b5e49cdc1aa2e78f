#include "master/server/passwords.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "common/assert.h"

namespace swarm::master {

Result<std::string> hash_password(const std::string& password) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (sodium_init() < 0 || crypto_pwhash_str(hash.data(), password.data(), password.size(),
                                             crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                             crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    return Error{"there is not enough memory to hash a password: 64 MB are needed"};
  }
  return std::string{hash.data()};
}

bool is_password(const std::string& hash, const std::string& password) {
  return sodium_init() >= 0 && hash.size() < crypto_pwhash_STRBYTES &&
         crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

std::string random_key() {
  std::array<unsigned char, 32> bits{};
  SWARM_ASSERT(sodium_init() >= 0);
  randombytes_buf(bits.data(), bits.size());
  std::array<char, 65> text{};
  sodium_bin2hex(text.data(), text.size(), bits.data(), bits.size());
  return text.data();
}

Result<UserHashes> parse_users(std::string_view text) {
  UserHashes users;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos ||
        !line.substr(colon + 1).starts_with("$argon2")) {
      return Error{fmt::format("line {} is not NAME:HASH, as 'swarm passwd' writes it", number)};
    }
    users[std::string(line.substr(0, colon))] = line.substr(colon + 1);
  }
  if (users.empty()) return Error{"no user is in it: 'swarm passwd FILE USER' adds one"};
  return users;
}

Result<UserHashes> read_users(const std::string& file) {
  std::ifstream stream{file, std::ios::binary};
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) {
    return Error{fmt::format("cannot read '{}': {}; 'swarm passwd {} USER' makes it", file,
                             std::strerror(errno), file)};
  }
  auto users = parse_users(text.str());
  if (!users) return Error{fmt::format("'{}': {}", file, users.error().message)};
  return users;
}

Result<void> write_users(const std::string& file, const UserHashes& users) {
  std::string text;
  for (const auto& [name, hash] : users) text += fmt::format("{}:{}\n", name, hash);
  const std::string beside = file + ".new";
  const int written = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool ok = written >= 0 &&
                  ::write(written, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                  ::fsync(written) == 0;
  if (written >= 0) ::close(written);
  if (ok && std::rename(beside.c_str(), file.c_str()) == 0) return {};
  const Error failed{fmt::format("cannot write '{}': {}", file, std::strerror(errno))};
  if (written >= 0) ::unlink(beside.c_str());
  return failed;
}

}  // namespace swarm::master
