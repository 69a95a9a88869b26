#include "contingency/probes/health.hpp"

#include <algorithm>

namespace holdline::contingency {

namespace {

constexpr std::array target_names{"network", "hub", "hub-write", "crm", "identity", "telephony"};
constexpr std::array cause_names{"none", "my-network", "site-network", "central-service"};

// Nearest rank.
std::int64_t percentile_95(std::array<std::int64_t, 20> answers) {
  std::ranges::sort(answers);
  return answers[answers.size() * 95 / 100 - 1];
}

}  // namespace

std::string_view name_of(Target target) { return target_names[static_cast<std::size_t>(target)]; }
std::string_view name_of(Cause cause) { return cause_names[static_cast<std::size_t>(cause)]; }

std::optional<Target> target_named(std::string_view name) {
  const auto* const found = std::ranges::find(target_names, name);
  if (found == target_names.end()) return std::nullopt;
  return static_cast<Target>(found - target_names.begin());
}

void Health::take(const Probe& probe, std::int64_t now_ms) {
  Seen& seen = seen_[static_cast<std::size_t>(probe.target)];
  ++seen.probes;
  seen.last_ms = now_ms;
  seen.refused = !probe.good && probe.refused;
  if (probe.good) {
    seen.failed = 0;
    ++seen.good;
    take_answer(seen, probe.took_ms, now_ms);
  } else {
    ++seen.failed;
    seen.good = 0;
    seen.last_failure_ms = now_ms;
  }
}

void Health::take_answer(Seen& seen, std::int64_t took_ms, std::int64_t now_ms) const {
  seen.took_ms[seen.answers % seen.took_ms.size()] = took_ms;
  ++seen.answers;
  // Of fewer, one slow answer would be the percentile.
  const bool enough = seen.answers >= seen.took_ms.size();
  if (!enough || percentile_95(seen.took_ms) <= options_.slow_ms)
    seen.slow_since_ms.reset();
  else if (!seen.slow_since_ms)
    seen.slow_since_ms = now_ms;
}

bool Health::lost(Target target) const {
  return at(target).failed >= (target == Target::hub_write ? options_.write_failures : options_.failures);
}

bool Health::steady(Target target) const {
  return at(target).good >= (target == Target::hub_write ? options_.write_successes : options_.successes);
}

bool Health::slow(Target target, std::int64_t now_ms) const {
  const auto& since = at(target).slow_since_ms;
  return since && now_ms - *since >= options_.slow_for_ms;
}

bool Health::stale(Target target, std::int64_t now_ms) const {
  return !known(target) || now_ms - at(target).last_ms > options_.stale_ms;
}

Cause Health::cause(std::int64_t now_ms) const {
  if (lost(Target::network)) return Cause::my_network;
  bool trouble = false;
  for (const Target target : {Target::hub, Target::hub_write, Target::crm, Target::identity, Target::telephony})
    trouble = trouble || lost(target) || slow(target, now_ms);
  if (!trouble) return Cause::none;
  // Something beyond the site answers: the line is good, and what does not answer is down by itself.
  for (const Target target : {Target::hub, Target::crm, Target::identity, Target::telephony})
    if (answers(target) || at(target).refused) return Cause::central_service;
  const bool own_line_fails = known(Target::network) && !answers(Target::network);
  return own_line_fails ? Cause::my_network : Cause::site_network;
}

}  // namespace holdline::contingency
