#include "platform/os/program/sole_work.hpp"

#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "sync/base/timestamp.hpp"

namespace holdline::platform {

namespace {

struct Address {
  sockaddr_un name{};
  socklen_t size = 0;

  // In the abstract namespace, where no file is made.
  explicit Address(const std::string& text) {
    name.sun_family = AF_UNIX;
    const std::size_t length = std::min(text.size(), sizeof name.sun_path - 1);
    std::memcpy(name.sun_path + 1, text.data(), length);
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + length);
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&name); }
};

std::string account_named(uid_t uid) {
  std::array<char, 16 * 1024> buffer;
  passwd account{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &account, buffer.data(), buffer.size(), &found) != 0 || !found) return std::to_string(uid);
  return account.pw_name;
}

// Empty when it cannot be known.
std::string started_at(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat"), system("/proc/stat");
  std::string text;
  std::getline(stat, text);
  const auto behind_name = text.rfind(')');
  if (behind_name == std::string::npos) return {};
  std::istringstream fields(text.substr(behind_name + 1));
  std::string field;
  constexpr int before_it = 19;  // of what follows the name; proc(5): the name is field 2, the time of the start 22
  for (int n = 0; n < before_it; ++n) fields >> field;
  std::int64_t ticks = 0, booted = 0;
  if (!(fields >> ticks)) return {};
  for (std::string name; std::getline(system, text);)
    if (std::istringstream line(text); line >> name && name == "btime") line >> booted;
  const std::int64_t per_second = ::sysconf(_SC_CLK_TCK);
  if (booted == 0 || per_second <= 0) return {};
  return sync::format_time((booted + ticks / per_second) * 1000);
}

// Whoever listens there is told by the kernel.
std::string holder_of(const Address& address) {
  const Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  ucred holder{};
  socklen_t size = sizeof holder;
  if (!fd || ::connect(fd.get(), address.get(), address.size) != 0 ||
      ::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &holder, &size) != 0)
    return "another program";
  std::string text = "process " + std::to_string(holder.pid) + " of " + account_named(holder.uid);
  if (const std::string since = started_at(holder.pid); !since.empty()) text += ", since " + since;
  return text;
}

}  // namespace

Result<SoleWork> SoleWork::begin(const std::string& name) {
  constexpr int asking = 64;  // who holds it
  const Address address(name);
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd && ::bind(fd.get(), address.get(), address.size) == 0 && ::listen(fd.get(), asking) == 0)
    return SoleWork(std::move(fd));
  if (fd && errno == EADDRINUSE) return fail(ErrorKind::retry_later, "held", holder_of(address));
  return fail(ErrorKind::stop, "io-error", std::string("Cannot hold ") + name + ": " + std::strerror(errno));
}

}  // namespace holdline::platform
