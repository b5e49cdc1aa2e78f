#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/cache.h"
#include "worker/python/python_api.h"

namespace swarm::python {

// JSON documents that came before. A target answers many requests with the same one; to compare it
// and to copy its objects costs a third of parsing it. Lists and dictionaries are each caller's
// own; what cannot change, texts and numbers, is the same in all copies.
//
// Flow    a document's text -> [DocumentCache] -> its value
// Thread  main
// Errors  none: what is not here, or cannot be copied, is parsed
class DocumentCache {
 public:
  static constexpr std::size_t kLargest = 32 * 1024;  // bytes; a larger one is parsed each time

  // A new copy of the value of the same text; nullptr: it is not here.
  PyObject* copy(std::string_view text);
  // `value`: what `text` was parsed to. It is copied when the text came for the second time.
  void keep(std::string_view text, PyObject* value);

 private:
  struct Document {
    std::string text;
    Ref<> value;  // nobody else's; none before the text came twice
  };

  Document* find(std::string_view text);

  Cache<Document> documents_;
};

}  // namespace swarm::python
