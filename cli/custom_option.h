#pragma once

#include <string>
#include <vector>

#include "cli/takes.h"

namespace swarm {

// An option that a scenario file adds to the table: what the program must know of an argparse
// action to recognise it. What its values mean, and whether they are right, is the scenario's
// business.
struct CustomOption {
  // Its option_strings: --region, -x. None is a name of Locust's own: that is a conflict, which the
  // scenario's parser has reported. One that only swarm has (--insecure, -n) is the scenario's now.
  std::vector<std::string> names;
  // nargs: None -> One, "?" -> Optional, "*" -> Many, "+" -> Some, N -> {N, N}; Nothing for actions
  // that take no value (store_true, store_const, count, BooleanOptionalAction).
  Takes takes = Takes::One;
  // Each occurrence counts, not only the last: append, append_const, extend, count.
  bool repeats = false;
  std::string metavar{};   // what stands for the value in --help; empty if it takes none
  std::string variable{};  // env_var: its whole name; empty: none
  std::string group{};     // title of its argument group; empty: Common options
  std::string help{};      // one paragraph, with %(default)s filled in
  bool hidden = false;     // help=SUPPRESS
};

}  // namespace swarm
