#include "worker/http/request_cache.h"

#include <utility>

namespace swarm::http {
namespace {

// Of kOmitted, which is not the same as an empty value.
constexpr std::uint32_t kOmittedLength = UINT32_MAX;

std::size_t key_of(const RequestParts& parts) {
  return cache_key(parts.target) + 11 * parts.method.size() + 23 * parts.headers.size();
}

std::uint32_t length_of(std::string_view piece) {
  return piece.data() == nullptr ? kOmittedLength : static_cast<std::uint32_t>(piece.size());
}

// Calls `take` with each piece that a request is written from, while it returns true.
template <typename Take>
bool each_piece(const RequestParts& parts, const Take& take) {
  if (!take(parts.method) || !take(parts.target) || !take(parts.authorization)) return false;
  for (const Header& header : parts.headers) {
    if (!take(header.name) || !take(header.value)) return false;
  }
  return true;
}

}  // namespace

const RequestCache::Request* RequestCache::find(const RequestParts& parts) {
  const Kept* const kept = requests_.find(key_of(parts), [&parts](const Kept& other) {
    if (other.lengths.size() != 3 + 2 * parts.headers.size()) return false;
    const std::uint32_t* length = other.lengths.data();
    std::string_view pieces = other.pieces;
    return each_piece(parts, [&](std::string_view piece) {
      if (*length++ != length_of(piece) || !pieces.starts_with(piece)) return false;
      pieces.remove_prefix(piece.size());
      return true;
    });
  });
  return kept != nullptr ? &kept->request : nullptr;
}

void RequestCache::keep(const RequestParts& parts, const Url& url, std::string_view text) {
  std::size_t size = text.size();
  each_piece(parts, [&size](std::string_view piece) {
    size += piece.size();
    return true;
  });
  if (size > kLargest) return;
  Kept* const kept = requests_.make_room(key_of(parts));
  if (kept == nullptr) return;
  kept->lengths.clear();  // the entry is found again when all of it is there
  kept->pieces.clear();
  kept->request.url = url;
  kept->request.text = text;
  std::vector<std::uint32_t> lengths;
  each_piece(parts, [&](std::string_view piece) {
    kept->pieces.append(piece);
    lengths.push_back(length_of(piece));
    return true;
  });
  kept->lengths = std::move(lengths);
}

}  // namespace swarm::http
