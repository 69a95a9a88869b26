// The page an agent works in, and the local API for it, on a loopback port of their own.
//
// A browser has no uid. It signs in as at the socket, keeps the token in a cookie that no script can read, and is
// nobody more than that person: what is for root is not answered here (Access::root), and a workstation is not enrolled
// from a browser.
#pragma once

#include <cstdint>
#include <string>

#include "agent/api/local_api.hpp"
#include "platform/http/http.hpp"
#include "platform/http/server.hpp"

namespace holdline::agent {

class Console {
 public:
  // `api` outlives it. `port`: where it listens; who names another one is refused.
  Console(LocalApi& api, std::uint16_t port);

  // Called on the I/O thread; does not block. Answers as LocalApi does below /api/v1, else with a file of the page.
  void answer(platform::HttpRequest request, platform::Respond respond) const;

  // For its listener: few browsers, small requests, and the cookies of whatever else is served on this computer.
  static platform::HttpServerOptions server_options();

 private:
  void answer_api(platform::HttpRequest request, platform::Respond respond) const;

  LocalApi& api_;
  std::uint16_t port_;
  std::string cookie_;  // its name; with the port, because cookies of one host are shared by all its ports
};

}  // namespace holdline::agent
