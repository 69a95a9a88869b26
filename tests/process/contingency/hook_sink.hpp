// A system that a runbook's webhooks switch: it honours the idempotency key, checks the signature, and does not answer
// where it is told not to.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "platform/http/server.hpp"
#include "sync/base/hash.hpp"
#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::process {

class HookSink {
 public:
  explicit HookSink(std::string secret)
      : secret_(std::move(secret)),
        server_(platform::LoopbackEndpoint{}, [this](platform::HttpRequest request, platform::Respond respond) {
          take(std::move(request), std::move(respond));
        }) {}

  std::string url(const std::string& path) const { return server_.url("http", path); }
  // Requests under this path are taken and never answered.
  void hang(const std::string& path) {
    const std::lock_guard lock(mutex_);
    hanging_.insert(path);
  }
  std::size_t asked(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = asked_.find(path);
    return found == asked_.end() ? 0 : found->second.size();
  }
  // What came of it: a key that was seen before has no effect.
  std::size_t effects(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = asked_.find(path);
    return found == asked_.end() ? 0 : std::set<std::string>(found->second.begin(), found->second.end()).size();
  }
  std::size_t unsigned_requests() const {
    const std::lock_guard lock(mutex_);
    return unsigned_;
  }

 private:
  void take(platform::HttpRequest request, platform::Respond respond) {
    const std::lock_guard lock(mutex_);
    const std::string text = std::string(request.header("holdline-timestamp")) + "." +
                             std::string(request.header("holdline-nonce")) + "." + request.body;
    const bool good =
        request.header("holdline-signature") == "sha256=" + sync::to_hex(sync::hmac_sha256(secret_, text).view());
    if (!good || !nonces_.insert(std::string(request.header("holdline-nonce"))).second) ++unsigned_;
    asked_[request.path].emplace_back(request.header("idempotency-key"));
    if (hanging_.contains(request.path)) return held_.push_back(std::move(respond));
    platform::HttpResponse response;
    response.body = R"({"done":true})";
    respond(std::move(response));
  }

  const std::string secret_;
  mutable std::mutex mutex_;
  std::set<std::string> hanging_, nonces_;
  std::map<std::string, std::vector<std::string>> asked_;  // keys, by path
  std::vector<platform::Respond> held_;
  std::size_t unsigned_ = 0;
  platform::test::ServerThread server_;
};

}  // namespace holdline::process
