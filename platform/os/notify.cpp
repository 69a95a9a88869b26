#include "platform/os/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "platform/os/fd.hpp"

namespace holdline::platform {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

}  // namespace

ServiceNotifier ServiceNotifier::from_environment() {
  std::optional<std::chrono::microseconds> watchdog;
  const auto interval = number(environment("WATCHDOG_USEC"));
  const std::string pid = environment("WATCHDOG_PID");
  if (interval && *interval > 0 && (pid.empty() || number(pid) == ::getpid())) {
    watchdog = std::chrono::microseconds(*interval);
  }
  return ServiceNotifier(environment("NOTIFY_SOCKET"), watchdog);
}

void ServiceNotifier::status(std::string_view line) const {
  std::string message = "STATUS=";
  // A line end would begin another message.
  for (const char c : line) message.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
  send(message);
}

void ServiceNotifier::send(std::string_view message) const {
  sockaddr_un address{};
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (socket_.front() == '@') address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return;
  // A full queue must not hold the daemon up; the next message follows soon.
  static_cast<void>(::sendto(fd.get(), message.data(), message.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), length));
}

}  // namespace holdline::platform
