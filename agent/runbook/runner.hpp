// The runs that this workstation holds, at work: takes those that are its to take, moves each on with its journal, its
// incident and time (contingency/runbook/holder.hpp), keeps what is told, and performs what follows once that is
// durable. Where the plan says how, it looks from time to time whether what was switched still is, and has it done
// once more when a system has forgotten it.
//
// The I/O thread only.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "agent/runbook/performer.hpp"
#include "agent/runbook/runs.hpp"
#include "contingency/runbook/holder.hpp"
#include "platform/os/log.hpp"

namespace holdline::agent {

class Runner : public std::enable_shared_from_this<Runner> {
 public:
  struct Parts {
    boost::asio::io_context& io;
    const platform::Clock& clock;
    platform::Entropy& entropy;
    platform::Logger& log;
  };
  // Keeps events of a run durably, in their order; `then` is called on the I/O thread, or dropped.
  using Keep = std::function<void(const contingency::Incident& incident, std::vector<contingency::JournalEntry> entries,
                                  std::function<void(Result<void>)> then)>;
  // As what it claims runs.
  struct Own {
    std::string station;
    sync::Id device;
  };

  // Made as a shared pointer. `own` is asked before each claim.
  Runner(Parts parts, RunbookConfig config, std::string credentials_directory, std::function<Own()> own, Keep keep);
  // Nothing is performed or kept any more. Likewise on the I/O thread, or when it does not run.
  void stop();

  // What is known now. Also when nothing of it has changed.
  void know(std::shared_ptr<const KnownRuns> known);
  // Of every action of a plan whether it could be performed, in its order; performs nothing. `then` on the I/O thread.
  struct Rehearsed {
    std::string action;
    bool undo = false, good = false;
    std::string said;
  };
  void rehearse(std::shared_ptr<const contingency::Plan> plan, Words words,
                std::function<void(std::vector<Rehearsed>)> then);

 private:
  struct Held {
    explicit Held(contingency::Holder holder_) : holder(std::move(holder_)) {}
    contingency::Holder holder;
    std::deque<contingency::Holder::Step> steps;  // not kept yet, oldest first
    bool keeping = false;
    std::set<std::string> keys;                 // performed now
    std::map<std::string, std::int64_t> looks;  // by action: boot time of the next look
  };

  void follow(const sync::Id& id, const KnownRun& run);
  void claim(const sync::Id& id, const KnownRun& run);
  void take(const sync::Id& id, contingency::Holder::Step step);
  void keep_next(const sync::Id& id);
  void act(const sync::Id& id, const contingency::RunActions& actions);
  void perform(const sync::Id& id, const contingency::action::Perform& what);
  void look_where_due(const sync::Id& id);
  void looked(const sync::Id& id, const std::string& action, std::uint32_t round, std::optional<bool> switched);
  void drop(const sync::Id& id);
  void arm();
  contingency::Moment now() const;
  const KnownRun* known(const sync::Id& id) const;

  Parts parts_;
  const RunbookConfig config_;
  const std::function<Own()> own_;
  const Keep keep_;
  Performer performer_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<const KnownRuns> known_;
  std::map<sync::Id, std::int64_t> known_since_;  // boot time
  std::map<sync::Id, Held> held_;
  bool stopped_ = false;
};

// What stands for {incident}, {scope} and {reason} in the plan's actions; {action} is set for each.
Words words_of(const contingency::Incident& incident);

}  // namespace holdline::agent
