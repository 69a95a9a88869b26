#include "sync/merge/policy.hpp"

#include <algorithm>

namespace holdline::sync {

namespace {

using Rule = PolicyDecision (*)(const Contention&);

PolicyDecision review(const Contention&) { return PolicyDecision::ask; }

PolicyDecision central(const Contention& contention) {
  return contention.from_source ? PolicyDecision::take_incoming : PolicyDecision::keep_current;
}

Bytes canonical(const std::vector<Value>& values) {
  Bytes bytes;
  ByteWriter out(bytes);
  for (const Value& value : values) encode_value(out, value);
  return bytes;
}

PolicyDecision latest(const Contention& contention) {
  if (!contention.current_at || *contention.current_at < contention.incoming_at) return PolicyDecision::take_incoming;
  if (contention.incoming_at < *contention.current_at) return PolicyDecision::keep_current;
  // One device, one millisecond: nothing says which is later, but every hub must say the same.
  return canonical(contention.current) < canonical(contention.incoming) ? PolicyDecision::take_incoming
                                                                        : PolicyDecision::keep_current;
}

const std::string no_state;

const std::string& state_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? *text : no_state;
}

// The only field of the unit: the schema lets picklists with these two policies merge alone.
const Field& picklist(const Contention& contention) {
  return contention.collection.fields[contention.unit.fields.front()];
}

PolicyDecision transition(const Contention& contention) {
  const auto& steps = picklist(contention).transitions;
  const auto from = steps.find(state_of(contention.current.front()));
  if (from == steps.end()) return PolicyDecision::ask;
  const auto& allowed = from->second;
  const bool legal = std::find(allowed.begin(), allowed.end(), state_of(contention.incoming.front())) != allowed.end();
  return legal ? PolicyDecision::take_incoming : PolicyDecision::ask;
}

PolicyDecision strictest(const Contention& contention) {
  const Field& field = picklist(contention);
  const bool stricter = strictness(field, contention.current.front()) < strictness(field, contention.incoming.front());
  return stricter ? PolicyDecision::take_incoming : PolicyDecision::keep_current;
}

// In the order of MergePolicy. Sets and lists are folded and never get here; another type under their policy has
// nothing to fold, so a person decides.
constexpr Rule rules[] = {review, latest, central, transition, strictest, review, review};

}  // namespace

std::ptrdiff_t strictness(const Field& field, const Value& value) {
  const auto at = std::find(field.options.begin(), field.options.end(), state_of(value));
  return at == field.options.end() ? -1 : at - field.options.begin();
}

PolicyDecision decide(const Contention& contention) {
  return rules[static_cast<std::size_t>(contention.unit.policy)](contention);
}

}  // namespace holdline::sync
