#include "agent/engine/hub_transport.hpp"

#include <charconv>
#include <chrono>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "sync/base/limits.hpp"

namespace holdline::agent {

namespace {

std::int64_t retry_after_ms(const platform::HttpFields& headers) {
  const auto found = headers.find("retry-after");
  if (found == headers.end()) return 0;
  std::int64_t seconds = 0;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), seconds);
  constexpr std::int64_t longest = 3'600;
  return std::clamp<std::int64_t>(seconds, 0, longest) * 1'000;
}

}  // namespace

std::int64_t HubTransport::answer_limit_ms(std::int64_t timeout_ms, std::size_t bytes_under_way) {
  // 32 kbit/s: what is slower carries no batch in reasonable time.
  constexpr std::int64_t slowest_bytes_per_s = 4'000;
  return timeout_ms + static_cast<std::int64_t>(bytes_under_way) * 1'000 / slowest_bytes_per_s;
}

HubTransport::HubTransport(boost::asio::io_context& io, platform::HttpClientOptions options, std::string hub,
                           Deliver deliver)
    : io_(io), hub_(std::move(hub)), deliver_(std::move(deliver)) {
  client_.emplace(io, std::move(options));
}

void HubTransport::post(std::uint64_t token, std::string path, sync::Bytes body, std::int64_t timeout_ms) {
  boost::asio::post(io_, [this, token, path = std::move(path), body = std::move(body), timeout_ms]() mutable {
    send(token, std::move(path), std::move(body), timeout_ms);
  });
}

void HubTransport::abandon() {
  boost::asio::post(io_, [this] {
    for (const auto& [id, bytes] : sent_) client_->cancel(id);
    sent_.clear();
  });
}

void HubTransport::use(platform::HttpClientOptions options, std::string hub) {
  sent_.clear();
  client_.emplace(io_, std::move(options));
  hub_ = std::move(hub);
}

void HubTransport::send(std::uint64_t token, std::string path, sync::Bytes body, std::int64_t timeout_ms) {
  platform::HttpClientRequest request;
  request.method = "POST";
  request.url = hub_ + path;
  std::size_t under_way = body.size();
  for (const auto& [other, bytes] : sent_) under_way += bytes;
  const std::size_t own = body.size();
  request.body = std::move(body);
  request.timeout = std::chrono::milliseconds(answer_limit_ms(timeout_ms, under_way));
  request.timeout_for = platform::TimeoutFor::answer;
  request.max_response_bytes = sync::limits::message_bytes;
  const auto id = std::make_shared<platform::HttpClient::RequestId>();
  *id = client_->send(std::move(request), [this, token, id](Result<platform::HttpClientResponse> response) {
    sent_.erase(*id);
    if (!response) return deliver_(token, fail(std::move(response)));
    deliver_(token, TransportAnswer{response->status, std::move(response->body), retry_after_ms(response->headers)});
  });
  sent_.emplace(*id, own);
}

}  // namespace holdline::agent
