#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/result.h"
#include "master/server/run_feed.h"

namespace swarm::master {

// What a form or a script asks to be started.

// {"users": 10, "hatch_rate": 2, "host": "http://x", "run_time": "1m" or 60, "classes": ["A"],
//  "profile": "x", "shape": "S" or "", "options": {"region": "eu", "verbose": true, "tags": ["a",
//  "b"]}}
// Errors  no JSON object; a value of the wrong kind; an unknown key
Result<StartRun> start_of_json(std::string_view body);

// A form of Locust's POST /swarm; what it says beside the usual fields goes to `options`.
// Errors  in Locust's words
Result<StartRun> start_of_form(const std::multimap<std::string, std::string>& fields);

// Locust's POST /user: {"user_class_name": "A", "weight": 2, "fixed_count": 0}
Result<ChangeClass> change_of_json(std::string_view body);

}  // namespace swarm::master
