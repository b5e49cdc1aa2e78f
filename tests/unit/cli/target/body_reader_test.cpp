#include "cli/target/body_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "cli/target/request.h"

namespace swarm::target {
namespace {

constexpr Request kChunked{.chunked = true};

struct Outcome {
  std::string body;
  std::string rest;
  bool done;
  bool bad;
};

// Reads `bytes` in two pieces.
Outcome read(const Request& request, std::string_view bytes, std::size_t cut) {
  BodyReader reader{request};
  std::string body;
  std::string_view first = bytes.substr(0, cut);
  reader.read(first, &body);
  std::string_view second{bytes.substr(cut - first.size())};
  reader.read(second, &body);
  EXPECT_EQ(reader.bytes_read(), body.size());
  return {body, std::string{second}, reader.done(), reader.bad()};
}

bool refused(std::string_view bytes) { return read(kChunked, bytes, 0).bad; }

TEST(BodyReader, FindsTheEndOfACountedBodyWhereverItIsCut) {
  const std::string_view bytes = "hello worldGET /";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const Outcome outcome = read({.content_length = 11}, bytes, cut);
    EXPECT_EQ(outcome.body, "hello world");
    EXPECT_EQ(outcome.rest, "GET /");
    EXPECT_TRUE(outcome.done);
  }
}

TEST(BodyReader, JoinsChunksWhereverTheyAreCut) {
  const std::string_view bytes =
      "5\r\nhello\r\n006;name=\"v\"\r\n world\r\n0 \r\nTrailer: x\r\nMore: y\r\n\r\nGET /";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const Outcome outcome = read(kChunked, bytes, cut);
    EXPECT_EQ(outcome.body, "hello world") << cut;
    EXPECT_EQ(outcome.rest, "GET /") << cut;
    EXPECT_TRUE(outcome.done) << cut;
  }
}

TEST(BodyReader, IsNotDoneBeforeTheLastByte) {
  const std::string_view bytes = "1\r\na\r\n0\r\n\r\n";
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Outcome outcome = read(kChunked, bytes.substr(0, size), 0);
    EXPECT_FALSE(outcome.done) << size;
    EXPECT_FALSE(outcome.bad) << size;
  }
}

TEST(BodyReader, RefusesWhatIsNotChunks) {
  EXPECT_TRUE(refused("x\r\n"));
  EXPECT_TRUE(refused("\r\n"));
  EXPECT_TRUE(refused("-1\r\n"));
  EXPECT_TRUE(refused("1\n"));
  EXPECT_TRUE(refused("1\r\nab\r\n"));
  EXPECT_TRUE(refused("1\r\na\n0"));
  EXPECT_TRUE(refused("1000000000000000\r\n")) << "would overflow";
  EXPECT_TRUE(refused("1;" + std::string(kMaxHeadBytes + 1, 'x')));
  EXPECT_TRUE(refused("0\r\n" + std::string(kMaxHeadBytes + 1, 'x')));
}

TEST(BodyReader, IsDoneAtOnceWithoutABody) { EXPECT_TRUE(BodyReader{Request{}}.done()); }

}  // namespace
}  // namespace swarm::target
