// What this workstation was told of the services, as the records it holds say it: the state of its scopes by the hub's
// probes, and how many people say that something does not work. Read from what is shown, so that a person's own report
// counts at once and colleagues' as soon as they are fed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "agent/view/view.hpp"
#include "contingency/probes/health.hpp"
#include "contingency/service/presses.hpp"
#include "contingency/states/transitions.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/mutex.hpp"

namespace holdline::agent {

// The worst of the scopes held here.
struct ServiceTold {
  contingency::ServiceState state = contingency::ServiceState::normal;
  contingency::Cause cause = contingency::Cause::none;
  std::int64_t since_ms = 0;       // wall time; 0: not known
  std::int64_t well_since_ms = 0;  // of what is normal: when the last of it became so; wall time, 0: not known
  std::string failing;             // "crm, telephony"
};

// For a supervisor to declare or to dismiss: enough different people reported within a few minutes.
struct OutageProposal {
  std::string about;  // what most of them named
  std::size_t people = 0;
  std::int64_t at_ms = 0;  // wall time of the report that completed it
};

struct Told {
  ServiceTold service;
  std::optional<OutageProposal> proposal;
};

// One report, as Presses counts it.
struct OutageReport {
  contingency::Press press;
  std::int64_t at_ms = 0;  // wall time
};
// Pure: what these reports, in any order, propose at this time. A proposal stands for PressOptions::quiet_ms.
std::optional<OutageProposal> proposal_of(std::vector<OutageReport> reports, const contingency::PressOptions& options,
                                          std::int64_t now_ms);
// Errors of reading; without these collections in the schema everything is well.
Result<Told> read_told(View& view, const contingency::PressOptions& options, std::int64_t now_ms);

// Looks every two seconds: two small collections, a tenth of a millisecond.
class ToldWatch : public std::enable_shared_from_this<ToldWatch> {
 public:
  // Runs work on the reading thread.
  using Read = std::function<void(std::function<void(View&)>)>;

  // Made as a shared pointer.
  // `options`: how many reports are a proposal, as the plan says now.
  ToldWatch(boost::asio::io_context& io, const platform::Clock& clock, Read read,
            std::function<contingency::PressOptions()> options)
      : timer_(io), clock_(clock), read_(std::move(read)), options_(std::move(options)) {}

  // On the I/O thread, or before it runs.
  void start();
  void stop();
  // Any thread.
  Told told() const;

 private:
  void look();

  boost::asio::steady_timer timer_;
  const platform::Clock& clock_;
  const Read read_;
  const std::function<contingency::PressOptions()> options_;
  bool stopped_ = false;
  mutable platform::Mutex mutex_;
  Told told_ HOLDLINE_GUARDED_BY(mutex_);
};

}  // namespace holdline::agent
