#include "cli/target/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace swarm::target {
namespace {

using testing::HasSubstr;

TEST(TlsContext, SignsForAnyHost) {
  for (const std::string host : {"127.0.0.1", "::1", "localhost", "load.example", "10.1.2.3"}) {
    EXPECT_TRUE(TlsContext::self_signed(host).ok()) << host;
  }
  EXPECT_THAT(TlsContext::self_signed("not,a:host").error().message, HasSubstr("--tls-cert"));
}

TEST(TlsContext, NamesTheFileThatItCannotUse) {
  const auto result = TlsContext::load("/nowhere/cert.pem", "/nowhere/key.pem");
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, HasSubstr("/nowhere/cert.pem"));
}

TEST(TlsSession, TellsPlainHttpFromTls) {
  const auto context = TlsContext::self_signed("localhost");
  ASSERT_TRUE(context.ok());
  TlsSession session{*context};
  std::array<char, 32 * 1024> plain;
  EXPECT_EQ(session.decrypt("GET / HTTP/1.1\r\nHost: x\r\n\r\n", plain), std::nullopt);
}

TEST(TlsSession, WaitsForTheRestOfAHandshake) {
  const auto context = TlsContext::self_signed("localhost");
  ASSERT_TRUE(context.ok());
  TlsSession session{*context};
  std::array<char, 32 * 1024> plain;
  EXPECT_EQ(session.decrypt(std::string_view{"\x16\x03\x01", 3}, plain), 0u);
  EXPECT_EQ(session.output(), "");
}

}  // namespace
}  // namespace swarm::target
