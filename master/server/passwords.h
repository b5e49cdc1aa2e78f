#pragma once

#include <string>
#include <string_view>

#include "common/result.h"
#include "master/server/logins.h"

namespace swarm::master {

// Password hashes of libsodium (Argon2id), and the file of users that has them.

// Errors  there is not enough memory
Result<std::string> hash_password(const std::string& password);
bool is_password(const std::string& hash, const std::string& password);
// 256 random bits, as text.
std::string random_key();

// Lines NAME:HASH; empty ones and those that begin with # are left out.
// Errors  a line that is none; there is no user at all
Result<UserHashes> parse_users(std::string_view text);
// Errors  the file cannot be read; as parse_users()
Result<UserHashes> read_users(const std::string& file);
// Writes the file anew, for its owner's eyes only; as a whole or not at all.
Result<void> write_users(const std::string& file, const UserHashes& users);

}  // namespace swarm::master
