#include "cli/passwd_command.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "cli/scenario_main.h"
#include "cli/values.h"
#include "master/server/passwords.h"

namespace swarm {
namespace {

constexpr std::string_view kUsage =
    R"(Usage: swarm passwd FILE USER

Keeps the password of a user of the web UI in FILE, as a hash. Asks for it at the
terminal, or takes the first line of stdin. For:

  swarm --web-login FILE -f shop.py

Options:
  -h, --help  Show this and exit
)";
constexpr std::size_t kShortest = 8;

// Not shown while it is typed.
std::optional<std::string> ask(const char* what) {
  std::fputs(what, stderr);
  termios before{};
  const bool seen = ::tcgetattr(STDIN_FILENO, &before) != 0;
  if (!seen) {
    termios unseen = before;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
  }
  std::string line;
  const bool read = static_cast<bool>(std::getline(std::cin, line));
  if (!seen) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::fputc('\n', stderr);
  return read ? std::optional{line} : std::nullopt;
}

Result<std::string> read_password() {
  std::string password;
  if (::isatty(STDIN_FILENO) == 1) {
    const auto first = ask("Password: ");
    const auto second = ask("Again: ");
    if (!first || first != second) return Error{"the two are not the same"};
    password = *first;
  } else if (!std::getline(std::cin, password)) {
    return Error{"there is no line on stdin"};
  }
  if (password.size() < kShortest) {
    return Error{fmt::format("the password is too short: take {} characters or more", kShortest)};
  }
  return password;
}

Result<void> keep_password(const std::string& file, const std::string& user) {
  if (user.empty() || user.find_first_of(":\n\r#") != std::string::npos) {
    return Error{fmt::format("{} is no name of a user: it has none of : and #", in_quotes(user))};
  }
  master::UserHashes users;
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored) && std::filesystem::file_size(file, ignored) > 0) {
    SWARM_TRY_ASSIGN(users, master::read_users(file));
  }
  SWARM_TRY_ASSIGN(const std::string password, read_password());
  SWARM_TRY_ASSIGN(users[user], master::hash_password(password));
  return master::write_users(file, users);
}

}  // namespace

int passwd_main(std::span<const char* const> args) {
  const std::string_view first = args.empty() ? std::string_view{} : args.front();
  if (first == "-h" || first == "--help") return say({0, std::string{kUsage}});
  if (args.size() != 2) {
    return say(refuse(2, "swarm passwd: needs FILE and USER. See 'swarm passwd --help'"));
  }
  const auto kept = keep_password(args[0], args[1]);
  return kept ? 0 : say(refuse(1, "swarm passwd: " + kept.error().message));
}

}  // namespace swarm
