#pragma once

#include <optional>
#include <string>

#include "cli/options.h"
#include "cli/surroundings.h"
#include "common/result.h"
#include "proto/token.h"

namespace swarm {

// The token that this process joins its swarm with: that of the named file (one line), else of the
// environment's SWARM_JOIN_TOKEN, else none. It is never an argument, since everybody can read
// those, and never logged. The variable stays set, for the processes that this one turns into.
// Errors  a file that cannot be read or is empty, a text that is no token: what to do about it;
//         the program then exits with 2
Result<std::optional<proto::Token>> join_token(const std::string& file, const Surroundings& around);

// The same for a role of this process; warns of a file that others may read.
Result<std::optional<proto::Token>> join_token(const Options& options);

}  // namespace swarm
