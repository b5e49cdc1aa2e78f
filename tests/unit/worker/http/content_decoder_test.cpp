#include "worker/http/content_decoder.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "worker/http/ascii.h"

namespace swarm::http {
namespace {

constexpr std::size_t kLimit = 1 << 20;

// Bytes that zlib and brotli made, in hexadecimal, of kText ...
constexpr std::string_view kText = "hello hello";
constexpr std::string_view kGzip = "1f8b0800000000000203cb48cdc9c957c800910040a62d010b000000";
constexpr std::string_view kZlib = "78dacb48cdc9c957c800910019910449";
constexpr std::string_view kBrotli = "0b058068656c6c6f2068656c6c6f03";
constexpr std::string_view kGzipInBrotli =
    "8b0d801f8b0800000000000203cb48cdc9c957c800910040a62d010b00000003";
constexpr std::string_view kFourTimes =
    "0b128078daebe66d90efe660000126e6d31e674f9e0c3fc13091c161992e2337508c19008e2d081403";
constexpr std::string_view kFiveTimesGzip =
    "1f8b080000000000020393efe660000126e6c9ef9f253030aa3d3bf97ebeaa81c12a5beb9f75fb56351ed4ba"
    "7dd7eaf2fd9bdfe5ff6f7ff060e233bfc7eb83cf19857b787c5ddf1b98cc979878e2f19abe8bac59cc0c6d53"
    "cfc7db034d0200c7f49f9352000000";
// ... and of 8,000 times "swarm ": more than is decoded in one step.
constexpr std::string_view kLongGzip =
    "1f8b0800000000000203edc4210d00000800b02a5423000604f5d9c8f18bcf66578c6ddbb66ddbb66ddbb66d"
    "dbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb6"
    "6ddbb66ddbb66ddbb66ddbb66ddbb6fd1f19193ee980bb0000";
constexpr std::string_view kLongZlib =
    "78daedc4210d00000800b02a5423000604f5d9c8f18bcf66578c6ddbb66ddbb66ddbb66ddbb66ddbb66ddbb6"
    "6ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddb"
    "b66ddbb66ddbb6fd1f8b7c8caa";
constexpr std::string_view kLongRaw =
    "edc4210d00000800b02a5423000604f5d9c8f18bcf66578c6ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddb"
    "b66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66d"
    "dbb66ddbb6fd1f";
constexpr std::string_view kLongBrotli = "1b7fbbf88d54b5bf949bbb4b90b0b6b82d0e40330bd019";

std::string bytes(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    out += static_cast<char>(hex_value(hex[i]) * 16 + hex_value(hex[i + 1]));
  }
  return out;
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 8000; ++i) text += "swarm ";
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
  EXPECT_EQ(decoded(bytes(kLongGzip), "gzip"), good(text));
  EXPECT_EQ(decoded(bytes(kLongGzip), "X-GZip"), good(text));
  EXPECT_EQ(decoded(bytes(kLongZlib), "deflate"), good(text));
  EXPECT_EQ(decoded(bytes(kLongRaw), "deflate"), good(text));
  EXPECT_EQ(decoded(bytes(kLongBrotli), "br"), good(text));
  EXPECT_EQ(decoded(text, "identity"), good(text));
  EXPECT_EQ(decoded(text, ""), good(text));
}

TEST(ContentDecoder, UndoesAListFromItsEnd) {
  EXPECT_EQ(decoded(bytes(kGzipInBrotli), "gzip, br"), good(kText));
  EXPECT_EQ(decoded(bytes(kFourTimes), "gzip,br, identity ,deflate,br"), good(kText));
}

TEST(ContentDecoder, LeavesWhatItDoesNotKnow) {
  EXPECT_EQ(decoded("hello", "zstd"), good("hello"));
  EXPECT_EQ(decoded(bytes(kGzip), "zstd, gzip"), good(kText));
}

TEST(ContentDecoder, RefusesAnEndlessList) {
  EXPECT_EQ(decoded(bytes(kFiveTimesGzip), "zstd,gzip,gzip,gzip,gzip").failure, Failure::None);
  EXPECT_EQ(decoded(bytes(kFiveTimesGzip), "gzip,gzip,gzip,gzip,gzip"), bad());
}

TEST(ContentDecoder, HasNothingToDecodeInAnEmptyBody) {
  for (const std::string_view coding : {"gzip", "deflate", "br"}) {
    EXPECT_EQ(decoded("", coding), good("")) << coding;
  }
}

TEST(ContentDecoder, TakesSeveralGzipMembersAndIgnoresPadding) {
  const std::string one = bytes(kGzip);
  EXPECT_EQ(decoded(one + one, "gzip"), good("hello hellohello hello"));
  EXPECT_EQ(decoded(one + std::string(8, '\0'), "gzip"), good(kText));
}

TEST(ContentDecoder, RefusesACutAtEveryByte) {
  for (const auto& [coding, hex] :
       {std::pair{"gzip", kGzip}, std::pair{"deflate", kZlib}, std::pair{"br", kBrotli}}) {
    const std::string body = bytes(hex);
    for (std::size_t length = 1; length < body.size(); ++length) {
      EXPECT_EQ(decoded(std::string_view(body).substr(0, length), coding), bad())
          << coding << " cut at " << length;
    }
  }
}

TEST(ContentDecoder, RefusesDamage) {
  std::string body = bytes(kGzip);
  body[body.size() - 8] ^= 1;  // of the checksum
  EXPECT_EQ(decoded(body, "gzip"), bad());
  EXPECT_EQ(decoded("hello", "gzip"), bad());
  EXPECT_EQ(decoded("hello", "deflate"), bad());
  EXPECT_EQ(decoded("hello", "br"), bad());
}

TEST(ContentDecoder, StopsAtItsLimit) {
  const std::string text = long_text();
  for (const auto& [coding, hex] : {std::pair{"gzip", kLongGzip}, std::pair{"deflate", kLongRaw},
                                    std::pair{"br", kLongBrotli}}) {
    EXPECT_EQ(decoded(bytes(hex), coding, text.size()), good(text)) << coding;
    EXPECT_EQ(decoded(bytes(hex), coding, text.size() - 1), bad(Failure::DecodedTooLarge))
        << coding;
  }
}

TEST(ContentDecoder, TakesNoMoreMemoryThanItsLimitAsksFor) {
  Buffer out;
  EXPECT_EQ(decode_content(bytes(kLongGzip), "gzip", 1000, out), Failure::DecodedTooLarge);
  EXPECT_LE(out.capacity(), 2000u);
}

}  // namespace
}  // namespace swarm::http
