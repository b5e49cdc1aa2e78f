#include "worker/http/fields.h"

#include "worker/http/ascii.h"

namespace swarm::http {

std::string_view Fields::find(std::string_view name) const {
  for (const Header field : *this) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

}  // namespace swarm::http
