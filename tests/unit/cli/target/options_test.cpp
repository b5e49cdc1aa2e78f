#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/target/target.h"

namespace swarm {
namespace {

using testing::HasSubstr;

Result<std::optional<TargetOptions>> parse(std::vector<const char*> words) {
  return parse_target_options(words);
}

std::string error_of(std::vector<const char*> words) {
  const auto result = parse(std::move(words));
  return result.ok() ? "" : result.error().message;
}

TEST(TargetOptions, HaveDefaults) {
  const auto options = parse({});
  ASSERT_TRUE(options.ok() && *options);
  EXPECT_EQ((*options)->host, "127.0.0.1");
  EXPECT_EQ((*options)->port, 8080);
  EXPECT_FALSE((*options)->tls);
}

TEST(TargetOptions, AreReadInBothSpellings) {
  const auto options = parse({"--port", "0", "--host=::1", "--tls"});
  ASSERT_TRUE(options.ok() && *options);
  EXPECT_EQ((*options)->port, 0);
  EXPECT_EQ((*options)->host, "::1");
  EXPECT_TRUE((*options)->tls);
}

TEST(TargetOptions, SpeakTlsIfACertificateIsGiven) {
  const auto options = parse({"--tls-cert", "c.pem", "--tls-key", "k.pem"});
  ASSERT_TRUE(options.ok() && *options);
  EXPECT_TRUE((*options)->tls);
  EXPECT_EQ((*options)->cert_file, "c.pem");
  EXPECT_EQ((*options)->key_file, "k.pem");
}

TEST(TargetOptions, AskForHelp) {
  const auto options = parse({"--port", "1", "--help"});
  ASSERT_TRUE(options.ok());
  EXPECT_FALSE(*options);
  for (const auto flag : {"--port", "--host", "--tls", "--tls-cert", "--tls-key"}) {
    EXPECT_THAT(target_usage(), HasSubstr(flag));
  }
}

TEST(TargetOptions, SayWhatIsWrong) {
  EXPECT_THAT(error_of({"--port", "65536"}), HasSubstr("0 to 65535, not '65536'"));
  EXPECT_THAT(error_of({"--port", "-1"}), HasSubstr("'-1'"));
  EXPECT_THAT(error_of({"--port="}), HasSubstr("--port wants"));
  EXPECT_THAT(error_of({"--port"}), HasSubstr("--port wants N"));
  EXPECT_THAT(error_of({"--prot", "1"}), HasSubstr("unknown argument '--prot'"));
  EXPECT_THAT(error_of({"8080"}), HasSubstr("unknown argument '8080'"));
  EXPECT_THAT(error_of({"--tls=yes"}), HasSubstr("--tls takes no value"));
  EXPECT_THAT(error_of({"--tls-cert", "c.pem"}), HasSubstr("belong together"));
  EXPECT_THAT(error_of({"--host="}), HasSubstr("--host wants"));
}

}  // namespace
}  // namespace swarm
