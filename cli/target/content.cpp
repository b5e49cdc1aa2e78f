#include "cli/target/content.h"

#include <brotli/encode.h>
#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cstddef>
#include <iterator>

#include "common/assert.h"

namespace swarm::target {
namespace {

constexpr std::array<std::string_view, 3> kEncodingNames{"gzip", "deflate", "br"};

// zlib's numbers: a window of 2^15, and 16 more for gzip's header instead of zlib's own.
constexpr int kZlibWindow = 15;
constexpr int kGzipHeader = 16;
constexpr int kZlibMemory = 8;

std::string deflated(std::string_view text, int window) {
  z_stream stream{};
  const int begun = deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, kZlibMemory,
                                 Z_DEFAULT_STRATEGY);
  SWARM_ASSERT(begun == Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = deflate(&stream, Z_FINISH);
  SWARM_ASSERT(ended == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string brotli_compressed(std::string_view text) {
  std::size_t size = BrotliEncoderMaxCompressedSize(text.size());
  std::string out(size, '\0');
  const auto done =
      BrotliEncoderCompress(BROTLI_DEFAULT_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT,
                            text.size(), reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                            reinterpret_cast<std::uint8_t*>(out.data()));
  SWARM_ASSERT(done == BROTLI_TRUE);
  out.resize(size);
  return out;
}

}  // namespace

std::string json_document(std::uint64_t bytes) {
  constexpr std::string_view kOpening = R"({"items":[)";
  constexpr std::string_view kPadding = R"(],"padding":")";
  constexpr std::string_view kClosing = R"("})";
  const std::size_t around = kPadding.size() + kClosing.size();

  std::string text{kOpening};
  for (std::uint64_t id = 0;; ++id) {
    const std::string item =
        fmt::format(R"({}{{"id":{},"name":"item {}","price":{}.99,"in_stock":{}}})",
                    id == 0 ? "" : ",", id, id, id % 100, id % 3 != 0);
    if (text.size() + item.size() + around > bytes) break;
    text += item;
  }
  text += kPadding;
  if (text.size() + kClosing.size() < bytes) {
    text.append(bytes - text.size() - kClosing.size(), '.');
  }
  text += kClosing;
  return text;
}

std::optional<Encoding> encoding_of(std::string_view name) {
  for (std::size_t i = 0; i < kEncodingNames.size(); ++i) {
    if (kEncodingNames[i] == name) return static_cast<Encoding>(i);
  }
  return std::nullopt;
}

std::string_view name_of(Encoding encoding) {
  return kEncodingNames[static_cast<std::size_t>(encoding)];
}

std::string compressed(std::string_view text, Encoding encoding) {
  switch (encoding) {
    case Encoding::Gzip:
      return deflated(text, kZlibWindow + kGzipHeader);
    case Encoding::Deflate:
      return deflated(text, kZlibWindow);
    case Encoding::Brotli:
      return brotli_compressed(text);
  }
  return {};
}

}  // namespace swarm::target
