#include "worker/http/url.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace swarm::http {
namespace {

Url url(std::string_view text) {
  auto parsed = Url::parse(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? std::move(parsed).value() : Url{};
}

std::string resolved(std::string_view base, std::string_view reference) {
  const auto result = Url::resolve(url(base), reference);
  return result.ok() ? result->to_string() : "refused";
}

std::string joined(std::string_view base, std::string_view path) {
  Url into = url("http://before:1/x?y");
  const auto result = Url::join(url(base), path, into);
  return result.ok() ? into.to_string() : "refused";
}

TEST(Url, TakesAUrlApart) {
  const Url parsed = url("https://user:pa%20ss@Example.COM:8443/a/b?c=d&e#f");
  EXPECT_EQ(parsed.scheme(), Scheme::Https);
  EXPECT_EQ(parsed.host(), "example.com");
  EXPECT_EQ(parsed.port(), 8443);
  EXPECT_EQ(parsed.host_header(), "example.com:8443");
  EXPECT_EQ(parsed.userinfo(), "user:pa%20ss");
  EXPECT_EQ(parsed.target(), "/a/b?c=d&e");
  EXPECT_EQ(parsed.path(), "/a/b");
  EXPECT_EQ(parsed.query(), "c=d&e");
  EXPECT_EQ(parsed.to_string(), "https://example.com:8443/a/b?c=d&e");
}

TEST(Url, KnowsTheDefaultPorts) {
  EXPECT_EQ(url("http://h").port(), 80);
  EXPECT_EQ(url("https://h").port(), 443);
  EXPECT_EQ(url("http://h:80").host_header(), "h");
  EXPECT_EQ(url("http://h:443").host_header(), "h:443");
  EXPECT_EQ(url("http://h:/x").port(), 80);
}

TEST(Url, TakesAddresses) {
  EXPECT_EQ(url("http://127.0.0.1:8080/").host(), "127.0.0.1");
  const Url v6 = url("http://[2001:DB8::1]:8080/");
  EXPECT_EQ(v6.host(), "2001:db8::1");
  EXPECT_EQ(v6.host_header(), "[2001:db8::1]:8080");
  EXPECT_EQ(url("https://[::1]").host_header(), "[::1]");
}

TEST(Url, HasASlashAtLeast) {
  EXPECT_EQ(url("http://h").target(), "/");
  EXPECT_EQ(url("http://h?x=1").target(), "/?x=1");
  EXPECT_EQ(url("http://h#f").target(), "/");
}

// Every line of it as `requests` 2.34 prepares that URL.
TEST(Url, EncodesAsRequestsDoes) {
  const std::vector<std::pair<std::string, std::string>> targets = {
      {"/a b", "/a%20b"},
      {"/\xc3\xa4", "/%C3%A4"},
      {"/%7euser/%41%2f%c3%a4", "/~user/A%2F%C3%A4"},
      {"/%7euser/%41%2f%zz", "/%257Euser/%2541%252F%25zz"},
      {"/100%", "/100%25"},
      {"/a%20b?x=100%", "/a%20b?x=100%25"},
      {"/x[]=1?y[]={\"a\"}|^`<>\\", "/x%5B%5D=1?y%5B%5D=%7B%22a%22%7D%7C%5E%60%3C%3E%5C"},
      {"/a/../b/./c?d/../e", "/b/c?d/../e"},
      {"/a\tb\nc\x7f", "/a%09b%0Ac%7F"},
      {"/..", "/"},
      {"/a//b", "/a//b"},
      {"/a;b=c,d", "/a;b=c,d"},
      {"/?a?b", "/?a?b"},
      {"/'\"!$&()*+", "/'%22!$&()*+"},
      {"/x ", "/x%20"},
      {"/?", "/"},
  };
  for (const auto& [written, sent] : targets) {
    EXPECT_EQ(url("http://h" + written).target(), sent) << written;
  }
}

TEST(Url, IsUnchangedByParsingItAgain) {
  const std::string once = url("http://h/a b/%2f%/\xff?x y#z").to_string();
  EXPECT_EQ(url(once).to_string(), once);
}

TEST(Url, RefusesWhatNobodyCanConnectTo) {
  for (const std::string_view text : {"",
                                      "/path",
                                      "h/path",
                                      "ftp://h/",
                                      "http:/h",
                                      "http:h",
                                      "http://",
                                      "http:///x",
                                      "http://h:0/",
                                      "http://h:65536/",
                                      "http://h:80x/",
                                      "http://h:-1/",
                                      "http://h: 80/",
                                      "http://h x/",
                                      "http://h\\x/",
                                      "http://h%41/",
                                      "http://.h/",
                                      "http://[::1/",
                                      "http://[::g]/",
                                      "http://[::1]x/",
                                      "http://[127.0.0.1]/",
                                      "http://b\xc3\xbc"
                                      "cher/",
                                      "http://user@/",
                                      "http://h\x01/",
                                      "http://h]/"}) {
    const auto parsed = Url::parse(text);
    EXPECT_FALSE(parsed.ok()) << text;
  }
}

TEST(Url, SaysWhatIsWrongWithTheUrl) {
  EXPECT_EQ(Url::parse("localhost:8080").error().message,
            "bad URL \"localhost:8080\": write it as http://HOST/ or https://HOST/");
  EXPECT_EQ(Url::parse("http://h:99999/").error().message,
            "bad URL \"http://h:99999/\": its port is not a number from 1 to 65535");
}

TEST(Url, RefusesAHostLongerThanDnsHas) {
  EXPECT_TRUE(Url::parse("http://" + std::string(253, 'a')).ok());
  EXPECT_FALSE(Url::parse("http://" + std::string(254, 'a')).ok());
}

TEST(Origin, IsEqualIfAConnectionCanBeShared) {
  EXPECT_EQ(url("http://H/a").origin(), url("http://h:80/b").origin());
  EXPECT_NE(url("http://h").origin(), url("https://h").origin());
  EXPECT_NE(url("http://h").origin(), url("http://h:81").origin());
  EXPECT_NE(url("http://h").origin(), url("http://i").origin());
  const std::hash<Origin> hash;
  EXPECT_EQ(hash(url("http://H/a").origin()), hash(url("http://h:80/b").origin()));
  EXPECT_NE(hash(url("http://h").origin()), hash(url("https://h").origin()));
}

// The examples of RFC 3986, section 5.4, without those that only other schemes have.
TEST(Url, ResolvesReferencesAsTheRfcHasIt) {
  const std::vector<std::pair<std::string, std::string>> examples = {
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g/"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q"},
      {"g#s", "http://a/b/c/g"},
      {"g?y#s", "http://a/b/c/g?y"},
      {";x", "http://a/b/c/;x"},
      {"g;x", "http://a/b/c/g;x"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {".g", "http://a/b/c/.g"},
      {"g..", "http://a/b/c/g.."},
      {"..g", "http://a/b/c/..g"},
      {"./../g", "http://a/b/g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g/./h", "http://a/b/c/g/h"},
      {"g/../h", "http://a/b/c/h"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
  };
  for (const auto& [reference, expected] : examples) {
    EXPECT_EQ(resolved("http://a/b/c/d;p?q", reference), expected) << reference;
  }
}

TEST(Url, ResolvesToOtherOriginsAndSchemes) {
  EXPECT_EQ(resolved("http://a/b", "https://c:81/d e"), "https://c:81/d%20e");
  EXPECT_EQ(resolved("https://a:1/b", "//c/d"), "https://c/d");
  EXPECT_EQ(resolved("https://a:1/b", " /d "), "https://a:1/d");
  EXPECT_EQ(resolved("http://a/b", "mailto:x"), "refused");
  EXPECT_EQ(resolved("http://a/b", "javascript:alert(1)"), "refused");
  EXPECT_EQ(resolved("http://a/b", "http://:80/"), "refused");
}

// Locust's rule: the base URL and the path, one after the other.
TEST(Url, JoinsABaseAndAPathAsLocustDoes) {
  EXPECT_EQ(joined("http://h", "/x?y=1"), "http://h/x?y=1");
  EXPECT_EQ(joined("http://h:81/api", "/x"), "http://h:81/api/x");
  EXPECT_EQ(joined("http://h/api/", "x"), "http://h/api/x");
  EXPECT_EQ(joined("http://h/", "/x"), "http://h//x");
  EXPECT_EQ(joined("http://h/a?k=", "v&w"), "http://h/a?k=v&w");
  EXPECT_EQ(joined("http://h", ""), "http://h/");
  EXPECT_EQ(joined("http://h", "?x"), "http://h/?x");
  EXPECT_EQ(joined("http://h", "#x"), "http://h/");
  EXPECT_EQ(joined("http://h", "x"), "http://hx/");
  EXPECT_EQ(joined("http://h", ":81/x"), "http://h:81/x");
  EXPECT_EQ(joined("http://h", "/a b/../c"), "http://h/c");
  EXPECT_EQ(joined("http://h", " "), "refused");
  EXPECT_EQ(joined("http://h/api", "HTTPS://other/x"), "https://other/x");
  EXPECT_EQ(joined("http://h/api", "http://"), "refused");
}

TEST(Url, BecomesAnotherInAllItsParts) {
  const Url other = url("https://user:pw@example.com:8443/a/b?c=d");
  for (const std::string_view before : {"http://before/x", "https://user:pw@example.com:8443/"}) {
    Url it = url(before);
    it.become(other);
    EXPECT_EQ(it, other);
    EXPECT_EQ(it.path(), "/a/b");
    EXPECT_EQ(it.query(), "c=d");
  }
  Url bare = url("http://before/x");
  bare.become(url("http://h"));
  Url joined;
  ASSERT_TRUE(Url::join(bare, "/x", joined).ok());
  EXPECT_EQ(joined.to_string(), "http://h/x");
}

TEST(Url, JoinLeavesTheOldUrlAloneWhenItFails) {
  Url into = url("http://before/x");
  EXPECT_FALSE(Url::join(url("http://h"), "http://other:0/", into).ok());
  EXPECT_EQ(into.to_string(), "http://before/x");
}

TEST(Url, JoinKeepsTheCredentialsOfTheBase) {
  Url into;
  EXPECT_TRUE(Url::join(url("http://u:p@h"), "/x", into).ok());
  EXPECT_EQ(into.userinfo(), "u:p");
  EXPECT_TRUE(Url::join(url("http://u:p@h"), "http://other/", into).ok());
  EXPECT_EQ(into.userinfo(), "");
}

TEST(Url, AJoinedUrlIsABaseItself) {
  Url first;
  Url second;
  ASSERT_TRUE(Url::join(url("http://h"), "/api", first).ok());
  ASSERT_TRUE(Url::join(first, "x", second).ok());
  EXPECT_EQ(second.to_string(), "http://h/apix");
}

}  // namespace
}  // namespace swarm::http
