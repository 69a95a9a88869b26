#include "platform/http/connection.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "platform/http/live/body.hpp"
#include "platform/os/mutex.hpp"

namespace holdline::platform {
namespace asio = boost::asio;
namespace {

constexpr std::size_t read_size = 16 * 1024;    // one TLS record
constexpr std::size_t body_slice = 64 * 1024;   // body_deadline is per slice
constexpr std::size_t write_slice = 64 * 1024;  // write_deadline is per slice
constexpr std::size_t coalesced = 16 * 1024;    // head and a small body leave in one record
// What a refused client may still send before it is cut off; a stranger's request is small. It is read into one buffer
// and dropped, so that it costs no memory.
constexpr std::size_t linger_bytes = 256 * 1024 * 1024, stranger_linger_bytes = 256 * 1024;
constexpr std::chrono::seconds linger_time{5}, stranger_linger_time{1};

bool has_body(int status) { return status != 204 && status != 304 && status >= 200; }

std::string response_head(const HttpResponse& response, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  head.append(reason_phrase(response.status)).append("\r\n");
  if (has_body(response.status)) {
    if (!response.content_type.empty()) head.append("Content-Type: ").append(response.content_type).append("\r\n");
    if (!response.live) head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  }
  for (const auto& [name, value] : response.headers) head.append(name).append(": ").append(value).append("\r\n");
  head.append(keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
  return head;
}

bool is_sendable(const HttpResponse& response) {
  return response.status >= 200 && response.status <= 599 && is_safe_header("Content-Type", response.content_type) &&
         std::all_of(response.headers.begin(), response.headers.end(),
                     [](const auto& header) { return is_safe_header(header.first, header.second); });
}

HttpResponse internal_error() {
  return error_response(500, "internal", "The service failed on this request. Please report it.");
}

}  // namespace

struct HttpConnection::Mailbox {
  Mutex mutex;
  HttpConnection* connection HOLDLINE_GUARDED_BY(mutex) = nullptr;  // null once it ended
};

HttpConnection::HttpConnection(asio::any_io_executor executor, std::shared_ptr<HttpServerShared> shared, Fd socket,
                               int family, Peer peer, std::string door, std::function<void()> on_end)
    : executor_(executor),
      shared_(std::move(shared)),
      on_end_(std::move(on_end)),
      mailbox_(std::make_shared<Mailbox>()),
      stream_(executor, socket.get(), family, shared_->tls.get()),
      peer_(std::move(peer)),
      door_(std::move(door)),
      deadline_(executor),
      answer_timer_(executor) {
  socket.release();
  {
    const MutexLock lock(mailbox_->mutex);
    mailbox_->connection = this;
  }
}

Doors::Close HttpConnection::abort_if_there() {
  return [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->abort();
  };
}

void HttpConnection::enter() {
  if (!stream_.is_tls()) return;
  ticket_ = shared_->doors.enter(door_, abort_if_there());
}

HttpConnection::~HttpConnection() {
  {
    const MutexLock lock(mailbox_->mutex);
    mailbox_->connection = nullptr;
  }
  shared_->doors.leave(ticket_);
  on_end_();
}

HttpConnection::Awaitable<void> HttpConnection::run(std::shared_ptr<HttpConnection> self) {
  bool more = co_await self->admit();
  while (more) more = co_await self->serve_one();
  co_await self->linger();
  self->deadline_.cancel();
  self->stream_.close();
}

void HttpConnection::stop() {
  asio::dispatch(executor_, [self = shared_from_this()] {
    if (self->idle_) self->stream_.cancel();
    if (self->sending_live_) self->answer_timer_.cancel();
  });
}

void HttpConnection::abort() {
  asio::dispatch(executor_, [self = shared_from_this()] {
    self->stream_.end();
    self->answer_timer_.cancel();
  });
}

// A deadline that was moved while its handler was already queued must not fire: hence the second look at the clock.
void HttpConnection::arm(std::chrono::milliseconds limit) {
  deadline_.expires_after(limit);
  deadline_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self || self->deadline_.expiry() > std::chrono::steady_clock::now()) return;
    ++self->shared_->timed_out;
    self->stream_.end();
  });
}

HttpParserLimits HttpConnection::parser_limits() const {
  const auto& options = shared_->options;
  return {options.header_bytes,
          is_stranger() ? std::min(options.anonymous_body_bytes, options.body_bytes) : options.body_bytes};
}

