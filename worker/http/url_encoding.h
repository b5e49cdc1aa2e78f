#pragma once

#include <string>
#include <string_view>

namespace swarm::http {

enum class UrlPart : unsigned char { Path, Query };

// Appends `text` as it may stand in that part of a URL: percent-encoded where it must be, and
// what is encoded already brought into one form ("%7e" is "~", "%2f" is "%2F"). If one percent
// sign in it begins no escape, none does: all are literal.
// Thread  any
// Errors  none: all bytes can be encoded
// Source  RFC 3986 section 2; the choice where it leaves one is that of the `requests` library
void append_encoded(std::string& out, std::string_view text, UrlPart part);

// Undoes percent-encoding; a percent sign that begins no escape stays.
std::string percent_decoded(std::string_view text);

// `path` without its "." and ".." segments (RFC 3986 section 5.2.4).
std::string without_dot_segments(std::string_view path);

// Whether `target`, a path with or without a query, is already in the form that the functions
// above would give it. `path_length` is then the length of its path.
bool is_encoded_target(std::string_view target, std::size_t& path_length);

}  // namespace swarm::http
