// Bodies of the local API, from JSON to an action as the outbox stores it; the first byte says of which request. What
// is read and found valid can be stored and read again, and what is shown of it can be given again.
#include <array>

#include <nlohmann/json.hpp>

#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/outbox/action_draft.hpp"
#include "sync/action/validate.hpp"
#include "tests/fuzz/property.hpp"

using namespace holdline;

namespace {

// As the outbox builds it. Nothing when the action is refused.
std::optional<sync::Action> action_of(std::vector<sync::Op> ops) {
  sync::Action action;
  action.ops = std::move(ops);
  const auto lane = agent::lane_of_ops(fuzz::schema(), action.ops);
  fuzz::require(lane.has_value(), "a request is about known collections");
  action.header.lane = *lane;
  action.header.number = 7;
  action.header.schema = fuzz::schema().version();
  action.header.made.wall_ms = 1'763'700'000'000;
  if (!agent::fill_created(fuzz::schema(), fuzz::maker, action)) return std::nullopt;
  if (!sync::validate(fuzz::schema(), action).empty()) return std::nullopt;
  return action;
}

void check_stored(const sync::Action& action) {
  const auto stored = sync::store_action(fuzz::schema(), fuzz::maker, action, {});
  if (!stored) {
    fuzz::require(stored.error().code == "action-too-large", "what is valid can be stored when it is not too large");
    return;
  }
  const auto again = sync::read_action(fuzz::schema(), fuzz::maker, *stored);
  fuzz::require(again.has_value() && again->ops == action.ops, "what was stored is read the same");
  const auto created = agent::encode_created(fuzz::maker, action);
  fuzz::require(agent::decode_created(sync::origin_of(fuzz::maker, action), created) == agent::created_ids(action),
                "the ids of what was created are known again");
}

void check_shown(const sync::Action& action) {
  for (std::uint32_t i = 0; i < action.ops.size(); ++i) {
    const sync::Op& op = action.ops[i];
    const sync::Collection& collection = *fuzz::schema().collection(op.record.collection);
    sync::Record record;
    record.fields.resize(collection.fields.size());
    sync::overlay(collection, sync::origin_of(fuzz::maker, action), i, op, record);
    const nlohmann::json shown = agent::to_json(collection, record);
    static_cast<void>(shown.dump());
    for (std::size_t field = 0; field < collection.fields.size(); ++field) {
      const sync::Field& about = collection.fields[field];
      const sync::Value& value = record.fields[field];
      if (sync::is_null(value) || std::holds_alternative<sync::Elements>(value)) continue;
      std::vector<sync::Finding> findings;
      const auto again = agent::value_from(about, shown.at(about.name), findings);
      fuzz::require(findings.empty() && again == value, "what is shown can be given again");
    }
  }
}

void check_ops(std::vector<sync::Op> ops) {
  const auto action = action_of(std::move(ops));
  if (!action) return;
  check_stored(*action);
  check_shown(*action);
}

void check_findings(const std::vector<sync::Finding>& findings) {
  for (const sync::Finding& finding : findings)
    fuzz::require(!finding.code.empty() && !finding.message.empty(), "a finding says what is wrong");
  static_cast<void>(agent::to_json(findings).dump());
}

void check_addition(const char* collection, std::string_view body) {
  const auto addition =
      agent::addition_of(fuzz::schema(), *fuzz::schema().collection(collection), "acme/north", {}, body);
  if (!addition) {
    fuzz::require(addition.error().code == "malformed", "one code for bodies of another form");
    return;
  }
  check_findings(addition->findings);
  if (addition->findings.empty()) check_ops(addition->ops);
}

void check_edit(std::string_view body) {
  const sync::Collection& customer = *fuzz::schema().collection("customer");
  auto edit = agent::edit_of(body);
  if (!edit) {
    fuzz::require(edit.error().code == "malformed", "one code for bodies of another form");
    return;
  }
  sync::Record shown;
  shown.fields.resize(customer.fields.size());
  agent::read_changes(customer, {}, shown, *edit);
  check_findings(edit->findings);
  if (!edit->findings.empty()) return;
  check_ops({{sync::OpKind::edit, {customer.no, fuzz::maker.device}, "acme/north", 3, edit->changes, {}}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto body = fuzz::bytes_of(data + 1, size - 1);
  constexpr std::array collections = {"customer", "manual_entry", "callback_request"};
  switch (data[0] % 5) {
    case 3:
      check_edit(body);
      break;
    case 4:
      if (const auto chosen = agent::resolution_of(body))
        fuzz::require(!chosen->reason.empty(), "a conflict is decided with a reason");
      break;
    default:
      check_addition(collections[data[0] % 5], body);
      break;
  }
  return 0;
}