HttpConnection::Awaitable<bool> HttpConnection::admit() {
  if (shared_->allow && !shared_->allow(peer_)) {
    ++shared_->refused_peers;
    refused_ = true;
    co_await send(error_response(403, "not-allowed", "This login may not use this service. Ask an administrator."),
                  false, false);
    co_return false;
  }
  if (!stream_.is_tls()) co_return true;
  arm(shared_->options.handshake_deadline);
  const auto error = co_await stream_.handshake();
  if (error) {
    ++shared_->failed_handshakes;
    refused_ = true;  // the alert
    co_return false;
  }
  peer_.certificate = peer_certificate(stream_.ssl());
  if (peer_.certificate) {
    shared_->doors.leave(ticket_);
    shared_->doors.give_back_handshake(door_);
    ticket_ = shared_->doors.enter_known(peer_.certificate->common_name, abort_if_there());
  }
  co_return true;
}

HttpConnection::Awaitable<bool> HttpConnection::serve_one() {
  if (unread_.empty()) {
    if (shared_->stopping || stream_.ended()) co_return false;
    std::string().swap(unread_);
    const bool short_stay = request_number_ == 0 || is_stranger();
    arm(short_stay ? shared_->options.header_deadline : shared_->options.idle_timeout);
    idle_ = true;
    const auto error = co_await stream_.wait_readable();
    idle_ = false;
    if (error || stream_.ended()) co_return false;
  }
  if (is_stranger() && !shared_->doors.may_ask(door_, std::chrono::steady_clock::now())) {
    co_await refuse_pace();
    co_return false;
  }
  HttpRequestParser parser(parser_limits());
  const bool received = co_await receive(parser);
  if (!received) co_return false;
  HttpRequest request = parser.take();
  request.peer = peer_;
  const bool head_only = request.method == "HEAD";
  const std::string path = request.path;
  HttpResponse response = co_await answer(std::move(request));
  name_instance(response, path);
  if (peer_gone_ || stream_.ended()) co_return false;
  // A live body ends with its connection.
  const std::shared_ptr<LiveBody> live = head_only ? nullptr : response.live;
  const bool keep_alive = parser.keep_alive() && !shared_->stopping && !live;
  const bool sent = co_await send(std::move(response), keep_alive, head_only);
  if (sent && live) co_await send_live(live);
  if (live) live->leave();
  co_return sent&& keep_alive;
}

// Before anything of the request is read.
HttpConnection::Awaitable<void> HttpConnection::refuse_pace() {
  ++shared_->refused_pace;
  refused_ = true;
  co_await send(error_response(429, "too-many-requests",
                               "Too many requests come from this address. Wait a minute and try again."),
                false, false);
}

HttpConnection::Awaitable<bool> HttpConnection::receive(HttpRequestParser& parser) {
  Doors::Ticket body = 0;
  const bool received = co_await receive_rest(parser, body);
  if (body != 0) shared_->doors.finish(body);
  co_return received;
}

HttpConnection::Awaitable<bool> HttpConnection::receive_rest(HttpRequestParser& parser, Doors::Ticket& body) {
  using State = HttpRequestParser::State;
  bool in_body = false;
  std::size_t slice = 0;
  arm(shared_->options.header_deadline);
  for (;;) {
    unread_.erase(0, parser.feed(unread_));
    const State state = parser.state();
    if (state == State::done) co_return true;
    if (state == State::failed) {
      ++shared_->bad_requests;
      refused_ = true;
      co_await send(parser.failure(), false, false);
      co_return false;
    }
    if (state == State::body && (!in_body || slice >= body_slice)) {
      arm(shared_->options.body_deadline);
      slice = 0;
      if (!in_body && parser.expects_continue()) {
        const auto error = co_await stream_.write_all("HTTP/1.1 100 Continue\r\n\r\n");
        if (error) co_return false;
      }
      in_body = true;
    }
    const std::size_t kept = unread_.size();
    unread_.resize(kept + read_size);
    const auto read = co_await stream_.read_some(unread_.data() + kept, read_size);
    unread_.resize(kept + read.size);
    if (read.error || read.size == 0 || stream_.ended()) co_return false;
    slice += read.size;
    if (!in_body) continue;
    shared_->doors.grow(body, peer_.certificate ? peer_.certificate->common_name : door_, read.size, abort_if_there());
  }
}

void HttpConnection::call_handler(HttpRequest request) {
  const Respond respond([mailbox = mailbox_, number = request_number_](HttpResponse response) {
    const MutexLock lock(mailbox->mutex);
    if (mailbox->connection) mailbox->connection->deliver(number, std::move(response));
  });
  try {
    ++shared_->requests;
    shared_->handler(std::move(request), respond);
  } catch (const std::exception&) {
    ++shared_->internal_errors;
    respond(internal_error());
  }
}

