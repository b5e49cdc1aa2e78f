#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/options.h"
#include "common/result.h"
#include "common/scenario.h"
#include "master/run/placement.h"
#include "master/run/profile.h"
#include "proto/messages.h"

namespace swarm {

// What the options ask of a scenario, before a run.

// The classes that the command line names, or all.
// Errors  a name that the scenario does not have
Result<std::vector<UserClass>> choose_classes(std::span<const UserClass> offered,
                                              const std::vector<std::string>& names);

// Errors  users that make HTTP requests, and nobody says to which host
Result<void> check_hosts(std::span<const UserClass> classes, const std::string& host);

std::vector<master::ClassShare> shares_of(std::span<const UserClass> classes);
master::Profile profile_of(const Options& options);

// One that no process was in before. Small enough for any reader's whole numbers (2^53), with room
// to count on.
proto::RunId unused_run();

// Says in the log what will limit the run; with -n also how long it will take, if that is known.
void log_plan(const Options& options, std::span<const UserClass> classes, bool shape);

}  // namespace swarm
