#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace swarm::target {

// A JSON document of `bytes` bytes, or of a few more where so few hold none.
std::string json_document(std::uint64_t bytes);

enum class Encoding : std::uint8_t { Gzip, Deflate, Brotli };

// By the names of Content-Encoding: gzip, deflate, br.
std::optional<Encoding> encoding_of(std::string_view name);
std::string_view name_of(Encoding encoding);

std::string compressed(std::string_view text, Encoding encoding);

}  // namespace swarm::target
