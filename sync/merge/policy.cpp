#include "sync/merge/policy.hpp"

#include <algorithm>

namespace holdline::sync {

namespace {

using Rule = Verdict (*)(const Contest&);

Verdict review(const Contest&) { return Verdict::ask; }

Verdict central(const Contest&) { return Verdict::stay; }

Bytes canonical(const std::vector<Value>& values) {
  Bytes bytes;
  ByteWriter out(bytes);
  for (const Value& value : values) encode_value(out, value);
  return bytes;
}

Verdict latest(const Contest& contest) {
  if (!contest.current_at || *contest.current_at < contest.incoming_at) return Verdict::give_way;
  if (contest.incoming_at < *contest.current_at) return Verdict::stay;
  // One device, one millisecond: nothing says which is later, but every hub must say the same.
  return canonical(contest.current) < canonical(contest.incoming) ? Verdict::give_way : Verdict::stay;
}

const std::string no_state;

const std::string& state_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? *text : no_state;
}

// The only field of the unit: the schema lets picklists with these two policies merge alone.
const Field& picklist(const Contest& contest) { return contest.collection.fields[contest.unit.fields.front()]; }

Verdict transition(const Contest& contest) {
  const auto& steps = picklist(contest).transitions;
  const auto from = steps.find(state_of(contest.current.front()));
  if (from == steps.end()) return Verdict::ask;
  const auto& allowed = from->second;
  const bool legal = std::find(allowed.begin(), allowed.end(), state_of(contest.incoming.front())) != allowed.end();
  return legal ? Verdict::give_way : Verdict::ask;
}

Verdict strictest(const Contest& contest) {
  const Field& field = picklist(contest);
  const bool stricter = strictness(field, contest.current.front()) < strictness(field, contest.incoming.front());
  return stricter ? Verdict::give_way : Verdict::stay;
}

// In the order of MergePolicy. Sets and lists are folded and never get here; another type under their policy has
// nothing to fold, so a person decides.
constexpr Rule rules[] = {review, latest, central, transition, strictest, review, review};

}  // namespace

std::ptrdiff_t strictness(const Field& field, const Value& value) {
  const auto at = std::find(field.options.begin(), field.options.end(), state_of(value));
  return at == field.options.end() ? -1 : at - field.options.begin();
}

Verdict decide(const Contest& contest) { return rules[static_cast<std::size_t>(contest.unit.policy)](contest); }

}  // namespace holdline::sync
