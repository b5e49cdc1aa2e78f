#include "cli/join_token.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <string_view>
#include <utility>

#include "cli/values.h"
#include "common/log.h"

namespace swarm {
namespace {

constexpr std::string_view kOption = "argument --join-token-file";
constexpr std::string_view kMakeOne = "make one with: swarm token > FILE";
constexpr const char* kVariable = "SWARM_JOIN_TOKEN";

Result<std::string> text_of(const std::string& file, const Surroundings& around) {
  const auto text = around.read_file(file);
  if (!text) {
    return Error{
        fmt::format("{}: cannot read {}: {}", kOption, in_quotes(file), text.error().message)};
  }
  if (!text->has_value()) {
    return Error{fmt::format("{}: there is no {}; {}", kOption, in_quotes(file), kMakeOne)};
  }
  if (trimmed(**text).empty()) {
    return Error{fmt::format("{}: {} is empty; {}", kOption, in_quotes(file), kMakeOne)};
  }
  return **text;
}

}  // namespace

Result<std::optional<proto::Token>> join_token(const std::string& file,
                                               const Surroundings& around) {
  std::string where = kVariable;
  std::string text = around.variable(kVariable).value_or("");
  if (!file.empty()) {
    where = fmt::format("{}: {}", kOption, in_quotes(file));
    SWARM_TRY_ASSIGN(text, text_of(file, around));
  }
  if (trimmed(text).empty()) return std::optional<proto::Token>{};
  auto token = proto::Token::parse(text);
  if (!token) return Error{fmt::format("{}: {}", where, token.error().message)};
  return std::optional{std::move(*token)};
}

Result<std::optional<proto::Token>> join_token(const Options& options) {
  const std::string& file = options.join_token_file;
  struct stat status {};
  if (!file.empty() && ::stat(file.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0) {
    log(LogLevel::Warning, "swarm.main",
        fmt::format("Everybody on this machine can read the token: chmod 600 {}", in_quotes(file)));
  }
  return join_token(file, real_surroundings());
}

}  // namespace swarm
