#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/result.h"
#include "common/value.h"

namespace swarm::proto {

// A message as it travels: what every dialect has in common.
struct Envelope {
  std::string type;
  Value data;
  std::string node_id;  // of the worker that it comes from or goes to
  friend bool operator==(const Envelope&, const Envelope&) = default;
};

// What a peer may make us hold. Larger things are refused before memory is asked for.
struct CodecLimits {
  std::size_t bytes = std::size_t{16} << 20;
  std::size_t values = std::size_t{2} << 20;  // of all arrays and maps together
  std::size_t depth = 32;
};

// MessagePack, as Locust's peers read and write it: the array [type, data, node_id]; whole numbers
// in their shortest form, other numbers with 64 bits; text and bytes apart.
//
// Flow    Envelope -> [encode] -> bytes -> [decode] -> Envelope
// Thread  any
// Errors  decode: any bytes give an envelope, or an Error that says what is wrong with them
// Source  the MessagePack specification; locust-reference 3.3
std::string encode(const Envelope& envelope);
Result<Envelope> decode(std::string_view bytes, const CodecLimits& limits = {});

}  // namespace swarm::proto
