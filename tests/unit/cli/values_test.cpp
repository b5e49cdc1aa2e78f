#include "cli/values.h"

#include <gtest/gtest.h>

#include <string>

namespace swarm {
namespace {

TEST(Values, ReadWholeNumbers) {
  EXPECT_EQ(*parse_whole("1", 1, 10), 1);
  EXPECT_EQ(*parse_whole("10", 1, 10), 10);
  EXPECT_EQ(*parse_whole(" +7 ", 1, 10), 7);
  EXPECT_EQ(*parse_whole("-3", -5, 10), -3);
}

TEST(Values, SayWhyATextIsNoWholeNumber) {
  const struct {
    const char* text;
    const char* why;
  } cases[] = {
      {"", "'' is not a whole number"},
      {"ten", "'ten' is not a whole number"},
      {"5x", "'5x' is not a whole number"},
      {"1.5", "'1.5' is not a whole number"},
      {"1 2", "'1 2' is not a whole number"},
      {"a\nb", "'a\\x0ab' is not a whole number"},
      {"0", "must be at least 1, not 0"},
      {"-7", "must be at least 1, not -7"},
      {"11", "must be at most 10, not 11"},
      {"99999999999999999999999999", "must be at most 10, not 999999999999999999999999"},
      {"-99999999999999999999", "must be at least 1, not -99999999999999999999"},
  };
  for (const auto& [text, why] : cases) {
    SCOPED_TRACE(text);
    const auto parsed = parse_whole(text, 1, 10);
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().message, why);
  }
}

TEST(Values, ReadPositiveNumbers) {
  EXPECT_EQ(*parse_positive("0.25"), 0.25);
  EXPECT_EQ(*parse_positive("1e3"), 1000);
  EXPECT_EQ(*parse_positive("+5"), 5);
  EXPECT_EQ(parse_positive("0").error().message, "must be > 0, not 0");
  EXPECT_EQ(parse_positive("-0.5").error().message, "must be > 0, not -0.5");
  for (const char* text : {"", "nan", "inf", "-inf", "1e999", "fast", "1,5", "0x10"}) {
    SCOPED_TRACE(text);
    ASSERT_FALSE(parse_positive(text).ok());
    EXPECT_EQ(parse_positive(text).error().message, "'" + std::string{text} + "' is not a number");
  }
}

TEST(Values, ReadSwitches) {
  for (const char* text : {"true", "True", "YES", "on", "1", " yes "})
    EXPECT_TRUE(*parse_switch(text));
  for (const char* text : {"false", "FALSE", "no", "Off", "0"}) EXPECT_FALSE(*parse_switch(text));
  EXPECT_EQ(parse_switch("maybe").error().message, "'maybe' is neither true nor false");
  EXPECT_FALSE(parse_switch("").ok());
}

TEST(Values, ReadLogLevels) {
  EXPECT_EQ(*parse_loglevel("debug"), LogLevel::Debug);
  EXPECT_EQ(*parse_loglevel("Info"), LogLevel::Info);
  EXPECT_EQ(*parse_loglevel("WARNING"), LogLevel::Warning);
  EXPECT_EQ(*parse_loglevel("error"), LogLevel::Error);
  EXPECT_EQ(*parse_loglevel("CRITICAL"), LogLevel::Critical);
  EXPECT_EQ(parse_loglevel("loud").error().message,
            "'loud' is none of DEBUG, INFO, WARNING, ERROR, CRITICAL");
}

TEST(Values, CompleteAHost) {
  const struct {
    const char* text;
    const char* url;
  } cases[] = {
      {"", ""},
      {"shop.example", "http://shop.example"},
      {"localhost:8080", "http://localhost:8080"},
      {" http://shop.example/ ", "http://shop.example"},
      {"https://shop.example/api//", "https://shop.example/api"},
      {"https://me:secret@shop.example:8443", "https://me:secret@shop.example:8443"},
      {"[::1]:8080", "http://[::1]:8080"},
      {"http://[::1]", "http://[::1]"},
      {"127.0.0.1:65535", "http://127.0.0.1:65535"},
      {"tcp://10.0.0.1:5555", "tcp://10.0.0.1:5555"},
      {"http://a/b:99999", "http://a/b:99999"},
  };
  for (const auto& [text, url] : cases) {
    SCOPED_TRACE(text);
    const auto parsed = parse_host(text);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    EXPECT_EQ(*parsed, url);
  }
}

TEST(Values, RefuseWhatIsNoHost) {
  for (const char* text : {"http://", "://x", "a b", "a\tb", "/path", "http:///path", ":8080",
                           "a:", "a:b", "a:-1", "http://[::1", "[::1]x", "::1", "?q"}) {
    SCOPED_TRACE(text);
    const auto parsed = parse_host(text);
    ASSERT_FALSE(parsed.ok()) << *parsed;
    EXPECT_NE(parsed.error().message.find("is no base URL; write it like"), std::string::npos)
        << parsed.error().message;
  }
  for (const char* text : {"a:0", "a:65536", "http://[::1]:70000", "a:99999999999"}) {
    SCOPED_TRACE(text);
    const auto parsed = parse_host(text);
    ASSERT_FALSE(parsed.ok()) << *parsed;
    EXPECT_NE(parsed.error().message.find("is out of range: 1 to 65535"), std::string::npos)
        << parsed.error().message;
  }
}

TEST(Values, QuoteOnOneLine) {
  EXPECT_EQ(in_quotes("a\r\nb\x7f"), "'a\\x0d\\x0ab\\x7f'");
  EXPECT_EQ(in_quotes(std::string(60, 'x')), "'" + std::string(60, 'x') + "'");
  EXPECT_EQ(in_quotes(std::string(61, 'x')), "'" + std::string(60, 'x') + "...'");
}

}  // namespace
}  // namespace swarm
