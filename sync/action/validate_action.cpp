// A whole action: its header, what it decides and accepts, and each of its ops.
#include <algorithm>
#include <iterator>

#include "sync/action/checks.hpp"
#include "sync/action/validate.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::sync {

namespace {

void check_header(const Schema& schema, const ActionHeader& header, std::vector<Finding>& findings) {
  if (header.schema != schema.version())
    findings.push_back({"", "unknown-schema", "The action was written in another version of the schema."});
  if (header.number == 0) findings.push_back({"", "no-number", "The action has no number; numbers begin at 1."});
  if (header.event_ms < first_time_ms || header.event_ms > last_time_ms)
    findings.push_back({"", "out-of-range", "The time of the event must be in the years 1 to 9999."});
  if (header.depends_on.size() > limits::dependencies_per_action)
    findings.push_back({"", "too-many-dependencies", "The action names too many earlier ones."});
  for (std::size_t i = 0; i < header.depends_on.size(); ++i) {
    const ActionRef& ref = header.depends_on[i];
    const bool earlier =
        ref.number != 0 && ref.lane < lane_count && (ref.lane != header.lane || ref.number < header.number);
    if (!earlier || (i > 0 && ref <= header.depends_on[i - 1])) {
      findings.push_back({"", "wrong-dependencies", "The action may name only earlier actions, ascending, each once."});
      break;
    }
  }
}

// Whoever may give a new record any id that is computed from a key takes the place of the record that the key belongs
// to, and what is imported later goes into it.
void check_own_id(const Schema& schema, const Op& op, std::vector<Finding>& findings) {
  const Collection* collection = schema.collection(op.record.collection);
  if (collection != nullptr && op.kind == OpKind::create && op.record.id.is_natural() && !collection->natural_key)
    findings.push_back({"", "wrong-id", "The new record bears an id that is computed from a key it does not have."});
}

void check_reason(const std::string& reason, const char* missing, std::vector<Finding>& findings) {
  if (is_blank(reason)) findings.push_back({"reason", "required", missing});
  if (!is_utf8(reason) || has_control_character(reason))
    findings.push_back({"reason", "not-text", "The reason must be plain text."});
  else if (holds_card_number(reason))
    findings.push_back({"reason", "card-number", "The reason seems to hold a payment card number; take it out."});
}

void check_acceptance(const Acceptance& accepted, std::vector<Finding>& findings) {
  const auto is_code = [](std::string_view hint) {
    return !hint.empty() && std::ranges::all_of(hint, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
  };
  if (accepted.hints.empty() || !std::ranges::all_of(accepted.hints, is_code))
    findings.push_back({"", "wrong-hints", "What is accepted must be named by the codes of the questions."});
  check_reason(accepted.reason, "Say why this is meant as it stands.", findings);
}

void check_decision(const Action& action, std::vector<Finding>& findings) {
  const ActionHeader& header = action.header;
  const Decision& decision = *header.decision;
  const bool earlier = std::ranges::all_of(decision.on, [&](const ActionRef& ref) {
    return ref.number != 0 && ref.lane < lane_count && (ref.lane != header.lane || ref.number < header.number);
  });
  if (!earlier) findings.push_back({"", "wrong-decision", "A decision may name only earlier actions."});
  const bool discards = decision.kind == Decision::Kind::discard;
  if (discards && !action.ops.empty())
    findings.push_back({"", "unexpected-ops", "What gives up other actions may do nothing else."});
  if (discards || !decision.reason.empty()) check_reason(decision.reason, "Say why this is given up.", findings);
}

}  // namespace

std::vector<Finding> validate(const Schema& schema, const Action& action) {
  std::vector<Finding> findings;
  check_header(schema, action.header, findings);
  const auto& decision = action.header.decision;
  if (decision) check_decision(action, findings);
  if (action.header.acceptance) check_acceptance(*action.header.acceptance, findings);
  if (action.ops.empty() && !(decision && decision->kind == Decision::Kind::discard))
    findings.push_back({"", "no-ops", "The action does nothing."});
  if (action.ops.size() > limits::ops_per_action) {
    findings.push_back(
        {"", "too-many-ops", "An action may have at most " + std::to_string(limits::ops_per_action) + " operations."});
    return findings;
  }
  Lane most_urgent = lane_count;
  bool one_tenant = true;
  for (const Op& op : action.ops) {
    check_own_id(schema, op, findings);
    std::ranges::move(validate(schema, op, &action.header), std::back_inserter(findings));
    std::ranges::move(validate_rules(schema, op, action.header.event_ms), std::back_inserter(findings));
    if (const Collection* collection = schema.collection(op.record.collection))
      most_urgent = std::min(most_urgent, collection->lane);
    one_tenant = one_tenant && tenant_of(op.scope) == tenant_of(action.ops.front().scope);
  }
  if (!one_tenant) findings.push_back({"", "two-tenants", "An action may touch the records of one tenant only."});
  if (most_urgent < lane_count && action.header.lane != most_urgent)
    findings.push_back({"", "wrong-lane", "The action must travel in the most urgent lane of its records."});
  return findings;
}

}  // namespace holdline::sync
