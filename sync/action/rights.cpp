#include "sync/action/rights.hpp"

#include <algorithm>
#include <array>

namespace holdline::sync {

namespace {

struct Right {
  std::string_view role, collection;
  bool create, edit, erase_row, read;
};

// First match wins; taking data out and deciding about callbacks is for supervisors, releasing and claiming them and
// what the hub's probes say is for the hub, and nobody changes what the lists of exports and of broad searches say or
// takes back what became of a paper form; "*" is any. What is not listed is refused: whoever looks after the machines
// (it) sees no customer, and declares outages. A workstation that performs the plan tells in its own name (station).
// What an agent may do of that is in speaks_for_themselves().
constexpr std::array rights = {
    Right{"agent", "conflict", false, false, false, true},
    Right{"agent", "suppression", true, true, false, true},
    Right{"agent", "data_export", false, false, false, false},
    Right{"agent", "broad_search", true, false, false, false},
    Right{"agent", "incident", true, false, false, true},
    Right{"agent", "incident_step", true, false, false, true},
    Right{"agent", "incident_link", false, false, false, true},
    Right{"agent", "callback_decision", false, false, false, true},
    Right{"agent", "promise_capacity", false, false, false, true},
    Right{"agent", "callback_release", false, false, false, true},
    Right{"agent", "callback_claim", false, false, false, true},
    Right{"agent", "callback_attempt", true, false, false, true},
    Right{"agent", "service_state", false, false, false, true},
    Right{"agent", "form_pad", true, false, false, true},
    Right{"agent", "form_use", true, true, false, true},
    Right{"agent", "runbook_event", true, false, false, false},
    Right{"agent", "plan_part", false, false, false, true},
    Right{"agent", "drill_report", false, false, false, false},
    Right{"agent", "*", true, true, true, true},
    Right{"supervisor", "data_export", true, false, false, true},
    Right{"supervisor", "broad_search", true, false, false, true},
    Right{"supervisor", "promise_capacity", false, false, false, true},
    Right{"supervisor", "callback_release", false, false, false, true},
    Right{"supervisor", "callback_claim", false, false, false, true},
    Right{"supervisor", "callback_attempt", true, false, false, true},
    Right{"supervisor", "conflict", false, true, false, true},
    Right{"supervisor", "service_state", false, false, false, true},
    Right{"supervisor", "form_pad", true, false, false, true},
    Right{"supervisor", "form_use", true, true, false, true},
    Right{"supervisor", "plan_part", false, false, false, true},
    Right{"supervisor", "drill_report", true, false, false, true},
    Right{"supervisor", "*", true, true, true, true},
    Right{"it", "incident", true, false, false, true},
    Right{"it", "incident_step", true, false, false, true},
    Right{"it", "incident_link", true, false, false, true},
    Right{"it", "drill_report", true, false, false, true},
    Right{"it", "runbook_event", true, false, false, true},
    Right{"it", "plan_part", false, false, false, true},
    Right{"station", "runbook_event", true, false, false, true},
};

const Right* right_of(std::string_view role, std::string_view collection) {
  const auto found = std::ranges::find_if(rights, [&](const Right& right) {
    return right.role == role && (right.collection == "*" || right.collection == collection);
  });
  return found == rights.end() ? nullptr : &*found;
}

// Whether two records are one is decided like a conflict.
bool merges(const Collection& collection, const Op& op) {
  return collection.merged_into &&
         std::ranges::find(op.changes, *collection.merged_into, &FieldChange::field) != op.changes.end();
}

std::string_view option_of(const Collection& collection, const Op& op, std::string_view name) {
  const auto field = collection.field(name);
  const auto change = field ? std::ranges::find(op.changes, *field, &FieldChange::field) : op.changes.end();
  const auto* text = change == op.changes.end() ? nullptr : std::get_if<std::string>(&change->value);
  return text ? std::string_view(*text) : std::string_view();
}

// What an entry needs stays with it, and whether it is approved a supervisor says.
bool approves(const Collection& collection, const Op& op) {
  const auto needs = collection.field("needs"), remarks = collection.field("follow_ups");
  return std::ranges::any_of(op.changes, [&](const FieldChange& change) {
    if (needs && change.field == *needs) return !change.removes.empty();
    return remarks && change.field == *remarks && std::ranges::any_of(change.adds, [](const std::string& remark) {
             return remark.starts_with(approval_remark);
           });
  });
}

// What is told of an incident bears the role in which it is told: the own, or that of the short code that somebody
// typed, which declares and does nothing else. Whether the code is one is for whoever has the key of codes.
bool speaks_for_themselves(const Collection& collection, const Op& op, std::string_view role) {
  if (collection.name == "incident") return role != "agent" || option_of(collection, op, "how") == "code";
  if (collection.name == "runbook_event") {
    const std::string_view kind = option_of(collection, op, "kind");
    const bool tells = kind == "held" || kind == "told" || kind == "heard";
    if (role == "agent" && kind != "tick") return false;
    return tells == (role == "station") && option_of(collection, op, "role") == role;
  }
  if (collection.name != "incident_step" && collection.name != "incident_link") return true;
  const std::string_view told = option_of(collection, op, "role");
  if (told != "code") return told == role;
  return option_of(collection, op, "kind") == "step" && option_of(collection, op, "trigger") == "declare";
}

bool allows(const Right& right, OpKind kind) {
  switch (kind) {
    case OpKind::create:
      return right.create;
    case OpKind::edit:
      return right.edit;
    case OpKind::erase_row:
      return right.erase_row;
  }
  return false;
}

}  // namespace

bool is_within(std::string_view scope, const std::vector<std::string>& scopes) {
  return std::ranges::find(scopes, scope) != scopes.end();
}

std::optional<Refusal> refuse(const Schema& schema, const Rights& person, std::span<const Op> ops) {
  for (const Op& op : ops) {
    if (!is_within(op.scope, person.scopes))
      return Refusal{"scope-refused", "The person may not write in this scope. Ask who manages their rights."};
    const Collection* collection = schema.collection(op.record.collection);
    const Right* right = collection ? right_of(person.role, collection->name) : nullptr;
    if (!right || !allows(*right, op.kind) ||
        ((merges(*collection, op) || approves(*collection, op)) && person.role != "supervisor") ||
        !speaks_for_themselves(*collection, op, person.role))
      return Refusal{"role-refused", "The person's role does not allow this. A supervisor can decide it."};
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_elsewhere(const std::vector<std::string>& held, std::span<const Op> ops) {
  if (std::ranges::all_of(ops, [&](const Op& op) { return is_within(op.scope, held); })) return std::nullopt;
  return Refusal{"scope-refused", "The workstation may not write in this scope. Ask who manages its scopes."};
}

std::vector<const Field*> fields_elsewhere(const Schema& schema, VisibilitySet profile, std::span<const Op> ops) {
  std::vector<const Field*> found;
  for (const Op& op : ops) {
    const Collection* collection = schema.collection(op.record.collection);
    for (const FieldChange& change : op.changes)
      if (collection && change.field < collection->fields.size() &&
          !may_hold(collection->fields[change.field], profile))
        found.push_back(&collection->fields[change.field]);
  }
  return found;
}

std::vector<const Field*> central_fields(const Schema& schema, std::span<const Op> ops) {
  std::vector<const Field*> found;
  for (const Op& op : ops) {
    const Collection* collection = schema.collection(op.record.collection);
    for (const FieldChange& change : op.changes)
      if (collection && change.field < collection->fields.size() &&
          collection->fields[change.field].policy == MergePolicy::central && !base_matches(change.base, change.value))
        found.push_back(&collection->fields[change.field]);
  }
  return found;
}

bool may_read(const Rights& person, const Collection& collection, std::string_view scope) {
  const Right* right = right_of(person.role, collection.name);
  return right && right->read && is_within(scope, person.scopes);
}

FieldMask readable_fields(const Rights& person, const Collection& collection, Reading reading) {
  const Right* right = right_of(person.role, collection.name);
  FieldMask mask = 0;
  if (!right || !right->read) return mask;
  for (std::size_t i = 0; i < collection.fields.size(); ++i)
    if (reading == Reading::one || !collection.fields[i].sensitive) mask |= FieldMask{1} << i;
  return mask;
}

bool may_decide(const Rights& person, bool own, std::span<const Op> ops) {
  if (own) return true;
  return person.role == "supervisor" &&
         std::ranges::all_of(ops, [&](const Op& op) { return is_within(op.scope, person.scopes); });
}

}  // namespace holdline::sync
