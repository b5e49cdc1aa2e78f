#include "worker/http/head_cache.h"

#include "worker/http/response.h"

namespace swarm::http {

const ParsedHead* HeadCache::find(std::string_view bytes) {
  return heads_.find(bytes.size(), [bytes](const ParsedHead& head) {
    return !head.text.empty() && bytes.starts_with(head.text);
  });
}

void HeadCache::keep(std::size_t bytes, const Response& response, const HeadFacts& facts) {
  if (response.head.size() > kLargest) return;
  ParsedHead* const head = heads_.make_room(bytes);
  if (head == nullptr) return;
  head->text.clear();  // the entry is found again when all of it is there
  head->places = response.places;
  head->facts = facts;
  head->status = response.status;
  head->minor_version = response.minor_version;
  head->text = response.head;
}

}  // namespace swarm::http
