// This workstation as one of many: tells the hub of itself about once a minute, and asks it for the list of all, which
// it keeps for when the hub is away.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/steady_timer.hpp>

#include "contingency/readiness/report.hpp"
#include "platform/os/entropy.hpp"
#include "platform/os/files.hpp"
#include "platform/os/log.hpp"

namespace holdline::agent {

class FleetMember {
 public:
  struct Parts {
    boost::asio::io_context& io;
    platform::Entropy& entropy;
    platform::Logger& log;
    platform::Path file;  // where the list is kept: names of workstations and their condition, no customer data
    // What there is to tell. May wait for the disk; called where `aside` runs it.
    std::function<contingency::WorkstationReport()> report;
    // Runs work on a thread that may wait. Any thread.
    std::function<void(std::function<void()>)> aside;
    // Workstation::ask_hub.
    std::function<void(std::string_view path, std::string body, std::function<void(Result<std::string>)>)> ask;
  };
  explicit FleetMember(Parts parts);

  // Begins to tell. On the I/O thread, or before it runs.
  void start();
  // The hub answers again: tells it soon. Any thread.
  void connected();

  // From the hub, or as it told last where it is away: then `hub_wall_ms` of the list says when that was so. Any
  // thread; `then` is called on any. Errors: retry_later "hub-away" where nothing was ever told, and what the hub says.
  struct Listed {
    contingency::Fleet fleet;
    bool kept = false;  // not of now: the hub does not answer
  };
  void list(std::function<void(Result<Listed>)> then);

  // Where `aside` runs.
  contingency::WorkstationReport report() const { return parts_.report(); }

 private:
  void tell_after(std::int64_t ms);
  void keep(const std::string& list);
  Result<Listed> kept(const Error& away) const;

  Parts parts_;
  boost::asio::steady_timer timer_;  // the I/O thread only
};

}  // namespace holdline::agent
