#include "cli/man_page.h"

#include <fmt/ranges.h>

#include <cctype>
#include <sstream>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/version.h"

namespace swarm {
namespace {

// Text as roff sets it: a hyphen that is to be copied is a minus, a line's first dot or quote is no
// request.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
      out += c;
    }
  }
  return out;
}

std::string bold(std::string_view text) { return fmt::format("\\fB{}\\fR", roff(text)); }
std::string italic(std::string_view text) { return fmt::format("\\fI{}\\fR", roff(text)); }

std::string upper(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// "-u, --users N" in bold and italics.
std::string signature(const OptionSpec& option) {
  if (option.positional()) return italic(option.metavar);
  std::vector<std::string> names;
  for (const std::string_view name : option.names) names.push_back(bold(name));
  std::string out = fmt::format("{}", fmt::join(names, ", "));
  if (!option.metavar.empty()) out += ' ' + italic(option.metavar);
  return out;
}

void append_option(std::string& out, const OptionSpec& option) {
  out += fmt::format(".TP\n{}\n{}.\n", signature(option), roff(option.help));
  std::vector<std::string> more;
  if (!option.variable.empty()) {
    more.push_back(fmt::format("Variable: {}.", bold(fmt::format("SWARM_{}", option.variable))));
  }
  for (const std::string_view name : option.old_names) {
    more.push_back(fmt::format("Old name: {}.", bold(name)));
  }
  if (!more.empty()) out += fmt::format(".br\n{}\n", fmt::join(more, "\n"));
}

void append_synopsis(std::string& out) {
  out += fmt::format(".SH SYNOPSIS\n{} [{}] [{} ...]\n", bold("swarm"), italic("options"),
                     italic("UserClass"));
  for (const Command& each : kCommands) {
    out += fmt::format(".br\n{} {}\n", bold(fmt::format("swarm {}", each.name)),
                       italic(each.arguments));
  }
}

void append_commands(std::string& out) {
  out += ".SH COMMANDS\n";
  for (const Command& each : kCommands) {
    out += fmt::format(".TP\n{} {}\n{}; see {}.\n", bold(fmt::format("swarm {}", each.name)),
                       italic(each.arguments), roff(each.help),
                       bold(fmt::format("swarm {} --help", each.name)));
  }
}

void append_options(std::string& out, const OptionTable& table) {
  out += ".SH OPTIONS\n";
  std::string_view group;
  for (const OptionSpec& option : table) {
    if (option.hidden()) continue;
    if (option.group != group) out += fmt::format(".SS {}\n", roff(option.group));
    group = option.group;
    append_option(out, option);
  }
}

void append_examples(std::string& out) {
  out += ".SH EXAMPLES\n";
  for (const Example& each : kExamples) {
    if (&each != kExamples.begin()) out += ".PP\n";
    out +=
        fmt::format("{}:\n.PP\n.nf\n.RS 4\n{}\n.RE\n.fi\n", roff(each.meaning), roff(each.command));
  }
}

}  // namespace

std::string man_page(const OptionTable& table) {
  std::string out = fmt::format(
      ".TH {} 1 \"\" \"swarm {}\" \"User commands\"\n.SH NAME\nswarm \\- {}\n", upper("swarm"),
      version(), roff("loads a server with many users, from one process or from many machines"));
  append_synopsis(out);
  out += ".SH DESCRIPTION\n";
  out += roff(
      "Runs the users that a scenario describes, a locustfile in Python or a library compiled from "
      "C++, against a target, and reports what each endpoint answered, how fast, and whether the "
      "generator itself kept up. Without --headless it waits for a start in a browser, at port "
      "8089.");
  out += '\n';
  append_commands(out);
  append_options(out, table);
  out += fmt::format(".SH FILES AND ENVIRONMENT\n{}\n", roff(kWhereOptionsAreSet));
  out += ".SH EXIT STATUS\n";
  for (const ExitCode& each : kExitCodes) {
    out += fmt::format(".TP\n{}\n{}\n", bold(each.code), roff(each.meaning));
  }
  append_examples(out);
  return out;
}

}  // namespace swarm
