#include "proto/codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <msgpack.hpp>
#include <utility>
#include <vector>

#include "common/utf8.h"

namespace swarm::proto {
namespace {

// --- writing ---

struct Output {
  std::string bytes;
  void write(const char* more, std::size_t size) { bytes.append(more, size); }
};

class Writer {
 public:
  explicit Writer(Output& output) : output_(output), packer_(output) {}

  void write(const Value& value) {
    value.visit([this](const auto& kind) { put(kind); });
  }
  void put_list_header(std::uint32_t size) { packer_.pack_array(size); }
  // A peer refuses a message in which a single text is no UTF-8: better a mark in its place than a
  // report that never arrives.
  void put(const std::string& text) {
    if (!is_utf8(text)) return put(repaired_utf8(text));
    packer_.pack_str(static_cast<std::uint32_t>(text.size()));
    packer_.pack_str_body(text.data(), static_cast<std::uint32_t>(text.size()));
  }

 private:
  void put(Value::Nil) { packer_.pack_nil(); }
  void put(bool value) { value ? packer_.pack_true() : packer_.pack_false(); }
  void put(std::int64_t value) { packer_.pack_int64(value); }
  void put(std::uint64_t value) { packer_.pack_uint64(value); }
  // By hand: the library writes 1.0 as the whole number 1.
  void put(double value) {
    auto bits = std::bit_cast<std::uint64_t>(value);
    std::array<char, 9> bytes{'\xcb'};
    for (std::size_t place = 8; place > 0; --place, bits >>= 8) {
      bytes[place] = static_cast<char>(bits & 0xff);
    }
    output_.write(bytes.data(), bytes.size());
  }
  void put(const Value::Bytes& value) {
    packer_.pack_bin(static_cast<std::uint32_t>(value.bytes.size()));
    packer_.pack_bin_body(value.bytes.data(), static_cast<std::uint32_t>(value.bytes.size()));
  }
  void put(const Value::Array& values) {
    packer_.pack_array(static_cast<std::uint32_t>(values.size()));
    for (const Value& value : values) write(value);
  }
  void put(const Value::Map& entries) {
    packer_.pack_map(static_cast<std::uint32_t>(entries.size()));
    for (const auto& [key, value] : entries) {
      write(key);
      write(value);
    }
  }

  Output& output_;
  msgpack::packer<Output> packer_;
};

// --- reading ---

// Builds the value that the parser tells of, one event after the other: neither of them recurses.
class Builder : public msgpack::null_visitor {
 public:
  Builder(const CodecLimits& limits, std::size_t bytes)
      // Each value takes a byte at least: a header that announces more than there are is a lie, and
      // nothing is reserved for it.
      : depth_(limits.depth), values_left_(std::min(limits.values, bytes)) {}

  bool visit_nil() { return put({}); }
  bool visit_boolean(bool value) { return put(value); }
  bool visit_positive_integer(std::uint64_t value) { return put(value); }
  bool visit_negative_integer(std::int64_t value) { return put(value); }
  bool visit_float32(float value) { return put(double{value}); }
  bool visit_float64(double value) { return put(value); }
  bool visit_str(const char* text, std::uint32_t size) {
    // Python's peers cannot read such a message either.
    if (!is_utf8({text, size})) return fail("a text in it is not UTF-8");
    return put(std::string(text, size));
  }
  bool visit_bin(const char* bytes, std::uint32_t size) {
    return put(Value::Bytes{std::string(bytes, size)});
  }
  bool visit_ext(const char*, std::uint32_t) {
    return fail("it holds an extension of MessagePack, which nobody here uses");
  }

  bool start_array(std::uint32_t size) {
    if (!open(size)) return false;
    open_.emplace_back();
    open_.back().array.reserve(size);
    return true;
  }
  bool end_array() { return close(Value(std::move(open_.back().array))); }
  bool start_map(std::uint32_t size) {
    if (!open(std::size_t{2} * size)) return false;
    open_.emplace_back().is_map = true;
    open_.back().map.reserve(size);
    return true;
  }
  bool end_map_key() {
    open_.back().has_key = true;
    return true;
  }
  bool end_map() { return close(Value(std::move(open_.back().map))); }

  void parse_error(std::size_t, std::size_t) { fail("it is no MessagePack"); }
  void insufficient_bytes(std::size_t, std::size_t) { fail("its end is missing"); }

  const std::string& problem() const { return problem_; }
  Value& value() { return whole_; }

 private:
  // An array or map that is not complete yet.
  struct Open {
    Value::Array array;
    Value::Map map;
    bool is_map = false;
    bool has_key = false;  // the last entry of `map` has no value yet
  };

  bool put(Value value) {
    if (open_.empty()) {
      whole_ = std::move(value);
    } else if (Open& open = open_.back(); !open.is_map) {
      open.array.push_back(std::move(value));
    } else if (!open.has_key) {
      open.map.push_back({std::move(value), {}});
    } else {
      open.map.back().value = std::move(value);
      open.has_key = false;
    }
    return true;
  }

  bool open(std::size_t values) {
    if (open_.size() >= depth_) return fail("it nests too deeply");
    if (values > values_left_) return fail("it announces more values than it may have");
    values_left_ -= values;
    return true;
  }
  bool close(Value complete) {
    open_.pop_back();
    return put(std::move(complete));
  }
  bool fail(std::string_view problem) {
    if (problem_.empty()) problem_ = problem;
    return false;
  }

  const std::size_t depth_;
  std::size_t values_left_;
  std::vector<Open> open_;
  Value whole_;
  std::string problem_;
};

Error unreadable(const std::string& problem) { return {"unreadable message: " + problem}; }

}  // namespace

std::string encode(const Envelope& envelope) {
  Output output;
  Writer writer(output);
  writer.put_list_header(3);
  writer.put(envelope.type);
  writer.write(envelope.data);
  writer.put(envelope.node_id);
  return std::move(output.bytes);
}

Result<Envelope> decode(std::string_view bytes, const CodecLimits& limits) {
  if (bytes.size() > limits.bytes) {
    return unreadable("its " + std::to_string(bytes.size()) + " bytes are more than the " +
                      std::to_string(limits.bytes) + " that are allowed");
  }
  Builder builder(limits, bytes.size());
  std::size_t end = 0;
  const bool complete = msgpack::parse(bytes.data(), bytes.size(), end, builder);
  if (!complete || !builder.problem().empty()) return unreadable(builder.problem());
  if (end != bytes.size()) return unreadable("something follows its end");

  Value::Array* const list = builder.value().as_array();
  if (list == nullptr || list->size() != 3) return unreadable("it is no list of three");
  const std::string* const type = (*list)[0].as_text();
  const std::string* const node_id = (*list)[2].as_text();
  if (type == nullptr || node_id == nullptr) {
    return unreadable("its type, or the id of its worker, is no text");
  }
  return Envelope{*type, std::move((*list)[1]), *node_id};
}

}  // namespace swarm::proto
