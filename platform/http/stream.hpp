// One accepted connection as bytes: a socket, or TLS over it.
//
// TLS runs on the socket itself instead of through asio::ssl::stream, whose own buffers (4 x 17 KiB) would stay with
// every idle connection. One type for all listeners also means that the server's coroutines are compiled once.
//
// All calls on the connection's executor. A wait ends early with operation_aborted after cancel() or end().
// Internal to platform/http.
#pragma once

#include <cstddef>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>

#include "platform/crypto/openssl_ptr.hpp"
#include "platform/http/tls.hpp"

namespace holdline::platform {

class Stream {
 public:
  using ErrorCode = boost::system::error_code;
  template <class T>
  using Awaitable = boost::asio::awaitable<T>;
  struct ReadResult {
    std::size_t size = 0;  // 0 without error: the peer has closed
    ErrorCode error;
  };

  // Takes over the connected, non-blocking socket `descriptor`. `tls` null: plain bytes.
  Stream(boost::asio::any_io_executor executor, int descriptor, int family, const TlsServerContext* tls);

  // Server side of the TLS handshake; nothing to do for plain connections. On failure the alert has been sent.
  Awaitable<ErrorCode> handshake();
  // At least one byte, as much as is there.
  Awaitable<ReadResult> read_some(char* data, std::size_t size);
  // Receives and drops what the peer still sends, below TLS (which may have failed), until it closes, `limit` bytes
  // came or the wait is cancelled.
  Awaitable<void> drain(std::size_t limit);
  // Returns once something may be read, holding no buffer meanwhile.
  Awaitable<ErrorCode> wait_readable();
  Awaitable<ErrorCode> write_all(std::string_view data);
  // Says that nothing follows (close_notify and FIN).
  void finish_writing();

  // True when the peer has closed; never blocks, takes no request bytes. A local peer that only sends no more has not.
  bool peer_closed();
  // Calls `ready` once when there is something to read or the peer closed, or after cancel().
  template <class Ready>
  void on_readable(Ready ready) {
    socket_.async_wait(boost::asio::socket_base::wait_read, std::move(ready));
  }

  // Ends the waits in progress; the stream stays usable.
  void cancel();
  // Ends the waits in progress and refuses later ones.
  void end();
  bool ended() const { return ended_; }
  // Closes at once; what was not sent may be lost.
  void close();

  bool is_tls() const { return ssl_ != nullptr; }
  const ssl_st* ssl() const { return ssl_.get(); }

 private:
  enum class Step { done, closed, want_read, want_write, failed };
  Step after_ssl(int result, ErrorCode& error);
  Step try_read(char* data, std::size_t size, std::size_t& got, ErrorCode& error);
  Step try_write(std::string_view data, std::size_t& put, ErrorCode& error);
  Awaitable<ErrorCode> wait_for(Step step);

  boost::asio::generic::stream_protocol::socket socket_;
  SslPtr ssl_;
  const bool is_local_;
  bool ended_ = false;
};

}  // namespace holdline::platform
