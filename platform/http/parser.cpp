#include "platform/http/parser.hpp"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace holdline::platform {
namespace beast = boost::beast;
namespace http = boost::beast::http;

struct HttpRequestParser::Impl {
  http::request_parser<http::string_body> parser;
  HttpParserLimits limits;
  State state = State::header;
  http::error failure = http::error::bad_target;
  std::optional<HttpTarget> target;

  void check_header();
};

HttpRequestParser::HttpRequestParser(const HttpParserLimits& limits) : impl_(std::make_unique<Impl>()) {
  impl_->limits = limits;
  impl_->parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  impl_->parser.body_limit(limits.body_bytes);
}

HttpRequestParser::~HttpRequestParser() = default;

// What the grammar allows but no client of ours sends: refused here, so that handlers see one form only.
void HttpRequestParser::Impl::check_header() {
  const auto& message = parser.get();
  target = parse_target({message.target().data(), message.target().size()});
  const bool has_host = message.version() < 11 || message.count(http::field::host) == 1;
  if (!target || !has_host) state = State::failed;
}

std::size_t HttpRequestParser::feed(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && (impl_->state == State::header || impl_->state == State::body)) {
    beast::error_code error;
    const auto rest = bytes.substr(used);
    const std::size_t taken = impl_->parser.put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    used += taken;
    if (error && error != http::error::need_more) {
      impl_->state = State::failed;
      impl_->failure = static_cast<http::error>(error.value());
      break;
    }
    if (impl_->state == State::header && impl_->parser.is_header_done()) {
      impl_->state = State::body;
      impl_->check_header();
    }
    if (impl_->state == State::body && impl_->parser.is_done()) impl_->state = State::done;
    if (error || taken == 0) break;
  }
  // An unfinished header or chunk line is at most as long as a header may be.
  if (impl_->state == State::header || impl_->state == State::body) {
    if (bytes.size() - used > impl_->limits.header_bytes) {
      impl_->failure = http::error::header_limit;
      impl_->state = State::failed;
    }
  }
  return used;
}

HttpRequestParser::State HttpRequestParser::state() const { return impl_->state; }

HttpResponse HttpRequestParser::failure() const {
  switch (impl_->failure) {
    case http::error::body_limit:
      return error_response(413, "too-large",
                            "The request body is larger than this service accepts. Send less at once.");
    case http::error::header_limit:
      return error_response(431, "header-too-large", "The request header is larger than this service accepts.");
    default:
      return error_response(400, "malformed-request",
                            "The request is not valid HTTP/1.1. Check the client that sent it.");
  }
}

bool HttpRequestParser::expects_continue() const {
  const auto& message = impl_->parser.get();
  return message.version() >= 11 && beast::iequals(message[http::field::expect], "100-continue");
}

bool HttpRequestParser::keep_alive() const { return impl_->parser.keep_alive(); }

HttpRequest HttpRequestParser::take() {
  auto& message = impl_->parser.get();
  HttpRequest request;
  request.method.assign(message.method_string().data(), message.method_string().size());
  request.path = std::move(impl_->target->path);
  request.query = std::move(impl_->target->query);
  for (const auto& field : message) {
    std::string name(field.name_string().data(), field.name_string().size());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto [slot, fresh] = request.headers.try_emplace(std::move(name));
    if (!fresh) slot->second += ", ";
    slot->second.append(field.value().data(), field.value().size());
  }
  request.body = std::move(message.body());
  return request;
}

}  // namespace holdline::platform