// Called from any thread while the mailbox is locked, which keeps the connection from ending meanwhile.
void HttpConnection::deliver(std::uint64_t request_number, HttpResponse response) {
  asio::dispatch(executor_, [weak = weak_from_this(), request_number, response = std::move(response)]() mutable {
    const auto self = weak.lock();
    if (!self || !self->awaiting_answer_ || self->request_number_ != request_number || self->answer_) return;
    self->answer_ = std::move(response);
    self->answer_timer_.cancel();
  });
}

// During a long poll nothing is read, so a client that goes away would hold its place until the answer. One pending
// wait is enough: it is left in place when the answer comes first and serves the next request as well.
void HttpConnection::watch_peer() {
  if (std::exchange(watching_, true)) return;
  stream_.on_readable([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!self) return;
    self->watching_ = false;
    if (error || !(self->awaiting_answer_ || self->sending_live_) || !self->stream_.peer_closed()) return;
    self->peer_gone_ = true;
    self->answer_timer_.cancel();
  });
}

HttpConnection::Awaitable<HttpResponse> HttpConnection::answer(HttpRequest request) {
  deadline_.cancel();
  answer_.reset();
  ++request_number_;
  awaiting_answer_ = true;
  answer_timer_.expires_after(shared_->options.answer_deadline);
  call_handler(std::move(request));
  if (!answer_ && !stream_.ended()) {
    watch_peer();
    boost::system::error_code ignored;
    co_await answer_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  awaiting_answer_ = false;
  if (!answer_ && !peer_gone_ && !stream_.ended()) {
    ++shared_->timed_out;
    answer_ = error_response(503, "timeout", "The service took too long to answer. Try again later.");
  }
  HttpResponse response = answer_ ? std::move(*answer_) : HttpResponse{};
  answer_.reset();
  co_return response;
}

HttpConnection::Awaitable<bool> HttpConnection::send(HttpResponse response, bool keep_alive, bool head_only) {
  if (!is_sendable(response)) {
    ++shared_->internal_errors;
    response = internal_error();
  }
  std::string first = response_head(response, keep_alive);
  std::string_view rest =
      head_only || !has_body(response.status) ? std::string_view{} : std::string_view(response.body);
  if (first.size() < coalesced) {
    const auto together = std::min(rest.size(), coalesced - first.size());
    first.append(rest.substr(0, together));
    rest.remove_prefix(together);
  }
  arm(shared_->options.write_deadline);
  auto error = co_await stream_.write_all(first);
  while (!error && !stream_.ended() && !rest.empty()) {
    const auto slice = rest.substr(0, write_slice);
    arm(shared_->options.write_deadline);
    error = co_await stream_.write_all(slice);
    rest.remove_prefix(slice.size());
  }
  co_return !error && !stream_.ended();
}

// Called from any thread while the mailbox is locked.
void HttpConnection::look_at_live() {
  asio::dispatch(executor_, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->sending_live_) self->answer_timer_.cancel();
  });
}

HttpConnection::Awaitable<void> HttpConnection::send_live(std::shared_ptr<LiveBody> body) {
  body->attach([mailbox = mailbox_] {
    const MutexLock lock(mailbox->mutex);
    if (mailbox->connection) mailbox->connection->look_at_live();
  });
  sending_live_ = true;
  while (!stream_.ended() && !peer_gone_ && !shared_->stopping) {
    const LiveBody::Part part = body->take();
    if (!part.text.empty()) {
      arm(shared_->options.write_deadline);
      const auto error = co_await stream_.write_all(part.text);
      if (error) break;
      continue;
    }
    if (part.last) break;
    deadline_.cancel();
    watch_peer();
    answer_timer_.expires_at(std::chrono::steady_clock::time_point::max());
    boost::system::error_code ignored;
    co_await answer_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  sending_live_ = false;
}

// Closing while the client is still sending makes the kernel reset the connection, and the client loses the answer
// that says why. So what it sends is read and dropped for a moment.
HttpConnection::Awaitable<void> HttpConnection::linger() {
  if (!stream_.ended()) stream_.finish_writing();
  if (!refused_) co_return;
  arm(is_stranger() ? stranger_linger_time : linger_time);
  co_await stream_.drain(is_stranger() ? stranger_linger_bytes : linger_bytes);
}

}  // namespace holdline::platform
