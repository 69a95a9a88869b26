#include "platform/http/listen_socket.hpp"

#include <arpa/inet.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace holdline::platform {
namespace {

constexpr int backlog = 4096;  // a whole fleet may return in one second; the kernel caps it at somaxconn

tl::unexpected<Error> listen_failure(const std::string& where) {
  const int reason = errno;
  if (reason == EADDRINUSE)
    return fail(ErrorKind::ask_person, "address-in-use", where + " is already in use. Is the service running twice?");
  if (reason == EACCES || reason == EPERM)
    return fail(ErrorKind::ask_person, "permission", "No permission to listen on " + where + ".");
  return fail(ErrorKind::ask_person, "listen-failed", "Cannot listen on " + where + ": " + std::strerror(reason) + ".");
}

Fd new_socket(int family) { return Fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)); }

void set_option(int descriptor, int level, int option, int value) {
  ::setsockopt(descriptor, level, option, &value, sizeof value);
}

Result<gid_t> find_group(const std::string& name) {
  std::vector<char> buffer(16 * 1024);
  group entry{};
  group* found = nullptr;
  if (::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || !found)
    return fail(ErrorKind::ask_person, "unknown-group",
                "The group " + name + " does not exist. Create it or change the configuration.");
  return found->gr_gid;
}

bool somebody_listens(const sockaddr_un& address) {
  const Fd probe = new_socket(AF_UNIX);
  // A full backlog answers EAGAIN: somebody owns it too.
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EAGAIN;
}

}  // namespace

Result<BoundSocket> listen_tcp(const std::string& address, std::uint16_t port) {
  const std::string where = address + " port " + std::to_string(port);
  sockaddr_storage storage{};
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  BoundSocket bound;
  socklen_t size = 0;
  if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    bound.family = v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    size = sizeof *v4;
  } else if (::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    bound.family = v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    size = sizeof *v6;
  } else {
    return fail(ErrorKind::ask_person, "bad-address",
                "The listening address must be a numeric IP address, not " + address + ".");
  }
  bound.descriptor = new_socket(bound.family);
  const int fd = bound.descriptor.get();
  // A restart must not wait for connections in TIME_WAIT. Accepted sockets inherit the other options.
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (bound.family == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&storage), size) != 0 || ::listen(fd, backlog) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
    return listen_failure(where);
  bound.port = ntohs(bound.family == AF_INET ? v4->sin_port : v6->sin6_port);
  return bound;
}

Result<BoundSocket> listen_unix(const std::filesystem::path& path, const std::string& group_name) {
  const std::string where = path.string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (where.empty() || where.size() >= sizeof address.sun_path)
    return fail(ErrorKind::ask_person, "bad-address", "The path of a Unix socket has at most 107 bytes: " + where);
  std::memcpy(address.sun_path, where.c_str(), where.size());
  auto owner = static_cast<gid_t>(-1);
  if (!group_name.empty()) {
    HOLDLINE_ASSIGN(owner, find_group(group_name));
  }
  struct stat status {};
  if (::lstat(where.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) {
    if (somebody_listens(address)) return errno = EADDRINUSE, listen_failure(where);
    if (::unlink(where.c_str()) != 0 && errno != ENOENT) return listen_failure(where);
  }
  BoundSocket bound{new_socket(AF_UNIX), AF_UNIX, 0};
  const int fd = bound.descriptor.get();
  // Nobody can connect before listen(), so mode and group are in place before the first connection.
  if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chown(where.c_str(), static_cast<uid_t>(-1), owner) != 0 || ::chmod(where.c_str(), 0660) != 0 ||
      ::listen(fd, backlog) != 0)
    return listen_failure(where);
  return bound;
}

Result<Peer> unix_peer(int descriptor) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return fail(ErrorKind::stop, "no-credentials",
                std::string("The peer of a Unix socket is unknown: ") + std::strerror(errno));
  Peer peer;
  peer.kind = Peer::Kind::unix_socket;
  peer.uid = credentials.uid;
  peer.gid = credentials.gid;
  peer.pid = credentials.pid;
  return peer;
}

}  // namespace holdline::platform
