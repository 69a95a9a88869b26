#include "platform/http/client.hpp"

#include <unordered_map>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "platform/http/curl_transfer.hpp"

namespace holdline::platform {
namespace asio = boost::asio;
namespace {

using MultiPtr = std::unique_ptr<CURLM, OpensslFree<curl_multi_cleanup>>;
using SharePtr = std::unique_ptr<CURLSH, OpensslFree<curl_share_cleanup>>;

constexpr long kept_connections = 8;

}  // namespace

// Order of members is order of life: transfers leave the multi handle before it goes, and it goes before what its
// connections point to.
class HttpClient::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& io, HttpClientOptions options);
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  void shut_down();

  RequestId send(HttpClientRequest request, Callback callback);
  void cancel(RequestId id);
  const std::string& pinned_ca_pem() const { return pin_ ? pin_->ca_pem() : no_pem_; }

 private:
  // A socket that libcurl asked to have watched. libcurl owns the descriptor.
  struct Watch {
    explicit Watch(asio::io_context& io) : descriptor(io) {}
    asio::posix::stream_descriptor descriptor;
    bool wants_read = false, wants_write = false;
    bool waits_read = false, waits_write = false;
  };
  struct Request {
    std::unique_ptr<CurlTransfer> transfer;  // null once finished
    Callback callback;
  };

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*);
  static int on_timer(CURLM*, long timeout_ms, void* self);

  void watch(curl_socket_t socket, int what);
  void wait(const std::shared_ptr<Watch>& watch, bool writing);
  void drive(curl_socket_t socket, int events);
  void collect();
  void finish(RequestId id, Result<HttpClientResponse> outcome);
  void check_stalls();

  asio::io_context& io_;
  const HttpClientOptions options_;
  const std::string no_pem_;
  std::unique_ptr<PinnedTrust> pin_;
  CurlLibrary library_;
  SharePtr share_;
  MultiPtr multi_;
  asio::steady_timer timer_;
  asio::steady_timer stall_timer_;
  bool stall_timer_runs_ = false;
  std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
  RequestId last_id_ = 0;
  std::unordered_map<RequestId, Request> requests_;
  std::unordered_map<CURL*, RequestId> ids_;  // of the transfers inside multi_
};

HttpClient::Impl::Impl(asio::io_context& io, HttpClientOptions options)
    : io_(io),
      options_(std::move(options)),
      share_(curl_share_init()),
      multi_(curl_multi_init()),
      timer_(io),
      stall_timer_(io) {
  if (!share_ || !multi_) throw std::bad_alloc();
  if (options_.trust.ca_fingerprint) pin_ = std::make_unique<PinnedTrust>(*options_.trust.ca_fingerprint);
  curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &Impl::on_socket);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &Impl::on_timer);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kept_connections);
}

// Nothing calls back into this object afterwards: waits hold weak references only.
void HttpClient::Impl::shut_down() {
  for (const auto& [easy, id] : ids_) curl_multi_remove_handle(multi_.get(), easy);
  ids_.clear();
  // Taken out first: destroying a callback may run code of the caller that comes back here.
  std::exchange(requests_, {}).clear();
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, nullptr);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, nullptr);
  for (const auto& [socket, watch] : watches_) watch->descriptor.release();
  watches_.clear();
  timer_.cancel();
  stall_timer_.cancel();
  multi_.reset();
}

HttpClient::RequestId HttpClient::Impl::send(HttpClientRequest request, Callback callback) {
  const RequestId id = ++last_id_;
  auto transfer = std::make_unique<CurlTransfer>(options_, pin_.get(), std::move(request));
  CURL* const easy = transfer->handle();
  auto prepared = transfer->prepare();
  curl_easy_setopt(easy, CURLOPT_SHARE, share_.get());
  requests_.emplace(id, Request{std::move(transfer), std::move(callback)});
  if (!prepared) {
    finish(id, fail(std::move(prepared)));
    return id;
  }
  ids_.emplace(easy, id);
  curl_multi_add_handle(multi_.get(), easy);  // its timer callback starts the transfer
  check_stalls();
  return id;
}

void HttpClient::Impl::cancel(RequestId id) {
  const auto found = requests_.find(id);
  if (found == requests_.end()) return;
  // The request dies at the end, after it left every table: destroying its callback may run code of the caller.
  const Request request = std::move(found->second);
  requests_.erase(found);
  if (!request.transfer) return;
  ids_.erase(request.transfer->handle());
  curl_multi_remove_handle(multi_.get(), request.transfer->handle());
}

int HttpClient::Impl::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  static_cast<Impl*>(self)->watch(socket, what);
  return 0;
}

