// What people, and the machine in their place, decided about cases: data beside the requests, never a change of them.
// Which cases there are follows from requests and decisions together, whatever order they became known in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "contingency/incident/incident.hpp"
#include "sync/base/id.hpp"

namespace holdline::contingency {

struct CaseDecision {
  enum class Kind : std::uint8_t {
    together,  // `requests` and `others` are one matter
    apart,     // `requests` are another matter than `others`
    settled,   // the customer rang in, or it was done otherwise; `by.reason` is the evidence
    covered,   // a request that came in after the call was answered by that call
    first,     // called before everything else; `by.reason` says why
    promised,  // another time was promised for `requests`; `by.reason` says why the first one could not be kept
  };
  sync::Id id;
  Kind kind = Kind::together;
  std::vector<sync::Id> requests, others = {};  // each stands for itself; the case it is in now is the one meant
  std::int64_t promise_start_ms = 0, promise_end_ms = 0;  // promised: the window
  Signature by;
};
std::string_view name_of(CaseDecision::Kind kind);

// The order in which decisions are applied: by time, and for one time by id.
inline bool decided_before(const CaseDecision& a, const CaseDecision& b) {
  return std::tie(a.by.at_ms, a.id) < std::tie(b.by.at_ms, b.id);
}

// One call, or a try. Which requests it was about is kept, so that one that comes in later is told from those.
struct CallAttempt {
  sync::Id id = {};
  std::vector<sync::Id> requests = {};
  std::uint64_t fence = 0;
  std::string number = {};
  std::string agent = {}, station = {};
  std::int64_t started_ms = 0, ended_ms = 0;
  std::string outcome = {};  // of contingency/callbacks/outcome.hpp
  std::string notes = {};
  std::int64_t next_ms = 0;  // rescheduled: when they want the call
  bool late = false;         // told under a fence that was over by then
};

}  // namespace holdline::contingency
