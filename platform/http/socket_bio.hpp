// Connects OpenSSL to a non-blocking socket it does not own. Unlike OpenSSL's own socket BIO, a write to a connection
// that the peer has reset reports an error instead of raising SIGPIPE in the process.
// Internal to platform/http.
#pragma once

#include "platform/crypto/openssl_ptr.hpp"

namespace holdline::platform {

// Null when memory ran out. The descriptor must stay open as long as the BIO is used.
BioPtr make_socket_bio(int descriptor);

}  // namespace holdline::platform
