#include "worker/http/chunk_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace swarm::http {
namespace {

// Which chunked bodies are good and which are broken is in tests/fuzz/corpus/response_parser.

Failure failure_of(const std::string& bytes, std::uint64_t body_limit = 1000) {
  ChunkReader reader;
  Buffer body;
  reader.begin(body_limit);
  reader.feed(bytes, body);
  EXPECT_EQ(reader.failed(), reader.failure() != Failure::None);
  EXPECT_NE(reader.failed(), reader.done());
  return reader.failure();
}

TEST(ChunkReader, BoundsTheExtensionOfEachSize) {
  const auto body = [](std::size_t length) {
    return "1;" + std::string(length, 'x') + "\r\na\r\n0\r\n\r\n";
  };
  EXPECT_EQ(failure_of(body(ChunkReader::kExtensionLimit)), Failure::None);
  EXPECT_EQ(failure_of(body(ChunkReader::kExtensionLimit + 1)), Failure::BadChunk);
}

TEST(ChunkReader, CountsEachExtensionAnew) {
  const std::string extension(ChunkReader::kExtensionLimit, 'x');
  EXPECT_EQ(failure_of("1;" + extension + "\r\na\r\n1;" + extension + "\r\nb\r\n0\r\n\r\n"),
            Failure::None);
}

TEST(ChunkReader, BoundsThePaddingOfASize) {
  EXPECT_EQ(failure_of("1" + std::string(ChunkReader::kExtensionLimit + 1, ' ') + "\r\na\r\n"),
            Failure::BadChunk);
}

TEST(ChunkReader, BoundsTheTrailer) {
  const auto body = [](std::size_t length) {
    return "0\r\nX:" + std::string(length - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(failure_of(body(ChunkReader::kTrailerLimit)), Failure::None);
  EXPECT_EQ(failure_of(body(ChunkReader::kTrailerLimit + 1)), Failure::HeadTooLarge);
}

TEST(ChunkReader, BoundsTheBodyOverAllChunks) {
  EXPECT_EQ(failure_of("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 3), Failure::None);
  EXPECT_EQ(failure_of("2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", 3), Failure::BodyTooLarge);
}

TEST(ChunkReader, UsesNothingBehindTheEnd) {
  ChunkReader reader;
  Buffer body;
  reader.begin(100);
  EXPECT_EQ(reader.feed("1\r\na\r\n0\r\n\r\nnext", body), 11u);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.feed("next", body), 0u);
}

TEST(ChunkReader, StartsAnew) {
  ChunkReader reader;
  Buffer body;
  reader.begin(100);
  reader.feed("xyz", body);
  EXPECT_TRUE(reader.failed());
  reader.begin(100);
  EXPECT_EQ(reader.failure(), Failure::None);
  reader.feed("1\r\na\r\n0\r\n\r\n", body);
  EXPECT_TRUE(reader.done());
}

}  // namespace
}  // namespace swarm::http
