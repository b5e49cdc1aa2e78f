#pragma once

#include <string>
#include <string_view>

namespace swarm::http {

// The value of an Authorization field. (RFC 7617)
std::string basic_auth(std::string_view user, std::string_view password);

// The same from the userinfo of a URL ("user:password", percent-encoded); empty if there is none.
std::string basic_auth_from_userinfo(std::string_view userinfo);

}  // namespace swarm::http
