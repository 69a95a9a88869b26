#include "contingency/callbacks/release/preview.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "contingency/incident/incidents.hpp"

namespace holdline::contingency {

namespace {

constexpr double preview_hour_ms = 3'600'000, preview_minute_ms = 60'000;

bool names(const std::vector<std::string>& wanted, const std::vector<std::string>& has) {
  return wanted.empty() || std::ranges::any_of(has, [&](const std::string& one) {
           return std::ranges::find(wanted, one) != wanted.end();
         });
}

void count(std::map<std::string, std::size_t>& into, const std::vector<std::string>& texts, const char* none) {
  for (const std::string& text : texts) ++into[text];
  if (texts.empty()) ++into[none];
}

std::string zone_text(const Whereabouts& where) {
  if (where.zones.empty()) return "unknown";
  if (where.zones.size() == 1) return where.zones.front();
  return where.countries.front() + ", one of " + std::to_string(where.zones.size()) + " zones";
}

// One call after another at this pace, no sooner than each may be made: in the order of now, but that a promise which
// comes near in the meantime goes before what nobody is waiting for by a certain time.
class LookAhead {
 public:
  LookAhead(const std::vector<const ListedCase*>& callable, std::int64_t now_ms)
      : callable_(callable), now_ms_(now_ms) {
    for (std::size_t n = 0; n < callable.size(); ++n) {
      later_.emplace(*callable[n]->screening.ready_ms, n);
      waits_.push_back(place_of(*callable[n]->of, now_ms, order_).band == Band::others);
    }
  }

  void run(double apart_ms, Preview& into) {
    auto free_ms = static_cast<double>(now_ms_);
    into.finish_ms = now_ms_;
    while (!later_.empty() || !ready_.empty() || !near_.empty()) {
      // Who may only be called later does not keep the others waiting.
      if (ready_.empty() && near_.empty()) free_ms = std::max(free_ms, static_cast<double>(later_.begin()->first));
      const auto at_ms = static_cast<std::int64_t>(free_ms);
      pass_time(at_ms);
      const CallbackCase& of = *callable_[next()]->of;
      free_ms += apart_ms;
      into.finish_ms = static_cast<std::int64_t>(free_ms);
      if (of.promise_end_ms != 0 && at_ms > of.promise_end_ms)
        into.breaking.push_back({of.id, of.promise_end_ms, at_ms});
    }
  }

 private:
  using At = std::pair<std::int64_t, std::size_t>;

  void pass_time(std::int64_t at_ms) {
    for (; !later_.empty() && later_.begin()->first <= at_ms; later_.erase(later_.begin())) {
      const std::size_t n = later_.begin()->second;
      ready_.insert(n);
      const CallbackCase& of = *callable_[n]->of;
      if (waits_[n] && of.promise_end_ms != 0) coming_near_.emplace(of.promise_end_ms - order_.near_ms, n);
    }
    for (; !coming_near_.empty() && coming_near_.begin()->first <= at_ms; coming_near_.erase(coming_near_.begin())) {
      const std::size_t n = coming_near_.begin()->second;
      if (ready_.erase(n) != 0) near_.emplace(callable_[n]->of->promise_end_ms, n);
    }
  }

  std::size_t next() {
    const bool first = !ready_.empty() && (near_.empty() || !waits_[*ready_.begin()]);
    const std::size_t n = first ? *ready_.begin() : near_.begin()->second;
    if (first)
      ready_.erase(ready_.begin());
    else
      near_.erase(near_.begin());
    return n;
  }

  const std::vector<const ListedCase*>& callable_;  // in their order
  const std::int64_t now_ms_;
  const OrderOptions order_ = {};
  std::vector<bool> waits_;  // nobody is waiting for it by a certain time yet
  std::set<At> later_;       // by when they may be called
  std::set<std::size_t> ready_;
  std::set<At> coming_near_;  // of these: by when their promise is near
  std::set<At> near_;         // by the end of the promise
};

}  // namespace

bool fits(const ReleaseFilter& filter, const CallbackCase& of, const Whereabouts& where) {
  return (filter.scope.empty() || scope_holds(filter.scope, of.scope)) && names(filter.reasons, of.reasons) &&
         names(filter.zones, where.zones) && names(filter.languages, of.languages) &&
         (filter.purposes & of.purposes) != 0;
}

std::vector<ListedCase> list_cases(const Cases& cases, const CallRules& rules, CallingWindows& windows,
                                   std::int64_t now_ms, const OrderOptions& order) {
  std::vector<ListedCase> listed;
  for (const CallbackCase* of : in_order(cases, now_ms, order))
    listed.push_back({of, screen(*of, cases, rules, windows, now_ms)});
  return listed;
}

Preview preview(const std::vector<ListedCase>& listed, const ReleaseFilter& filter, const Floor& floor,
                std::uint32_t per_minute, std::int64_t now_ms) {
  Preview told;
  std::vector<const ListedCase*> callable;
  for (const ListedCase& one : listed) {
    if (!fits(filter, *one.of, one.screening.where)) continue;
    ++told.cases;
    told.requests += one.of->requests.size();
    count(told.by_reason, one.of->reasons, "none");
    count(told.by_language, one.of->languages, "any");
    ++told.by_zone[zone_text(one.screening.where)];
    for (const Block& block : one.screening.blocks) ++told.by_why[std::string(name_of(block.why))];
    if (one.screening.now())
      ++told.now;
    else
      ++(one.screening.ready_ms ? told.scheduled : told.blocked);
    if (one.screening.ready_ms) callable.push_back(&one);
  }
  told.an_hour = std::uint64_t{floor.agents} * floor.calls_an_hour;
  double apart_ms = preview_hour_ms / std::max<std::uint32_t>(1, floor.agents * floor.calls_an_hour);
  if (per_minute != 0) apart_ms = std::max(apart_ms, preview_minute_ms / per_minute);
  LookAhead(callable, now_ms).run(apart_ms, told);
  return told;
}

}  // namespace holdline::contingency
