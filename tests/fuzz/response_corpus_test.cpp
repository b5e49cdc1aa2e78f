#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <iterator>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/parsed_response.h"

namespace swarm {
namespace {

using http::Failure;
using http::ResponseParser;
using test::Close;
using test::Delivery;
using test::parse_at_once;
using test::parse_in_pieces;
using test::ParsedResponse;

// A file of the corpus, and what corpus/response_parser.expected says about it.
struct Specimen {
  std::string name;
  std::string bytes;
  int status = 0;
  std::size_t body_bytes = 0;
  bool keep_alive = false;
  std::size_t left_over = 0;
  std::string failure;  // "-": none
  Delivery delivery;

  friend std::ostream& operator<<(std::ostream& out, const Specimen& specimen) {
    return out << specimen.name;
  }
};

std::vector<Specimen> read_corpus() {
  std::vector<Specimen> corpus;
  std::ifstream list(std::string(SWARM_CORPUS) + ".expected");
  for (std::string line; std::getline(list, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    Specimen specimen;
    std::string connection;
    words >> specimen.name >> specimen.status >> specimen.body_bytes >> connection >>
        specimen.left_over >> std::ws;
    std::getline(words, specimen.failure);
    specimen.keep_alive = connection == "keep";
    specimen.delivery.to_head = specimen.name.starts_with("head_");
    std::ifstream file(std::string(SWARM_CORPUS) + "/" + specimen.name, std::ios::binary);
    specimen.bytes.assign(std::istreambuf_iterator<char>(file), {});
    corpus.push_back(specimen);
  }
  return corpus;
}

class ResponseCorpus : public testing::TestWithParam<Specimen> {};

TEST_P(ResponseCorpus, IsParsedToWhatItMeans) {
  const Specimen& specimen = GetParam();
  const ParsedResponse parsed = parse_at_once(specimen.bytes, specimen.delivery);
  EXPECT_EQ(parsed.status, specimen.status);
  EXPECT_EQ(parsed.body.size(), specimen.body_bytes);
  EXPECT_EQ(parsed.keep_alive, specimen.keep_alive);
  const std::string failure =
      parsed.failure == Failure::None ? "-" : std::string(http::describe(parsed.failure));
  EXPECT_EQ(failure, specimen.failure);
  EXPECT_EQ(parsed.done(), specimen.failure == "-");
  if (parsed.done()) {
    EXPECT_EQ(specimen.bytes.size() - parsed.used, specimen.left_over);
  }
}

TEST_P(ResponseCorpus, IsTheSameInWhateverPiecesItComes) {
  const Specimen& specimen = GetParam();
  Delivery delivery = specimen.delivery;
  const ParsedResponse whole = parse_at_once(specimen.bytes, delivery);
  for (const bool lent : {false, true}) {
    delivery.lent = lent;
    EXPECT_EQ(parse_in_pieces(
                  specimen.bytes, [](std::size_t) { return 1; }, delivery),
              whole);
    for (std::size_t split = 1; split < specimen.bytes.size(); ++split) {
      SCOPED_TRACE(split);
      const auto at_split = [&](std::size_t at) {
        return at < split ? split - at : specimen.bytes.size();
      };
      ASSERT_EQ(parse_in_pieces(specimen.bytes, at_split, delivery), whole);
    }
  }
}

TEST_P(ResponseCorpus, IsTheSameWhenItsHeadIsKnown) {
  const Specimen& specimen = GetParam();
  Delivery delivery = specimen.delivery;
  const ParsedResponse whole = parse_at_once(specimen.bytes, delivery);
  http::HeadCache cache;
  delivery.cache = &cache;
  for (std::size_t split = 1; split < specimen.bytes.size(); ++split) {
    SCOPED_TRACE(split);
    const auto at_split = [&](std::size_t at) {
      return at < split ? split - at : specimen.bytes.size();
    };
    ASSERT_EQ(parse_at_once(specimen.bytes, delivery), whole);
    ASSERT_EQ(parse_in_pieces(specimen.bytes, at_split, delivery), whole);
    ASSERT_EQ(parse_in_pieces(specimen.bytes, at_split, delivery), whole);
  }
}

TEST_P(ResponseCorpus, CutAnywhereSaysWhereItWasCut) {
  const Specimen& specimen = GetParam();
  const ParsedResponse whole = parse_at_once(specimen.bytes, specimen.delivery);
  // Without the close that ends it, a response that it ends is still under way.
  Delivery open = specimen.delivery;
  open.close = Close::No;
  const bool ended_by_close =
      parse_at_once(specimen.bytes, open).state < ResponseParser::State::Done;

  for (std::size_t length = 0; length < specimen.bytes.size(); ++length) {
    SCOPED_TRACE(length);
    const std::string_view cut = std::string_view(specimen.bytes).substr(0, length);
    const ParsedResponse parsed = parse_at_once(cut, specimen.delivery);
    ASSERT_GE(parsed.state, ResponseParser::State::Done);
    ASSERT_EQ(parsed.done(), parsed.failure == Failure::None);
    if (parsed.done()) {
      // Whole already, or one that nothing but the close would have ended.
      ASSERT_TRUE(length >= whole.used || ended_by_close);
      continue;
    }
    ASSERT_FALSE(parsed.keep_alive);
    const bool good = whole.done();
    const bool in_body = good && parsed.status != 0;
    if (length == 0) {
      ASSERT_EQ(parsed.failure, Failure::Closed);
    } else if (in_body) {
      ASSERT_EQ(parsed.failure, Failure::BodyTooShort);
    } else if (good) {
      ASSERT_TRUE(parsed.failure == Failure::HeadTooShort || parsed.failure == Failure::Closed);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ResponseCorpus, testing::ValuesIn(read_corpus()),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace swarm
