// Listening sockets and what the kernel knows about who connected.
// Internal to platform/http.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "platform/http/http.hpp"
#include "platform/os/fd.hpp"
#include "sync/base/result.hpp"

namespace holdline::platform {

struct BoundSocket {
  Fd descriptor;           // non-blocking, close-on-exec
  int family = 0;          // AF_INET, AF_INET6 or AF_UNIX
  std::uint16_t port = 0;  // as chosen by the kernel when 0 was asked for
};

// `address` is a numeric IPv4 or IPv6 address; "::" takes both. Errors: "bad-address", "address-in-use", "permission",
// "listen-failed".
Result<BoundSocket> listen_tcp(const std::string& address, std::uint16_t port);

// A socket file with mode 0660, owned by `group` when that is not empty. A socket file nobody listens on any more is
// replaced; one that answers is not ("address-in-use"). Errors: as above, "unknown-group", "bad-address" for a path
// above 107 bytes.
Result<BoundSocket> listen_unix(const std::filesystem::path& path, const std::string& group);

// Credentials of the process that connected (SO_PEERCRED), taken when it did.
Result<Peer> unix_peer(int descriptor);

}  // namespace holdline::platform
