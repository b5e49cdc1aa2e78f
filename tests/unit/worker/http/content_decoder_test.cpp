#include "worker/http/content_decoder.h"

#include <brotli/encode.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace swarm::http {
namespace {

constexpr std::size_t kLimit = 1 << 20;
constexpr int kGzip = 15 + 16;
constexpr int kZlib = 15;
constexpr int kRaw = -15;

std::string deflated(std::string_view text, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY),
            Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string brotli(std::string_view text) {
  std::string out(BrotliEncoderMaxCompressedSize(text.size()), '\0');
  std::size_t size = out.size();
  EXPECT_TRUE(BrotliEncoderCompress(5, 22, BROTLI_MODE_GENERIC, text.size(),
                                    reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                                    reinterpret_cast<std::uint8_t*>(out.data())));
  out.resize(size);
  return out;
}

// Larger than what is decoded in one step, and not trivially compressible.
std::string long_text() {
  std::string text;
  for (unsigned i = 0; text.size() < 100'000; ++i) text += std::to_string(i * 2654435761u);
  return text;
}

struct Decoded {
  Failure failure;
  std::string text;
  bool operator==(const Decoded&) const = default;
};

Decoded decoded(std::string_view body, std::string_view codings, std::size_t limit = kLimit) {
  Buffer out;
  out.append("rubbish of before");
  const Failure failure = decode_content(body, codings, limit, out);
  return {failure, failure == Failure::None ? std::string(out.view()) : std::string()};
}

Decoded good(std::string_view text) { return {Failure::None, std::string(text)}; }
Decoded bad(Failure failure = Failure::BadContentEncoding) { return {failure, ""}; }

TEST(ContentDecoder, UndoesEachCoding) {
  const std::string text = long_text();
  EXPECT_EQ(decoded(deflated(text, kGzip), "gzip"), good(text));
  EXPECT_EQ(decoded(deflated(text, kGzip), "X-GZip"), good(text));
  EXPECT_EQ(decoded(deflated(text, kZlib), "deflate"), good(text));
  EXPECT_EQ(decoded(deflated(text, kRaw), "deflate"), good(text));
  EXPECT_EQ(decoded(brotli(text), "br"), good(text));
  EXPECT_EQ(decoded(text, "identity"), good(text));
  EXPECT_EQ(decoded(text, ""), good(text));
}

TEST(ContentDecoder, UndoesAListFromItsEnd) {
  const std::string twice = brotli(deflated("hello", kGzip));
  EXPECT_EQ(decoded(twice, "gzip, br"), good("hello"));
  EXPECT_EQ(decoded(brotli(deflated(twice, kZlib)), "gzip,br, identity ,deflate,br"),
            good("hello"));
}

TEST(ContentDecoder, LeavesWhatItDoesNotKnow) {
  EXPECT_EQ(decoded("hello", "zstd"), good("hello"));
  EXPECT_EQ(decoded(deflated("hello", kGzip), "zstd, gzip"), good("hello"));
}

TEST(ContentDecoder, RefusesAnEndlessList) {
  std::string body = "hello";
  for (int i = 0; i < 5; ++i) body = deflated(body, kGzip);
  EXPECT_EQ(decoded(body, "gzip,gzip,gzip,gzip,gzip"), bad());
}

TEST(ContentDecoder, HasNothingToDecodeInAnEmptyBody) {
  for (const std::string_view coding : {"gzip", "deflate", "br"}) {
    EXPECT_EQ(decoded("", coding), good("")) << coding;
  }
}

TEST(ContentDecoder, TakesSeveralGzipMembersAndIgnoresPadding) {
  const std::string one = deflated("one ", kGzip);
  const std::string two = deflated("two", kGzip);
  EXPECT_EQ(decoded(one + two, "gzip"), good("one two"));
  EXPECT_EQ(decoded(one + std::string(8, '\0'), "gzip"), good("one "));
}

TEST(ContentDecoder, RefusesACutAtEveryByte) {
  for (const auto& [coding, body] : {std::pair{"gzip", deflated("hello hello", kGzip)},
                                     std::pair{"deflate", deflated("hello hello", kZlib)},
                                     std::pair{"br", brotli("hello hello")}}) {
    for (std::size_t length = 1; length < body.size(); ++length) {
      EXPECT_EQ(decoded(std::string_view(body).substr(0, length), coding), bad())
          << coding << " cut at " << length;
    }
  }
}

TEST(ContentDecoder, RefusesDamage) {
  std::string body = deflated(long_text(), kGzip);
  body[body.size() - 8] ^= 1;  // of the checksum
  EXPECT_EQ(decoded(body, "gzip"), bad());
  EXPECT_EQ(decoded("hello", "gzip"), bad());
  EXPECT_EQ(decoded("hello", "deflate"), bad());
  EXPECT_EQ(decoded("hello", "br"), bad());
}

TEST(ContentDecoder, StopsAtItsLimit) {
  const std::string bomb(200'000, '\0');
  for (const auto& [coding, body] :
       {std::pair{"gzip", deflated(bomb, kGzip)}, std::pair{"deflate", deflated(bomb, kRaw)},
        std::pair{"br", brotli(bomb)}}) {
    EXPECT_EQ(decoded(body, coding, bomb.size()), good(bomb)) << coding;
    EXPECT_EQ(decoded(body, coding, bomb.size() - 1), bad(Failure::DecodedTooLarge)) << coding;
  }
}

TEST(ContentDecoder, TakesNoMoreMemoryThanItsLimitAsksFor) {
  const std::string bomb = deflated(std::string(10'000'000, '\0'), kGzip);
  Buffer out;
  EXPECT_EQ(decode_content(bomb, "gzip", 10'000, out), Failure::DecodedTooLarge);
  EXPECT_LE(out.capacity(), 64u * 1024);
}

}  // namespace
}  // namespace swarm::http
