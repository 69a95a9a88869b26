#include "platform/os/notify.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>

#include "platform/os/fd.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform {
namespace {

class Listener {
 public:
  explicit Listener(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("bind");
  }
  std::string next() {
    std::array<char, 512> text{};
    const ssize_t got = ::recv(fd_.get(), text.data(), text.size(), 0);
    return got < 0 ? "nothing" : std::string(text.data(), static_cast<std::size_t>(got));
  }

 private:
  Fd fd_;
};

TEST(ServiceNotifier, SendsOneMessagePerCall) {
  Scratch scratch;
  Listener listener(scratch / "notify");
  const ServiceNotifier notifier(scratch / "notify");
  notifier.ready();
  EXPECT_EQ(listener.next(), "READY=1");
  notifier.alive();
  EXPECT_EQ(listener.next(), "WATCHDOG=1");
  notifier.stopping();
  EXPECT_EQ(listener.next(), "STOPPING=1");
}

TEST(ServiceNotifier, KeepsAStatusOnOneLine) {
  Scratch scratch;
  Listener listener(scratch / "notify");
  ServiceNotifier(scratch / "notify").status("31 unsynced\nREADY=1");
  EXPECT_EQ(listener.next(), "STATUS=31 unsynced READY=1");
}

TEST(ServiceNotifier, DoesNothingWhenNobodyListens) {
  ServiceNotifier("").ready();
  ServiceNotifier("/nonexistent/notify").ready();
  ServiceNotifier(std::string(500, 'x')).ready();
}

TEST(ServiceNotifier, TakesTheWatchdogOnlyWhenItIsMeantForThisProcess) {
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(ServiceNotifier::from_environment().watchdog(), std::chrono::seconds(30));
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(ServiceNotifier::from_environment().watchdog());
  ::unsetenv("WATCHDOG_USEC");
  ::unsetenv("WATCHDOG_PID");
}

}  // namespace
}  // namespace holdline::platform
