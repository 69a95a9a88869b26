#include "platform/probe/rounds.hpp"

#include <algorithm>

#include <sodium.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "platform/http/client.hpp"
#include "platform/os/files.hpp"
#include "platform/text/url.hpp"

namespace holdline::platform {

namespace {

constexpr std::uint64_t most_authorities_bytes = 4 << 20;  // what a system trusts is 220 KiB
constexpr std::size_t most_page_bytes = 1 << 20;
constexpr std::int64_t jitter_percent = 20;

HttpClientOptions options_of(const ProbeSettings& settings) {
  HttpClientOptions options;
  options.allow_plain_http = true;
  options.allow_tls_1_2 = true;
  options.proxy = settings.proxy;
  options.connect_timeout = settings.timeout;
  options.stall_timeout = settings.timeout;
  // Without it no https address is good, and the outcome says so.
  if (auto pem = read_file(settings.authorities, most_authorities_bytes); settings.url.starts_with("https") && pem)
    options.trust.ca_pem = *std::move(pem);
  return options;
}

std::string base64_of(const std::string& text) {
  std::string out(sodium_base64_ENCODED_LEN(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // its terminating zero
  return out;
}

ProbeOutcome judged(const ProbeSettings& settings, const Result<HttpClientResponse>& answer) {
  if (!answer) return {false, 0, answer.error().code};
  if (settings.kind == ProbeSettings::Kind::tcp) return {true, 0, {}};
  if (answer->status != settings.status) return {false, 0, "status-" + std::to_string(answer->status)};
  if (answer->body.find(settings.contains) == answer->body.npos) return {false, 0, "text-missing"};
  return {true, 0, {}};
}

}  // namespace

// One probe: waits its time, asks, tells.
class ProbeRounds::One : public std::enable_shared_from_this<One> {
 public:
  One(boost::asio::io_context& io, ProbeSettings settings, const std::string& credentials, Entropy& entropy, Told told)
      : settings_(std::move(settings)),
        credentials_(credentials),
        entropy_(entropy),
        told_(std::move(told)),
        client_(io, options_of(settings_)),
        timer_(io) {}

  void wait(std::chrono::milliseconds time) {
    timer_.expires_after(time);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ended) {
      const auto self = weak.lock();
      if (!ended && self) self->ask();
    });
  }

 private:
  // The pace is kept from one beginning to the next, but no two are under way at once.
  void ask() {
    began_ = std::chrono::steady_clock::now();
    auto request = request_of();
    if (!request) return tell({false, 0, request.error().code});
    client_.send(*std::move(request), [this](Result<HttpClientResponse> answer) { tell(judged(settings_, answer)); });
  }

  void tell(ProbeOutcome outcome) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began_);
    outcome.took_ms = took.count();
    const std::int64_t every = settings_.every.count(), spread = every * jitter_percent / 100;
    const auto drawn = static_cast<std::int64_t>(entropy_.u64() % static_cast<std::uint64_t>(2 * spread + 1));
    wait(std::max(std::chrono::milliseconds(every - spread + drawn) - took, std::chrono::milliseconds(0)));
    told_(settings_, outcome);
  }

  Result<HttpClientRequest> request_of() const {
    HttpClientRequest request;
    request.url = settings_.url;
    request.timeout = settings_.timeout;
    request.max_response_bytes = most_page_bytes;
    request.connect_only = settings_.kind == ProbeSettings::Kind::tcp;
    if (settings_.kind != ProbeSettings::Kind::sign_in) return request;
    HOLDLINE_ASSIGN(const auto secret, read_secret(settings_.password, credentials_));
    const std::string password(secret.view());
    if (settings_.form) {
      request.method = "POST";
      request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
      request.body = percent_encoded(settings_.user_field) + "=" + percent_encoded(settings_.user) + "&" +
                     percent_encoded(settings_.password_field) + "=" + percent_encoded(password);
    } else {
      request.headers.emplace_back("Authorization", "Basic " + base64_of(settings_.user + ":" + password));
    }
    return request;
  }

  const ProbeSettings settings_;
  const std::string credentials_;
  Entropy& entropy_;
  const Told told_;
  HttpClient client_;
  boost::asio::steady_timer timer_;
  std::chrono::steady_clock::time_point began_;
};

ProbeRounds::ProbeRounds(boost::asio::io_context& io, std::vector<ProbeSettings> probes,
                         std::string credentials_directory, Entropy& entropy, Told told) {
  for (ProbeSettings& settings : probes) {
    all_.push_back(std::make_shared<One>(io, std::move(settings), credentials_directory, entropy, told));
    all_.back()->wait(std::chrono::milliseconds(0));
  }
}

ProbeRounds::~ProbeRounds() = default;

}  // namespace holdline::platform
