// The console as the daemon serves it: listens as the settings say, and goes on with the next certificate when its file
// has changed. Where it cannot be served the workstation goes on without it: what is saved and sent matters more.
//
// The I/O thread, or before it runs.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "agent/api/local_api.hpp"
#include "agent/config.hpp"
#include "agent/console/console.hpp"
#include "platform/http/server.hpp"
#include "platform/os/log.hpp"

namespace holdline::agent {

class ConsolePage {
 public:
  // All of them outlive it.
  ConsolePage(boost::asio::io_context& io, const ConsoleConfig& config, LocalApi& api, platform::Logger& log);

  // Listens; does nothing when the settings turn the page off. What is wrong stands in the status until a later look
  // finds it mended.
  void open();
  // Whether certificate or port have changed. By itself every minute; at once when somebody says so (SIGHUP).
  void look();

 private:
  Result<void> listen();
  Result<void> take_new_certificate();
  void again_later();

  boost::asio::io_context& io_;
  const ConsoleConfig config_;
  LocalApi& api_;
  platform::Logger& log_;
  boost::asio::steady_timer timer_;
  std::string certificate_;  // as it is presented: the text of its file
  std::unique_ptr<Console> console_;
  std::optional<platform::HttpServer> server_;
};

}  // namespace holdline::agent