void HttpClient::Impl::watch(curl_socket_t socket, int what) {
  auto found = watches_.find(socket);
  if (what == CURL_POLL_REMOVE) {
    if (found == watches_.end()) return;
    found->second->descriptor.release();
    watches_.erase(found);
    return;
  }
  if (found == watches_.end()) {
    auto fresh = std::make_shared<Watch>(io_);
    boost::system::error_code error;
    fresh->descriptor.assign(socket, error);
    if (error) return;  // the transfer ends by its timeout
    found = watches_.emplace(socket, std::move(fresh)).first;
  }
  Watch& watch = *found->second;
  watch.wants_read = what == CURL_POLL_IN || what == CURL_POLL_INOUT;
  watch.wants_write = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
  const auto keep = found->second;
  if (watch.wants_read && !watch.waits_read) wait(keep, false);
  if (watch.wants_write && !watch.waits_write) wait(keep, true);
}

void HttpClient::Impl::wait(const std::shared_ptr<Watch>& watch, bool writing) {
  (writing ? watch->waits_write : watch->waits_read) = true;
  const auto what = writing ? asio::posix::descriptor_base::wait_write : asio::posix::descriptor_base::wait_read;
  watch->descriptor.async_wait(what, [weak = weak_from_this(), watch, writing](const boost::system::error_code& error) {
    (writing ? watch->waits_write : watch->waits_read) = false;
    const auto self = weak.lock();
    const bool wanted = writing ? watch->wants_write : watch->wants_read;
    // A released descriptor may have been reused by now: its number means another connection.
    if (error || !self || !wanted || !watch->descriptor.is_open()) return;
    self->drive(watch->descriptor.native_handle(), writing ? CURL_CSELECT_OUT : CURL_CSELECT_IN);
    if (!watch->descriptor.is_open()) return;
    if ((writing ? watch->wants_write : watch->wants_read) && !(writing ? watch->waits_write : watch->waits_read))
      self->wait(watch, writing);
  });
}

int HttpClient::Impl::on_timer(CURLM*, long timeout_ms, void* data) {
  auto* const self = static_cast<Impl*>(data);
  self->timer_.cancel();
  if (timeout_ms < 0) return 0;
  self->timer_.expires_after(std::chrono::milliseconds(timeout_ms));
  self->timer_.async_wait([weak = self->weak_from_this()](const boost::system::error_code& error) {
    const auto alive = weak.lock();
    if (!error && alive) alive->drive(CURL_SOCKET_TIMEOUT, 0);
  });
  return 0;
}

void HttpClient::Impl::drive(curl_socket_t socket, int events) {
  if (!multi_) return;
  int running = 0;
  curl_multi_socket_action(multi_.get(), socket, events, &running);
  collect();
}

void HttpClient::Impl::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* const easy = message->easy_handle;
    const CURLcode code = message->data.result;
    const auto known = ids_.extract(easy);
    curl_multi_remove_handle(multi_.get(), easy);
    if (known) finish(known.mapped(), requests_.at(known.mapped()).transfer->finish(code));
  }
}

// Callers are told from the event loop, so that nothing of theirs runs inside libcurl or inside send().
void HttpClient::Impl::finish(RequestId id, Result<HttpClientResponse> outcome) {
  requests_.at(id).transfer.reset();
  asio::post(io_, [weak = weak_from_this(), id, outcome = std::move(outcome)]() mutable {
    const auto self = weak.lock();
    if (!self) return;
    auto request = self->requests_.extract(id);
    if (request) request.mapped().callback(std::move(outcome));
  });
}

// libcurl's own low-speed limit would also end a long poll that rightly waits for its answer.
void HttpClient::Impl::check_stalls() {
  if (stall_timer_runs_ || ids_.empty()) return;
  stall_timer_runs_ = true;
  stall_timer_.expires_after(options_.stall_timeout / 4);
  stall_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->stall_timer_runs_ = false;
    const auto now = std::chrono::steady_clock::now();
    for (auto at = self->ids_.begin(); at != self->ids_.end();) {
      const auto [easy, id] = *at;
      CurlTransfer& transfer = *self->requests_.at(id).transfer;
      if (!transfer.stalled(now, self->options_.stall_timeout)) {
        ++at;
        continue;
      }
      at = self->ids_.erase(at);
      curl_multi_remove_handle(self->multi_.get(), easy);
      self->finish(id, transfer.finish(CURLE_OPERATION_TIMEDOUT));
    }
    self->check_stalls();
  });
}

HttpClient::HttpClient(asio::io_context& io, HttpClientOptions options)
    : impl_(std::make_shared<Impl>(io, std::move(options))) {}

HttpClient::HttpClient(HttpClient&&) noexcept = default;

HttpClient::~HttpClient() {
  if (impl_) impl_->shut_down();
}

HttpClient::RequestId HttpClient::send(HttpClientRequest request, Callback callback) {
  return impl_->send(std::move(request), std::move(callback));
}

void HttpClient::cancel(RequestId id) { impl_->cancel(id); }

const std::string& HttpClient::pinned_ca_pem() const { return impl_->pinned_ca_pem(); }

}  // namespace holdline::platform
