// The link of this workstation to the hub, watched: rounds of probes with jitter, every second one with a write that
// the hub has to keep, and what the engine's own requests show. Decides when to ask and what an answer means for the
// state machine (contingency/link), which decides what is shown. No timer, thread or connection of its own.
//
// An exchange of the engine counts like a probe, at most one in the time of a round: a burst of requests says no more
// about the road than one, and a hub that is restarted in seconds is no outage.
//
// One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "agent/engine/engine.hpp"
#include "contingency/link/link.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/entropy.hpp"

namespace holdline::agent {

// A value for the status.
struct LinkShown {
  contingency::LinkStatus status;
  std::int64_t since_wall_ms = 0;  // when the state began; 0: before this daemon did
};

class LinkWatch {
 public:
  struct Events {
    std::function<void(bool write)> ask;          // the hub; then call answered() with that, once
    std::function<void()> ask_network;            // the gateway of this computer; then call probed()
    std::function<void(const LinkShown&)> shown;  // when it is another than before
    std::function<void(const contingency::LinkTransition&, contingency::Cause)> changed;  // for the log
    std::function<void()> takes_writes_again;  // after a push that failed: what waits need not wait longer
  };

  LinkWatch(contingency::ProbeOptions probes, contingency::StateOptions states, const platform::Clock& clock,
            platform::Entropy& entropy, Events events);

  // By other thresholds from now on. The link stays as it is, and what was learned so far counts no more.
  void use(contingency::ProbeOptions probes, contingency::StateOptions states);

  // Asks what is due now. Call it again at the boot time it returns.
  std::int64_t look();
  // What came of a probe: the hub's answer, or why there was none (an error of the client). `status` and `body` as HTTP
  // has them.
  struct Answer {
    bool write = false;  // as asked
    std::optional<Error> none;
    int status = 0;
    std::string body;
    std::int64_t took_ms = 0;

    // Its computer is there, and the hub does not run on it.
    bool refused() const { return none && none->code == "connection-refused"; }
  };
  void answered(const Answer& answer);
  // What came of another probe of this workstation: its own network, the CRM.
  void probed(const contingency::Probe& probe);
  void exchanged(const Exchange& exchange);

  LinkShown shown() const;
  const contingency::Health& health() const { return link_.health(); }

 private:
  void take(const contingency::LinkEvent& event);
  void take_hub(bool good, std::int64_t took_ms, bool refused = false);
  void take_write(bool good);
  void judge_write(bool good);
  void judge_refusal(const Error& error);
  bool is_new(std::optional<std::int64_t> at_ms) const;
  std::int64_t now_ms() const { return clock_.now().boot_ms; }

  contingency::ProbeOptions options_;
  const platform::Clock& clock_;
  platform::Entropy& entropy_;
  Events events_;
  contingency::Link link_;
  std::uint64_t round_ = 0;
  std::optional<std::int64_t> hub_ms_, write_ms_;  // when something was last learned of them
  bool push_failed_ = false;                       // the last one that was answered: the hub could not store it
  std::int64_t since_wall_ms_ = 0;
};

}  // namespace holdline::agent
