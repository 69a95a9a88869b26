#include "platform/text/url.hpp"

#include <gtest/gtest.h>

namespace holdline::platform {
namespace {

TEST(HttpsOrigin, IsTakenApart) {
  const auto named = parse_https_origin("https://hub.example:8443");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->host, "hub.example");
  EXPECT_EQ(named->port, 8443);
  EXPECT_EQ(parse_https_origin("https://10.0.0.1/")->port, 443);
  EXPECT_EQ(parse_https_origin("https://[::1]:7443")->host, "::1");
}

TEST(HttpsOrigin, AnythingElseIsNone) {
  for (const char* text : {"", "hub.example", "http://hub.example", "https://", "https://hub.example:0",
                           "https://hub.example:65536", "https://hub.example:port", "https://hub.example/api",
                           "https://ada@hub.example", "https://hub.example?q", "https://hub example", "https://hub_1"})
    EXPECT_FALSE(parse_https_origin(text)) << text;
}

TEST(HostName, IsOneThatACertificateMayHold) {
  for (const char* text : {"localhost", "hub", "hub.example", "*.example", "1.example"})
    EXPECT_TRUE(is_host_name(text)) << text;
  for (const char* text : {"", "-hub", "hub-", "a..b", "hub.", "*", "two words", "a,b"})
    EXPECT_FALSE(is_host_name(text)) << text;
  EXPECT_TRUE(is_ip_address("::1"));
  EXPECT_FALSE(is_ip_address("[::1]"));
  EXPECT_FALSE(is_ip_address("256.0.0.1"));
}

}  // namespace
}  // namespace holdline::platform
