#include "worker/http/content_decoder.h"

#include <brotli/decode.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "worker/http/ascii.h"

namespace swarm::http {
namespace {

// How much room a decoder gets at a time; also the first guess of a content's size.
constexpr std::size_t kStep = 16 * 1024;
// Nobody applies more; a list of thousands would be an attack on our time.
constexpr int kMaxCodings = 4;
constexpr std::size_t kZlibMaximum = std::numeric_limits<uInt>::max();

enum class ZlibFormat : int { Gzip = 15 + 16, Zlib = 15, Raw = -15 };  // inflateInit2's windowBits

struct InflateEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

Failure inflate_all(std::string_view in, ZlibFormat format, std::size_t limit, Buffer& out) {
  z_stream stream{};
  if (inflateInit2(&stream, static_cast<int>(format)) != Z_OK) return Failure::OutOfMemory;
  const std::unique_ptr<z_stream, InflateEnd> guard(&stream);

  while (true) {
    const std::size_t given = std::min(in.size(), kZlibMaximum);
    // One byte over the limit tells "too large" from "just as large as allowed".
    const std::size_t room = std::min(kStep, limit - out.size() + 1);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream.avail_in = static_cast<uInt>(given);
    stream.next_out = reinterpret_cast<Bytef*>(out.space(room));
    stream.avail_out = static_cast<uInt>(room);
    const int result = inflate(&stream, Z_NO_FLUSH);
    in.remove_prefix(given - stream.avail_in);
    const std::size_t made = room - stream.avail_out;
    out.commit(made);
    if (out.size() > limit) return Failure::DecodedTooLarge;

    if (result == Z_STREAM_END) {
      // What follows a gzip member is the next one, or padding that everybody ignores.
      if (format != ZlibFormat::Gzip || in.size() < 2 || in[0] != '\x1f' || in[1] != '\x8b') {
        return Failure::None;
      }
      if (inflateReset(&stream) != Z_OK) return Failure::BadContentEncoding;
    } else if (result == Z_MEM_ERROR) {
      return Failure::OutOfMemory;
    } else if (result != Z_OK || (in.empty() && stream.avail_out > 0)) {
      return Failure::BadContentEncoding;  // damaged, or cut
    }
  }
}

Failure inflate_deflate(std::string_view in, std::size_t limit, Buffer& out) {
  // RFC 9110 means zlib's format; servers that send the bare one are old, and still there. Two
  // bytes do not always tell them apart, so the second is tried where the first does not fit.
  const Failure wrapped = inflate_all(in, ZlibFormat::Zlib, limit, out);
  if (wrapped != Failure::BadContentEncoding) return wrapped;
  out.clear();
  return inflate_all(in, ZlibFormat::Raw, limit, out);
}

struct DestroyBrotli {
  void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
};

Failure decode_brotli(std::string_view in, std::size_t limit, Buffer& out) {
  const std::unique_ptr<BrotliDecoderState, DestroyBrotli> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr));
  if (!state) return Failure::OutOfMemory;
  const auto* next_in = reinterpret_cast<const std::uint8_t*>(in.data());
  std::size_t available_in = in.size();
  while (true) {
    std::size_t room = std::min(kStep, limit - out.size() + 1);
    const std::size_t offered = room;
    auto* next_out = reinterpret_cast<std::uint8_t*>(out.space(room));
    const BrotliDecoderResult result = BrotliDecoderDecompressStream(
        state.get(), &available_in, &next_in, &room, &next_out, nullptr);
    out.commit(offered - room);
    if (out.size() > limit) return Failure::DecodedTooLarge;
    if (result == BROTLI_DECODER_RESULT_SUCCESS) return Failure::None;
    if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return Failure::BadContentEncoding;
  }
}

enum class Coding { Identity, Gzip, Deflate, Brotli, Unknown };

Coding coding_named(std::string_view name) {
  if (name.empty() || equals_lower(name, "identity")) return Coding::Identity;
  if (equals_lower(name, "gzip") || equals_lower(name, "x-gzip")) return Coding::Gzip;
  if (equals_lower(name, "deflate")) return Coding::Deflate;
  if (equals_lower(name, "br")) return Coding::Brotli;
  return Coding::Unknown;
}

Failure decode_one(Coding coding, std::string_view in, std::size_t limit, Buffer& out) {
  // A HEAD or 304 names a coding without having a body.
  if (in.empty()) return Failure::None;
  switch (coding) {
    case Coding::Gzip:
      return inflate_all(in, ZlibFormat::Gzip, limit, out);
    case Coding::Deflate:
      return inflate_deflate(in, limit, out);
    case Coding::Brotli:
      return decode_brotli(in, limit, out);
    case Coding::Identity:
    case Coding::Unknown:
      break;
  }
  return Failure::None;
}

}  // namespace

Failure decode_content(std::string_view body, std::string_view codings, std::size_t limit,
                       Buffer& out) {
  limit = std::min(limit, std::numeric_limits<std::size_t>::max() - 1);
  out.clear();
  Buffer previous;
  int undone = 0;
  while (!codings.empty()) {
    // The last one named was applied last, so it is undone first.
    const std::size_t comma = codings.rfind(',');
    const bool first = comma == std::string_view::npos;
    const Coding coding = coding_named(trim(codings.substr(first ? 0 : comma + 1)));
    codings = first ? std::string_view{} : codings.substr(0, comma);
    if (coding == Coding::Identity) continue;
    if (coding == Coding::Unknown) break;
    if (undone == kMaxCodings) return Failure::BadContentEncoding;

    if (undone > 0) previous.swap(out);
    out.clear();
    const Failure failure = decode_one(coding, undone > 0 ? previous.view() : body, limit, out);
    if (failure != Failure::None) return failure;
    ++undone;
  }
  if (undone == 0) out.append(body);
  return Failure::None;
}

}  // namespace swarm::http
