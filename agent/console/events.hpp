// What changes at the workstation, told to the pages that are open: one stream of server-sent events for each browser
// (docs/api.md). It tells the state and not its steps, so a page that missed some of it has lost nothing: it sees by
// the numbers that it did, and asks again for what it shows.
//
// The I/O thread only. Nothing waits for a browser: one that does not take what is written is closed.
// Internal to agent/console.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "agent/api/local_api.hpp"
#include "platform/http/live/body.hpp"

namespace holdline::agent {

class Events {
 public:
  // Both outlive it.
  Events(LocalApi& api, boost::asio::io_context& io);
  ~Events();

  // GET /events: answers with a stream that begins with the status as it is for whoever asks (Authorization), goes on
  // with each change of it, and says every two seconds that it is there. It keeps no session alive. The oldest stream
  // gives way when there are more than streams_of_one of one session, streams_of_nobody of one address where nobody is
  // signed in, or most_streams.
  void open(platform::HttpRequest request, const platform::Respond& respond);
  // Tells what has changed since the last look. Called by its timer while somebody listens.
  void look();

  static constexpr std::size_t streams_of_one = 4, streams_of_nobody = 64, most_streams = 200;

 private:
  struct Listener {
    platform::HttpRequest asked;  // who it is
    std::string owner;
    std::string person;  // as told last, and the world in which they practise
    std::shared_ptr<platform::LiveBody> body;
  };
  void make_room(const std::string& owner);
  void see();
  bool tell(Listener& listener, bool changed, bool beat);
  void arm();

  LocalApi& api_;
  boost::asio::steady_timer timer_;
  const std::string start_;        // of this daemon: its numbers begin anew with it
  std::list<Listener> listeners_;  // the oldest first
  nlohmann::json status_;          // as seen last, of nobody
  std::string compared_;           // what of it counts as a change
  std::uint64_t number_ = 0;       // of changes
  unsigned looks_ = 0;
};

}  // namespace holdline::agent
