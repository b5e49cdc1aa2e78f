#include "worker/http/head_memory.h"

#include "worker/http/response.h"

namespace swarm::http {

const ParsedHead* HeadMemory::find(std::string_view bytes) {
  return heads_.find(bytes.size(),
                     [bytes](const ParsedHead& head) { return bytes.starts_with(head.text); });
}

void HeadMemory::keep(std::size_t bytes, const Response& response, const HeadFacts& facts) {
  if (response.head.size() > kLargest) return;
  ParsedHead* const head = heads_.make_room(bytes);
  if (head == nullptr) return;
  head->text = response.head;
  head->places = response.places;
  head->facts = facts;
  head->status = response.status;
  head->minor_version = response.minor_version;
}

}  // namespace swarm::http
