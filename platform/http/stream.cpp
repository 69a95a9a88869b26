#include "platform/http/stream.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "platform/http/socket_bio.hpp"

namespace holdline::platform {
namespace asio = boost::asio;
namespace {

Stream::ErrorCode from_errno() { return {errno, boost::system::system_category()}; }

Stream::ErrorCode make(boost::system::errc::errc_t code) { return boost::system::errc::make_error_code(code); }

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

Stream::Stream(asio::any_io_executor executor, int descriptor, int family, const TlsServerContext* tls)
    : socket_(std::move(executor), asio::generic::stream_protocol(family, 0), descriptor),
      is_local_(family == AF_UNIX) {
  if (!tls) return;
  ssl_.reset(SSL_new(tls->native()));
  BioPtr bio = make_socket_bio(descriptor);
  if (!ssl_ || !bio) throw std::bad_alloc();
  BIO* const shared = bio.release();
  SSL_set_bio(ssl_.get(), shared, shared);
  SSL_set_accept_state(ssl_.get());
}

Stream::Step Stream::after_ssl(int result, ErrorCode& error) {
  const int system_error = errno;
  const int reason = SSL_get_error(ssl_.get(), result);
  ERR_clear_error();
  switch (reason) {
    case SSL_ERROR_NONE:
      return Step::done;
    case SSL_ERROR_WANT_READ:
      return Step::want_read;
    case SSL_ERROR_WANT_WRITE:
      return Step::want_write;
    case SSL_ERROR_ZERO_RETURN:
      return Step::closed;
    case SSL_ERROR_SYSCALL:
      error = system_error ? ErrorCode(system_error, boost::system::system_category())
                           : make(boost::system::errc::connection_reset);
      return Step::failed;
    default:
      error = make(boost::system::errc::protocol_error);
      return Step::failed;
  }
}

Stream::Step Stream::try_read(char* data, std::size_t size, std::size_t& got, ErrorCode& error) {
  if (ssl_) {
    ERR_clear_error();
    return after_ssl(SSL_read_ex(ssl_.get(), data, size, &got), error);
  }
  const ssize_t n = ::recv(socket_.native_handle(), data, size, 0);
  if (n > 0) got = static_cast<std::size_t>(n);
  if (n > 0) return Step::done;
  if (n == 0) return Step::closed;
  if (would_block() || errno == EINTR) return Step::want_read;
  error = from_errno();
  return Step::failed;
}

Stream::Step Stream::try_write(std::string_view data, std::size_t& put, ErrorCode& error) {
  if (ssl_) {
    ERR_clear_error();
    return after_ssl(SSL_write_ex(ssl_.get(), data.data(), data.size(), &put), error);
  }
  const ssize_t n = ::send(socket_.native_handle(), data.data(), data.size(), MSG_NOSIGNAL);
  if (n >= 0) put = static_cast<std::size_t>(n);
  if (n >= 0) return Step::done;
  if (would_block() || errno == EINTR) return Step::want_write;
  error = from_errno();
  return Step::failed;
}

Stream::Awaitable<Stream::ErrorCode> Stream::wait_for(Step step) {
  if (ended_) co_return make(boost::system::errc::operation_canceled);
  ErrorCode error;
  const auto what = step == Step::want_write ? asio::socket_base::wait_write : asio::socket_base::wait_read;
  co_await socket_.async_wait(what, asio::redirect_error(asio::use_awaitable, error));
  co_return error;
}

Stream::Awaitable<Stream::ErrorCode> Stream::handshake() {
  ErrorCode error;
  while (ssl_) {
    ERR_clear_error();
    const Step step = after_ssl(SSL_do_handshake(ssl_.get()), error);
    if (step == Step::done) break;
    if (step == Step::closed) error = make(boost::system::errc::connection_reset);
    if (!error) error = co_await wait_for(step);
    if (error) break;
  }
  co_return error;
}

Stream::Awaitable<Stream::ReadResult> Stream::read_some(char* data, std::size_t size) {
  ReadResult result;
  for (;;) {
    const Step step = try_read(data, size, result.size, result.error);
    if (step != Step::want_read && step != Step::want_write) break;
    result.error = co_await wait_for(step);
    if (result.error) break;
  }
  co_return result;
}

Stream::Awaitable<void> Stream::drain(std::size_t limit) {
  std::string dropped(16 * 1024, '\0');
  for (std::size_t total = 0; total < limit;) {
    const ssize_t n = ::recv(socket_.native_handle(), dropped.data(), dropped.size(), 0);
    if (n > 0) {
      total += static_cast<std::size_t>(n);
      continue;
    }
    if (n == 0 || !would_block()) break;
    const ErrorCode error = co_await wait_for(Step::want_read);
    if (error) break;
  }
}

Stream::Awaitable<Stream::ErrorCode> Stream::wait_readable() {
  if (ssl_ && SSL_has_pending(ssl_.get())) co_return ErrorCode{};
  const ErrorCode error = co_await wait_for(Step::want_read);
  co_return error;
}

Stream::Awaitable<Stream::ErrorCode> Stream::write_all(std::string_view data) {
  ErrorCode error;
  while (!data.empty() && !error) {
    std::size_t put = 0;
    const Step step = try_write(data, put, error);
    if (step == Step::done) {
      data.remove_prefix(put);
    } else if (step == Step::closed) {
      error = make(boost::system::errc::broken_pipe);
    } else if (!error) {
      error = co_await wait_for(step);
    }
  }
  co_return error;
}

void Stream::finish_writing() {
  if (ssl_ && SSL_is_init_finished(ssl_.get())) {
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  ErrorCode ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

bool Stream::peer_closed() {
  char byte;
  if (!ssl_) {
    const ssize_t n = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n != 0) return n < 0 && !would_block();
    // It sends no more, and may still wait for its answer. Of a Unix socket the kernel knows whether it does.
    pollfd state{socket_.native_handle(), 0, 0};
    return is_local_ ? ::poll(&state, 1, 0) == 1 && (state.revents & (POLLHUP | POLLERR)) != 0 : true;
  }
  std::size_t got = 0;
  ErrorCode error;
  ERR_clear_error();
  const Step step = after_ssl(SSL_peek_ex(ssl_.get(), &byte, 1, &got), error);
  return step == Step::closed || step == Step::failed;
}

void Stream::cancel() {
  ErrorCode ignored;
  socket_.cancel(ignored);
}

void Stream::end() {
  ended_ = true;
  cancel();
}

void Stream::close() {
  ErrorCode ignored;
  socket_.close(ignored);
}

}  // namespace holdline::platform
