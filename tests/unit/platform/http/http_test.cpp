#include "platform/http/http.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "platform/http/parser.hpp"

namespace holdline::platform {
namespace {

using State = HttpRequestParser::State;

// Feeds the bytes in pieces of `step`, as a network might.
void feed_in_steps(HttpRequestParser& parser, std::string_view bytes, std::size_t step) {
  std::string buffer;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    buffer.append(bytes.substr(at, step));
    buffer.erase(0, parser.feed(buffer));
  }
}

int refusal(std::string_view bytes, HttpParserLimits limits = {}) {
  HttpRequestParser parser(limits);
  feed_in_steps(parser, bytes, 16 * 1024);
  return parser.state() == State::failed ? parser.failure().status : 0;
}

TEST(HttpTarget, IsDecodedIntoPathAndQuery) {
  const auto target = parse_target("/customers/M%C3%BCller?q=a+b%26c&empty&q2=x=y");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/customers/M\xc3\xbcller");
  EXPECT_EQ(target->query, (HttpFields{{"q", "a b&c"}, {"empty", ""}, {"q2", "x=y"}}));
}

TEST(HttpTarget, IsRefusedWhenItHidesControlCharactersOrIsNoText) {
  for (const char* target : {"", "http://evil/", "*", "/%", "/%4", "/%4g", "/a%00b", "/a%0d%0ab", "/%ff", "/%c0%af",
                             "/%ed%a0%80", "/%f4%90%80%80", "/?a=%0a"})
    EXPECT_FALSE(parse_target(target)) << target;
}

TEST(HttpHeader, IsUnsafeWhenItsValueBreaksTheLine) {
  EXPECT_TRUE(is_safe_header("ETag", "\"a b\"\t"));
  EXPECT_FALSE(is_safe_header("ETag", "a\r\nSet-Cookie: b"));
  EXPECT_FALSE(is_safe_header("E Tag", "a"));
  EXPECT_FALSE(is_safe_header("", "a"));
}

TEST(Respond, TakesTheFirstAnswerAndSendsAnErrorWhenDropped) {
  std::vector<int> statuses;
  const auto sink = [&](HttpResponse response) { statuses.push_back(response.status); };
  {
    const Respond respond(sink);
    const Respond copy = respond;
    copy({204, "", {}, ""});
    respond({201, "", {}, ""});
  }
  EXPECT_EQ(statuses, std::vector<int>{204});
  { const Respond dropped(sink); }
  EXPECT_EQ(statuses.back(), 500);
}

TEST(HttpRequestParser, ReadsTheSameRequestHoweverTheBytesArrive) {
  const std::string bytes =
      "POST /a?b=1 HTTP/1.1\r\nHost: x\r\nX-Two: 1\r\nx-two: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n";
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    HttpRequestParser parser({});
    feed_in_steps(parser, bytes, step);
    ASSERT_EQ(parser.state(), State::done) << step;
    const HttpRequest request = parser.take();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/a");
    EXPECT_EQ(request.header("x-two"), "1, 2");
    EXPECT_EQ(request.body, "hello world");
  }
}

TEST(HttpRequestParser, LeavesTheNextRequestUnread) {
  const std::string first = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab";
  HttpRequestParser parser({});
  EXPECT_EQ(parser.feed(first + "GET / HTTP/1.1\r\n"), first.size());
  EXPECT_EQ(parser.state(), State::done);
  EXPECT_TRUE(parser.keep_alive());
}

TEST(HttpRequestParser, RefusesWhatCouldBeReadInTwoWays) {
  for (const char* bytes : {
           "GET / HTTP/1.1\r\n\r\n",                        // no host
           "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",  // two
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
           "GET / HTTP/1.1\nHost: a\n\n",
           "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
           "\x16\x03\x01\x02",
       })
    EXPECT_EQ(refusal(bytes), 400) << bytes;
}

TEST(HttpRequestParser, RefusesBodiesAndHeadersAboveTheirLimits) {
  const HttpParserLimits limits{256, 10};
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", limits), 413);
  EXPECT_EQ(refusal("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n", limits),
            413);
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(300, 'x') + "\r\n\r\n", limits), 431);
  EXPECT_EQ(refusal("GET /" + std::string(300, 'x'), limits), 431);
  EXPECT_EQ(
      refusal("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(300, 'x'), limits),
      431);
}

TEST(ErrorResponse, GivesEachKindOfErrorAStatusThatItsReaderUnderstands) {
  const auto status_of = [](ErrorKind kind, std::string code) {
    return error_response(Error{kind, std::move(code), "m"}).status;
  };
  EXPECT_EQ(status_of(ErrorKind::ask_person, "malformed"), 400);
  EXPECT_EQ(status_of(ErrorKind::ask_person, "weak-password"), 422);
  EXPECT_EQ(status_of(ErrorKind::start_over, "unknown-cursor"), 409);
  EXPECT_EQ(status_of(ErrorKind::retry_later, "disk-full"), 503);
  EXPECT_EQ(status_of(ErrorKind::stop, "ledger-needs-reopen"), 503);
}

TEST(ErrorResponse, IsAProblemDocumentThatSaysWhatItIsAbout) {
  HttpResponse response = error_response(401, "not-signed-in", "Sign in first.");
  name_instance(response, "/api/v1/customers/Łukasz?");
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.headers.at(0).first, "WWW-Authenticate");
  EXPECT_EQ(response.body, R"({"code":"not-signed-in","detail":"Sign in first.",)"
                           R"("instance":"/api/v1/customers/%C5%81ukasz%3F","status":401,"title":"Not signed in",)"
                           R"("type":"urn:holdline:problem:not-signed-in"})");
  HttpResponse other;
  other.body = "{}";
  name_instance(other, "/api/v1/status");
  EXPECT_EQ(other.body, "{}");
}

}  // namespace
}  // namespace holdline::platform
