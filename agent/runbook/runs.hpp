// What this workstation knows of the runs of the plan: of each incident the journal, and the plans they go by. It
// follows the records, own pending ones included, like everything that is known of outages (agent/contingency).
//
// Thread-safe: refresh() on the reading thread; known() from any, and it does not wait.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/runbook/run_records.hpp"
#include "platform/os/clock.hpp"
#include "platform/os/mutex.hpp"

namespace holdline::agent {

struct KnownRun {
  contingency::Incident incident;
  contingency::Journal journal;
};

struct KnownRuns {
  std::map<sync::Id, KnownRun> runs;                                      // by incident; also those without an event
  std::map<std::string, std::shared_ptr<const contingency::Plan>> plans;  // by the beginning of their hash
  std::shared_ptr<const contingency::Plan> plan;                          // the newest, else the shipped one
  std::string plan_text;                                                  // of the newest

  // By which a run goes: the one it began with, else the newest. Null: it began with one that is not here.
  std::shared_ptr<const contingency::Plan> plan_of(const contingency::Journal& journal) const;
};

class Runs {
 public:
  using Changed = std::function<void(std::shared_ptr<const KnownRuns>)>;
  // `changed` is called on the reading thread after each refresh. `clock` outlives it.
  explicit Runs(const platform::Clock& clock, Changed changed = {});

  // Errors of the view; then what was known stays.
  Result<void> refresh(View& view, std::span<const contingency::Incident> incidents);
  // Never null.
  std::shared_ptr<const KnownRuns> known() const;

 private:
  // Read once for each text: that takes milliseconds, and it changes once in months.
  Result<void> read_plans(View& view, KnownRuns& into);

  const platform::Clock& clock_;
  const Changed changed_;
  mutable platform::Mutex mutex_;
  std::shared_ptr<const KnownRuns> known_ HOLDLINE_GUARDED_BY(mutex_);
};

}  // namespace holdline::agent
