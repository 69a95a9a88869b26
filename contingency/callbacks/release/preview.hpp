// What a release would hand out, counted before anything is handed out; and whether the floor can keep what was
// promised. Pure; Unix milliseconds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contingency/callbacks/calling/screen.hpp"
#include "contingency/callbacks/order.hpp"

namespace holdline::contingency {

// Which cases a batch is about. Empty lists: all.
struct ReleaseFilter {
  std::string scope = {};  // it and those below it
  std::vector<std::string> reasons = {}, zones = {}, languages = {};
  PurposeSet purposes = every_purpose;
};
bool fits(const ReleaseFilter& filter, const CallbackCase& of, const Whereabouts& where);

// One case of the list, in its place.
struct ListedCase {
  const CallbackCase* of = nullptr;
  Screening screening;
};

// In order, each screened. Pointers are those of `cases`, until its next settle().
std::vector<ListedCase> list_cases(const Cases& cases, const CallRules& rules, CallingWindows& windows,
                                   std::int64_t now_ms, const OrderOptions& order = {});

// Workstations that have not told everything since they were last without the hub.
struct ListCoverage {
  std::vector<std::string> outstanding;  // their names
  std::uint64_t may_be_missing = 0;      // requests, by what they said they had, else by what others took
};

struct Floor {
  std::uint32_t agents = 1, calls_an_hour = 6;  // of each agent
};

// A promise that cannot be kept at this pace.
struct BreakingPromise {
  sync::Id of;                   // a case
  std::int64_t promised_ms = 0;  // until when
  std::int64_t expected_ms = 0;  // when they would be called
};

struct Preview {
  std::size_t cases = 0, requests = 0;
  std::size_t now = 0, scheduled = 0, blocked = 0;  // together: cases
  std::map<std::string, std::size_t> by_reason, by_zone, by_language, by_why;
  std::int64_t finish_ms = 0;  // when the last that may be called would have been
  std::uint64_t an_hour = 0;   // calls of the floor together
  std::vector<BreakingPromise> breaking = {};
};
// `per_minute`: the pace of the batch; the slower of it and the floor counts.
Preview preview(const std::vector<ListedCase>& listed, const ReleaseFilter& filter, const Floor& floor,
                std::uint32_t per_minute, std::int64_t now_ms);

}  // namespace holdline::contingency
