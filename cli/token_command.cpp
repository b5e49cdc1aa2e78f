#include "cli/token_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "cli/scenario_main.h"
#include "cli/values.h"
#include "proto/token.h"

namespace swarm {
namespace {

constexpr std::string_view kUsage =
    R"(Usage: swarm token

Prints a new join token. A master and workers that are started with the same token
encrypt what they say to each other, and nobody joins without it:

  swarm token > swarm.token && chmod 600 swarm.token
  swarm --master --join-token-file swarm.token -f shop.py
  swarm --worker --join-token-file swarm.token --master-host HOST

or with the token in the environment, as SWARM_JOIN_TOKEN.

Options:
  -h, --help  Show this and exit
)";

constexpr const char* kHint =
    "Keep it where only you can read it, and give it to the master and to all workers with\n"
    "--join-token-file FILE, or in the environment as SWARM_JOIN_TOKEN.\n";

}  // namespace

int token_main(std::span<const char* const> args) {
  if (!args.empty()) {
    const std::string_view word = args.front();
    if (word == "-h" || word == "--help") return say({0, std::string{kUsage}});
    return say(refuse(2, fmt::format("swarm token: unrecognized argument {}. See 'swarm token "
                                     "--help'",
                                     in_quotes(word))));
  }
  const int code = say({0, proto::Token::make().text() + "\n"});
  if (::isatty(STDERR_FILENO) == 1) std::fputs(kHint, stderr);
  return code;
}

}  // namespace swarm
