// The page an agent works in, and the local API for it, on a port of their own: of this computer, or over TLS for seats
// that have no daemon.
//
// A browser has no uid. It signs in as at the socket and is nobody more than that person: what is for root is not
// answered here (Access::root), and a workstation is not enrolled from a browser. The token is kept in two halves, both
// of which it takes: a cookie that no script can read but that goes to every port of the computer, and storage of the
// page that no other port can read.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "agent/api/local_api.hpp"
#include "agent/console/events.hpp"
#include "agent/console/origin.hpp"
#include "platform/http/http.hpp"
#include "platform/http/server.hpp"

namespace holdline::agent {

class Console {
 public:
  // `api` and `io` outlive it. `place`: how it is reached.
  Console(LocalApi& api, boost::asio::io_context& io, ConsolePlace place);

  // Called on the I/O thread; does not block. Answers as LocalApi does below /api/v1, else with a file of the page.
  void answer(platform::HttpRequest request, platform::Respond respond);

  // Its certificate has other names from now on. On the I/O thread; the port and the kind of place stay.
  void move_to(ConsolePlace place) { place_ = std::move(place); }

  // For its listener: few browsers, small requests, and the cookies of whatever else is served on this computer.
  static platform::HttpServerOptions server_options();

 private:
  void answer_api(platform::HttpRequest request, platform::Respond respond);

  LocalApi& api_;
  ConsolePlace place_;
  const std::string cookie_;  // its name; with the port, because cookies of one host are shared by all its ports
  Events events_;
};

}  // namespace holdline::agent
