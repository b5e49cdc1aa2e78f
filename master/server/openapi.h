#pragma once

#include <string>

namespace swarm::master {

// The OpenAPI 3 description of all routes; `base_path` is where they are.
std::string openapi_json(const std::string& base_path);

}  // namespace swarm::master
