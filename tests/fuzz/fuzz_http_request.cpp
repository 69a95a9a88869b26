// The bytes of a connection: requests are read the same however the bytes arrive, one ends where the next begins, no
// body is longer than the limit, and what is refused is refused for good.
#include <string>
#include <vector>

#include "platform/http/parser.hpp"
#include "tests/fuzz/property.hpp"

using namespace holdline;
using platform::HttpRequest;
using platform::HttpRequestParser;

namespace {

constexpr platform::HttpParserLimits limits{1'024, 4'096};

struct Read {
  std::vector<HttpRequest> requests;
  int refused_with = 0;
};

void check(const HttpRequest& request) {
  fuzz::require(!request.method.empty() && request.path.starts_with('/'), "a request has a method and a path");
  for (const char c : request.path)
    fuzz::require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "a path has no control characters");
  fuzz::require(request.body.size() <= limits.body_bytes, "a body keeps the limit");
  for (const auto& [name, value] : request.headers) {
    fuzz::require(platform::is_safe_header(name, value), "a header cannot be taken for two");
    for (const char c : name) fuzz::require(c < 'A' || c > 'Z', "names of headers are in lower case");
  }
}

// As a connection reads: what was not taken is offered again with more behind it.
Read read(std::string_view bytes, std::size_t piece) {
  Read read;
  std::string kept;
  auto parser = std::make_unique<HttpRequestParser>(limits);
  while (!bytes.empty()) {
    const auto arrived = bytes.substr(0, piece);
    bytes.remove_prefix(arrived.size());
    kept += arrived;
    for (bool again = true; again;) {
      again = false;
      const std::size_t used = parser->feed(kept);
      fuzz::require(used <= kept.size(), "no more is taken than there is");
      kept.erase(0, used);
      if (parser->state() == HttpRequestParser::State::failed) {
        read.refused_with = parser->failure().status;
        fuzz::require(parser->feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n") == 0, "after a refusal nothing more is read");
        return read;
      }
      if (parser->state() != HttpRequestParser::State::done) continue;
      const bool more = parser->keep_alive();
      read.requests.push_back(parser->take());
      check(read.requests.back());
      if (!more) return read;
      parser = std::make_unique<HttpRequestParser>(limits);
      again = !kept.empty();
    }
    fuzz::require(kept.size() <= limits.header_bytes + piece, "little is kept that is not yet understood");
  }
  return read;
}

bool same(const HttpRequest& a, const HttpRequest& b) {
  return a.method == b.method && a.path == b.path && a.query == b.query && a.headers == b.headers && a.body == b.body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = fuzz::bytes_of(data + 1, size - 1);
  const Read whole = read(bytes, bytes.size()), pieces = read(bytes, 1 + data[0]);
  const std::size_t both = std::min(whole.requests.size(), pieces.requests.size());
  for (std::size_t i = 0; i < both; ++i)
    fuzz::require(same(whole.requests[i], pieces.requests[i]), "a request is the same however its bytes arrive");
  fuzz::require(whole.requests.size() == pieces.requests.size(), "and there are as many of them");
  return 0;
}
