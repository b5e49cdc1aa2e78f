#pragma once

#include <string>
#include <string_view>

namespace swarm::target {

// The bytes that a batch of requests is answered with. One prepared answer alone is not copied,
// only pointed at.
class Outbox {
 public:
  // Beyond this, it is better to send than to go on.
  static constexpr std::size_t kFullBytes = 256 * 1024;

  // `bytes` must live until clear().
  void add_prepared(std::string_view bytes) {
    if (empty()) {
      borrowed_ = bytes;
    } else {
      text() += bytes;
    }
  }

  // To append to; valid until the next call to anything else.
  std::string& text() {
    if (!borrowed_.empty()) {
      text_ = borrowed_;
      borrowed_ = {};
    }
    return text_;
  }

  std::string_view bytes() const { return borrowed_.empty() ? std::string_view{text_} : borrowed_; }
  bool empty() const { return bytes().empty(); }
  bool full() const { return bytes().size() >= kFullBytes; }

  void clear() {
    borrowed_ = {};
    text_.clear();
    if (text_.capacity() > 4 * kFullBytes) text_.shrink_to_fit();
  }

 private:
  std::string_view borrowed_;
  std::string text_;
};

}  // namespace swarm::target
