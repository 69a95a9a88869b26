#include "platform/http/socket_bio.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

namespace holdline::platform {
namespace {

int descriptor_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

bool may_retry() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int write_socket(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = ::send(descriptor_of(bio), data, size, MSG_NOSIGNAL);
  if (n < 0 && may_retry()) BIO_set_retry_write(bio);
  *written = n > 0 ? static_cast<std::size_t>(n) : 0;
  return n > 0;
}

int read_socket(BIO* bio, char* data, std::size_t size, std::size_t* read) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = ::recv(descriptor_of(bio), data, size, 0);
  if (n < 0 && may_retry()) BIO_set_retry_read(bio);
  if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  *read = n > 0 ? static_cast<std::size_t>(n) : 0;
  return n > 0;
}

long control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
  return 0;
}

struct BioMethodFree {
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

// Immutable after its first use, like the method tables inside OpenSSL.
const BIO_METHOD* socket_method() {
  static const std::unique_ptr<BIO_METHOD, BioMethodFree> method = [] {
    std::unique_ptr<BIO_METHOD, BioMethodFree> made(
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "holdline socket"));
    if (made) {
      BIO_meth_set_write_ex(made.get(), write_socket);
      BIO_meth_set_read_ex(made.get(), read_socket);
      BIO_meth_set_ctrl(made.get(), control);
    }
    return made;
  }();
  return method.get();
}

}  // namespace

BioPtr make_socket_bio(int descriptor) {
  BioPtr bio(socket_method() ? BIO_new(socket_method()) : nullptr);
  if (bio) {
    BIO_set_data(bio.get(), reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
    BIO_set_init(bio.get(), 1);
  }
  return bio;
}

}  // namespace holdline::platform
