#include "agent/console/origin.hpp"

#include <gtest/gtest.h>

namespace holdline::agent {
namespace {

class OriginTest : public testing::Test {
 protected:
  OriginTest() {
    request.method = "GET";
    request.path = "/api/v1/status";
    request.headers["host"] = "localhost:7878";
  }
  bool refused() const {
    const auto refusal = refuse_foreign(request, place);
    return refusal && refusal->status == 403;
  }
  ConsolePlace place = console_here(7878);
  platform::HttpRequest request;
};

TEST_F(OriginTest, ThisComputerIsKnownByItsThreeNamesInCapitalsToo) {
  for (const char* host : {"localhost:7878", "127.0.0.1:7878", "[::1]:7878", "LocalHost:7878"}) {
    request.headers["host"] = host;
    EXPECT_FALSE(refused()) << host;
  }
}

TEST_F(OriginTest, ANameThatSomebodyElsePointsHereIsRefused) {
  for (const char* host : {"evil.example:7878", "localhost.evil.example:7878", "127.0.0.1.evil.example:7878",
                           "localhost", "localhost:80", "localhost:78780", "LOCALHOST:7878, evil.example", ""}) {
    request.headers["host"] = host;
    EXPECT_TRUE(refused()) << host;
  }
  request.headers.erase("host");
  EXPECT_TRUE(refused());
}

TEST_F(OriginTest, AnOriginHasToBeTheHostThatIsAsked) {
  request.headers["origin"] = "http://localhost:7878";
  EXPECT_FALSE(refused());
  for (const char* origin : {"http://evil.example", "null", "http://localhost:3000", "https://localhost:7878",
                             "http://127.0.0.1:7878", "http://localhost:7878.evil.example"}) {
    request.headers["origin"] = origin;
    EXPECT_TRUE(refused()) << origin;
  }
}

TEST_F(OriginTest, OtherPagesAreToldByWhatTheBrowserSaysOfThem) {
  for (const char* site : {"same-origin", "none"}) {
    request.headers["sec-fetch-site"] = site;
    EXPECT_FALSE(refused()) << site;
  }
  // Another port of this computer is the same site.
  for (const char* site : {"cross-site", "same-site"}) {
    request.headers["sec-fetch-site"] = site;
    EXPECT_TRUE(refused()) << site;
  }
}

TEST_F(OriginTest, ThePageItselfMayBeOpenedFromAnywhereAndNothingElse) {
  request.headers["sec-fetch-site"] = "cross-site";
  request.headers["sec-fetch-mode"] = "navigate";
  request.headers["sec-fetch-dest"] = "document";
  EXPECT_TRUE(refused());
  request.path = "/";
  EXPECT_FALSE(refused());
  request.headers["sec-fetch-dest"] = "iframe";
  EXPECT_TRUE(refused());
  request.headers["sec-fetch-dest"] = "document";
  request.method = "POST";
  EXPECT_TRUE(refused());
}

TEST_F(OriginTest, AChangeNeedsTheHeaderOfThePage) {
  for (const char* method : {"POST", "PATCH", "DELETE", "PUT"}) {
    request.method = method;
    request.headers.erase("x-holdline");
    EXPECT_TRUE(refused()) << method;
    request.headers["x-holdline"] = "console";
    EXPECT_FALSE(refused()) << method;
  }
}

TEST_F(OriginTest, ASiteNodeIsKnownByTheNamesOfItsCertificateOverTlsOnly) {
  place = console_of(std::vector<std::string>{"*.site.example", "Desk.Site.Example", "192.0.2.7", "2001:db8::7"}, 7443);
  for (const char* host :
       {"desk.site.example:7443", "DESK.site.example:7443", "192.0.2.7:7443", "[2001:db8::7]:7443"}) {
    request.headers["host"] = host;
    request.headers["origin"] = std::string("https://") + host;
    EXPECT_FALSE(refused()) << host;
    request.headers["origin"] = std::string("http://") + host;
    EXPECT_TRUE(refused()) << host;
  }
  request.headers.erase("origin");
  for (const char* host : {"localhost:7443", "a.site.example:7443", "desk.site.example"}) {
    request.headers["host"] = host;
    EXPECT_TRUE(refused()) << host;
  }
}

}  // namespace
}  // namespace holdline::agent
