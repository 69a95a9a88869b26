// Messages to systemd (sd_notify protocol): when the service is ready, what it does, that it still lives.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace holdline::platform {

// Every call does nothing when systemd did not ask for messages. Lost messages are not told: systemd acts on their
// absence. Thread-safe.
class ServiceNotifier {
 public:
  // From $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID. Read once, before threads start.
  static ServiceNotifier from_environment();
  // `socket`: a path, or '@' and a name for an abstract socket; empty: nobody listens.
  explicit ServiceNotifier(std::string socket, std::optional<std::chrono::microseconds> watchdog = {})
      : socket_(std::move(socket)), watchdog_(watchdog) {}

  void ready() const { send("READY=1"); }
  void stopping() const { send("STOPPING=1"); }
  void alive() const { send("WATCHDOG=1"); }
  // One line for `systemctl status`; without customer data.
  void status(std::string_view line) const;

  // How often alive() is expected at the latest; call it at half this time.
  std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

 private:
  void send(std::string_view message) const;

  std::string socket_;
  std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace holdline::platform
