// Everything that this workstation probes, at work: the hub, its own network, and the systems that its settings name.
// What they show goes to the link (agent/link/link_watch.hpp), and to whoever judges the services.
//
// Threads: probes belong to the I/O thread; what the engine tells and what is shown are for any.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/steady_timer.hpp>

#include "agent/link/link_watch.hpp"
#include "agent/link/options.hpp"
#include "contingency/probes/joined.hpp"
#include "platform/http/client.hpp"
#include "platform/os/log.hpp"
#include "platform/os/mutex.hpp"
#include "platform/probe/own_network.hpp"
#include "platform/probe/rounds.hpp"

namespace holdline::agent {

class DeskProbes : public std::enable_shared_from_this<DeskProbes> {
 public:
  struct Parts {
    boost::asio::io_context& io;
    const platform::Clock& clock;
    platform::Entropy& entropy;
    platform::Logger& log;
  };
  // Called on the I/O thread.
  struct Roads {
    // Asks the hub's sync::path::probe with this body; `then` is called there too, or dropped.
    std::function<void(std::string body, std::chrono::milliseconds timeout, platform::HttpClient::Callback then)> hub;
    std::function<void()> sync_now;                            // the hub takes writes again
    std::function<void(const contingency::LinkStatus&)> link;  // as it stands now
    std::function<void(const contingency::Probe&)> service;    // what was probed of a service, also of the hub
    std::function<void()> time_passed;                         // every few seconds
  };

  // Made as a shared pointer. `credentials_directory` as platform::ProbeRounds has it.
  DeskProbes(Parts parts, LinkConfig config, Roads roads);

  // Begins. On the I/O thread, or before it runs.
  void start(std::vector<platform::ProbeSettings> probes, const std::string& credentials_directory);
  // Ends: nothing is asked or told any more. Likewise.
  void stop();
  // By the thresholds of another plan from now on. Any thread.
  void use(const contingency::ProbeOptions& probes, const contingency::StateOptions& states);
  // What became of a request of the engine. Any thread.
  void exchanged(const Exchange& exchange);
  // Any thread.
  LinkShown shown() const;

 private:
  LinkWatch::Events events();
  void look();
  void ask_hub(bool write);
  void ask_network();
  void told(const platform::ProbeSettings& settings, const platform::ProbeOutcome& outcome);
  void take(const contingency::Probe& probe);

  Parts parts_;
  Roads roads_;
  const LinkConfig config_;
  LinkWatch watch_;  // the I/O thread only, like what follows
  std::chrono::milliseconds probe_timeout_{contingency::ProbeOptions{}.timeout_ms};
  boost::asio::steady_timer timer_;
  std::optional<platform::OwnNetwork> network_;
  std::optional<platform::ProbeRounds> rounds_;
  std::map<std::string, bool> was_good_;  // by the probe's name
  contingency::JoinedProbes joined_;
  mutable platform::Mutex mutex_;
  LinkShown shown_ HOLDLINE_GUARDED_BY(mutex_);
};

}  // namespace holdline::agent
