#include "agent/console/console.hpp"

#include <algorithm>

#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

// A browser at a workstation where ada can sign in, and is signed in at the socket.
class ConsoleTest : public LocalApiTest {
 protected:
  void SetUp() override {
    work({customer_of(1, "Ada", "Byron")});
    console = std::make_unique<Console>(*api, io, console_here(7878));
  }
  platform::HttpResponse browse(std::string method, std::string path, const Json& body = {}, std::string key = {}) {
    platform::HttpRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    if (!body.is_null()) request.body = body.dump();
    request.headers = headers;
    request.headers.insert({{"host", "localhost:7878"}, {"x-holdline", "console"}});
    if (!cookie.empty()) request.headers["cookie"] = "other=1; " + cookie;
    if (!page_key.empty()) request.headers["x-holdline-key"] = page_key;
    if (!key.empty()) request.headers["idempotency-key"] = std::move(key);
    auto answered = std::make_shared<std::promise<platform::HttpResponse>>();
    auto answer = answered->get_future();
    console->answer(std::move(request), platform::Respond([answered](platform::HttpResponse response) {
                      answered->set_value(std::move(response));
                    }));
    return answer.get();
  }
  void sign_in_here() {
    const auto answer = browse("POST", "/api/v1/login", {{"person", "ada"}, {"password", "password"}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    const std::string set = header(answer, "Set-Cookie");
    cookie = set.substr(0, set.find(';'));
    page_key = Json::parse(answer.body).at("page_key");
  }
  std::string cookie_value() const { return cookie.substr(cookie.find('=') + 1); }
  static std::string header(const platform::HttpResponse& response, std::string_view name) {
    const auto found = std::ranges::find(response.headers, name, &std::pair<std::string, std::string>::first);
    return found == response.headers.end() ? std::string() : found->second;
  }
  static std::string code(const platform::HttpResponse& response) {
    return Json::parse(response.body).value("code", "");
  }
  Json person() { return Json::parse(browse("GET", "/api/v1/status").body).at("person"); }

  std::unique_ptr<Console> console;
  platform::HttpFields headers;
  std::string cookie, page_key;
};

TEST_F(ConsoleTest, SigningInPutsHalfOfTheTokenIntoACookieThatScriptsCannotRead) {
  const auto answer = browse("POST", "/api/v1/login", {{"person", "ada"}, {"password", "password"}});
  ASSERT_EQ(answer.status, 200);
  const std::string set = header(answer, "Set-Cookie");
  EXPECT_TRUE(set.starts_with("holdline-7878=")) << set;
  EXPECT_TRUE(set.ends_with("; Path=/; HttpOnly; SameSite=Strict")) << set;
  EXPECT_FALSE(Json::parse(answer.body).contains("token"));
  EXPECT_EQ(Json::parse(answer.body).at("page_key").get<std::string>().size(), 32u);
  EXPECT_EQ(set.find(Json::parse(answer.body).at("page_key").get<std::string>()), set.npos);
  EXPECT_EQ(Json::parse(answer.body).at("person").at("name"), "ada");
}

TEST_F(ConsoleTest, TheCookieStandsForThePersonUntilTheySignOut) {
  EXPECT_TRUE(person().is_null());
  sign_in_here();
  EXPECT_EQ(person().at("name"), "ada");
  EXPECT_EQ(browse("POST", "/api/v1/entries", message, "k").status, 201);
  const auto out = browse("POST", "/api/v1/logout", Json::object());
  EXPECT_NE(header(out, "Set-Cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_TRUE(person().is_null());
  EXPECT_EQ(browse("GET", "/api/v1/outbox").status, 401);
}

// Tabs share the session: what one person typed in one must not be saved as that of who signed in at another.
TEST_F(ConsoleTest, ATabThatTakesSomebodyElseForSignedInSavesNothing) {
  sign_in_here();
  headers["x-holdline-person"] = "bob";
  EXPECT_EQ(code(browse("POST", "/api/v1/entries", message, "k")), "another-person");
  EXPECT_TRUE(outbox().empty());
  const auto out = browse("POST", "/api/v1/logout", Json::object());
  EXPECT_EQ(code(out), "another-person");
  EXPECT_EQ(header(out, "Set-Cookie"), "") << "the cookie is the other tab's as well";
  EXPECT_EQ(person().at("name"), "ada");
  headers["x-holdline-person"] = "ada";
  EXPECT_EQ(browse("POST", "/api/v1/entries", message, "k").status, 201);
}

TEST_F(ConsoleTest, AViewThatKeepsItselfUpToDateKeepsNoSession) {
  sign_in_here();
  for (int minutes = 0; minutes < 45; minutes += 5) {
    pc_clock.pass(std::chrono::minutes(5));
    headers["x-holdline-watches"] = "1";
    browse("GET", "/api/v1/outbox");
  }
  EXPECT_EQ(browse("GET", "/api/v1/outbox").status, 401);
}

TEST_F(ConsoleTest, AWrongPasswordSetsNoCookie) {
  const auto answer = browse("POST", "/api/v1/login", {{"person", "ada"}, {"password", "wrong"}});
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(header(answer, "Set-Cookie"), "");
}

TEST_F(ConsoleTest, ATokenOfTheSocketIsNoneOfTheConsoleAndTheOtherWayRound) {
  cookie = "holdline-7878=" + token.substr(0, token.size() / 2);
  page_key = token.substr(token.size() / 2);
  EXPECT_TRUE(person().is_null());
  sign_in_here();
  token = cookie_value() + page_key;
  EXPECT_TRUE(get("/status").json().at("person").is_null());
}

TEST_F(ConsoleTest, OnlyTheCookieOfThisPortCountsAndNoHeader) {
  sign_in_here();
  headers["authorization"] = "Bearer " + cookie_value() + page_key;
  cookie = "holdline-7879=" + cookie_value();
  EXPECT_TRUE(person().is_null());
}

// Another port of the computer gets the cookie, and nothing of what the page keeps.
TEST_F(ConsoleTest, NeitherHalfIsGoodForAnythingAlone) {
  sign_in_here();
  const std::string both = page_key;
  page_key.clear();
  EXPECT_EQ(browse("GET", "/api/v1/outbox").status, 401);
  page_key = both;
  cookie.clear();
  EXPECT_EQ(browse("GET", "/api/v1/outbox").status, 401);
}

TEST_F(ConsoleTest, WrongPasswordsOfOneComputerKeepNoOtherOut) {
  const auto tried = [&](const std::string& origin, const std::string& name, const std::string& password) {
    platform::HttpRequest request;
    request.method = "POST";
    request.path = "/api/v1/login";
    request.body = Json{{"person", name}, {"password", password}}.dump();
    request.headers = {{"host", "localhost:7878"}, {"x-holdline", "console"}};
    request.peer.kind = platform::Peer::Kind::tls;
    request.peer.origin = origin;
    std::promise<int> status;
    auto answered = status.get_future();
    console->answer(std::move(request), platform::Respond([&](auto response) { status.set_value(response.status); }));
    return answered.get();
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(tried("one", "nobody", "wrong"), 401);
  EXPECT_EQ(tried("one", "ada", "password"), 429);
  EXPECT_EQ(tried("another", "ada", "password"), 200);
}

TEST_F(ConsoleTest, ADeviceIsNamedToAnotherComputerOnlyWhenSomebodyIsSignedInThere) {
  platform::Peer peer;
  peer.kind = platform::Peer::Kind::tls;
  Json status = Json::parse(browse("GET", "/api/v1/status").body);
  const Json told = LocalApi::told_to(peer, status);
  EXPECT_EQ(told.at("mode"), status.at("mode"));
  EXPECT_EQ(told.at("outbox").at("waiting"), status.at("outbox").at("waiting"));
  for (const char* name : {"workstation", "hub", "certificate", "health", "version"})
    EXPECT_FALSE(told.contains(name)) << name;
  EXPECT_EQ(LocalApi::told_to({}, status), status) << "on this computer";
  status["person"] = {{"name", "ada"}};
  EXPECT_EQ(LocalApi::told_to(peer, status), status);
}

// The peer of a loopback connection has uid 0 for want of a better one.
TEST_F(ConsoleTest, WhatIsForRootIsNotForABrowser) {
  EXPECT_EQ(browse("GET", "/api/v1/outbox/export").status, 401);
  EXPECT_EQ(browse("POST", "/api/v1/sync", Json::object()).status, 401);
  EXPECT_EQ(browse("POST", "/api/v1/outbox/begin-anew", Json::object()).status, 403);
  sign_in_here();
  EXPECT_EQ(browse("POST", "/api/v1/outbox/begin-anew", Json::object()).status, 403);
  for (const char* path : {"/api/v1/enroll", "/api/v1/reenroll"})
    EXPECT_EQ(code(browse("POST", path, {{"code", "hl1-any"}})), "not-allowed") << path;
}

TEST_F(ConsoleTest, DataIsNotKeptByTheBrowser) {
  sign_in_here();
  const auto answer = browse("GET", "/api/v1/customers/" + id_of(1).text());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
  EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
}

TEST_F(ConsoleTest, ThePageIsSentOnceAndThenOnlyConfirmed) {
  const auto page = browse("GET", "/");
  ASSERT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(header(page, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(page, "Cache-Control"), "no-cache");
  const std::string policy = header(page, "Content-Security-Policy");
  EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';")) << policy;
  const std::string etag = header(page, "ETag");
  ASSERT_TRUE(etag.starts_with('"'));
  headers["if-none-match"] = etag;
  const auto confirmed = browse("GET", "/");
  EXPECT_EQ(confirmed.status, 304);
  EXPECT_TRUE(confirmed.body.empty());
  headers["if-none-match"] = "\"another\"";
  EXPECT_EQ(browse("GET", "/").status, 200);
}

TEST_F(ConsoleTest, FilesThatAreNotThereAndOtherMethodsAreTold) {
  for (const char* path : {"/assets/none.js", "/index.html", "/../etc/passwd", "/apian"})
    EXPECT_EQ(browse("GET", path).status, 404) << path;
  EXPECT_EQ(browse("POST", "/").status, 405);
  EXPECT_EQ(browse("GET", "/api/v2/status").status, 404);
}

TEST_F(ConsoleTest, AnotherHostGetsNeitherPageNorData) {
  headers["host"] = "evil.example:7878";
  EXPECT_EQ(code(browse("GET", "/")), "not-from-here");
  EXPECT_EQ(code(browse("GET", "/api/v1/status")), "not-from-here");
}

}  // namespace
}  // namespace holdline::agent
