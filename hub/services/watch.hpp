// The hub's probes at work: asks what its settings and the plan in force name, lets the machines of the scopes judge
// it, and keeps what they say as records, so that every workstation shows it. Without a probe in the settings it only
// ends what an earlier run told.
//
// Threads: belongs to the one that runs its io_context; records are written on the ledger's.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "hub/intake/ledger_thread.hpp"
#include "hub/services/services.hpp"
#include "platform/os/log.hpp"
#include "platform/probe/rounds.hpp"
#include "sync/base/hash.hpp"

namespace holdline::hub {

class ServiceWatch : public std::enable_shared_from_this<ServiceWatch> {
 public:
  struct Parts {
    boost::asio::io_context& io;
    Ledger& ledger;
    LedgerThread& thread;  // outlives what is asked of it
    const platform::Clock& clock;
    platform::Entropy& entropy;
    platform::Logger& log;
  };

  // Made as a shared pointer.
  ServiceWatch(Parts parts, std::vector<platform::ProbeSettings> probes);

  // On the I/O thread, or before it runs.
  void start();
  // The plan may be another one: from now on what it names is probed, by its thresholds. Any thread.
  void look_at_plan();
  // Nothing is asked or written any more. On the I/O thread.
  void stop();

 private:
  void look();
  void use(const std::string& plan_text);
  void probe();
  void find_scopes();
  bool is_probed(const std::string& scope) const;
  void probed(const platform::ProbeSettings& settings, const platform::ProbeOutcome& outcome);
  void keep(const ServiceChange& change);
  void kept(const ServiceChange& change, const Result<void>& outcome);
  void declare(const ServiceChange& failing);
  Services::Moment now() const;

  Parts parts_;
  const std::vector<platform::ProbeSettings> own_;  // of the hub's settings
  std::vector<platform::ProbeSettings> probes_;     // and of the plan
  sync::Hash plan_;                                 // the one that is used
  Services services_;
  boost::asio::steady_timer timer_;
  std::optional<platform::ProbeRounds> rounds_;
  std::optional<std::uint64_t> directory_;        // the version for which the scopes are known
  bool keeping_ = false;                          // one is being written
  std::map<std::string, std::int64_t> declared_;  // of each scope: the beginning of the failing that was declared last
};

}  // namespace holdline::hub
