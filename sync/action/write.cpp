// An action to the bytes that are stored and hashed, linked to its predecessor.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/format.hpp"
#include "sync/base/bytes.hpp"
#include "sync/base/limits.hpp"

namespace holdline::sync {

namespace action_format {

namespace {

// Wraps instead of overflowing: any two times have a difference that adds up again.
std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

void write_refs(ByteWriter& w, const std::vector<ActionRef>& refs) {
  w.varint(refs.size());
  for (const ActionRef& ref : refs) {
    w.u8(ref.lane);
    w.varint(ref.number);
  }
}

}  // namespace

void write_header(ByteWriter& w, const ActionHeader& h) {
  w.u8(version);
  w.u8(h.lane);
  w.varint(h.number);
  w.varint(h.schema);
  w.svarint(h.made.wall_ms);
  w.svarint(minus(h.event_ms, h.made.wall_ms));
  w.svarint(minus(h.hybrid.ms, h.made.wall_ms));
  w.varint(h.hybrid.counter);
  w.raw(h.made.boot.view());
  w.svarint(h.made.boot_ms);
  w.raw(h.person.view());
  w.varint(h.assertion);
  w.u8(static_cast<std::uint8_t>((h.incident ? has_incident : 0) | (h.original ? has_original : 0) |
                                 (h.decision ? has_decision : 0) | (h.acceptance ? has_acceptance : 0)));
  if (h.incident) w.raw(h.incident->view());
  if (h.original) {
    w.raw(h.original->incarnation.view());
    w.varint(h.original->number);
    w.raw(h.original->hash.view());
  }
  if (h.decision) {
    w.u8(static_cast<std::uint8_t>(h.decision->kind));
    write_refs(w, h.decision->on);
    w.blob(h.decision->reason);
  }
  if (h.acceptance) {
    w.varint(h.acceptance->hints.size());
    for (const std::string& hint : h.acceptance->hints) w.blob(hint);
    w.blob(h.acceptance->reason);
  }
  write_refs(w, h.depends_on);
}

}  // namespace action_format

namespace {

using namespace action_format;

auto too_large() {
  return fail(ErrorKind::ask_person, "action-too-large",
              "This is more than one action can carry; shorten the texts or save it in parts.");
}

bool ascending(const std::vector<FieldChange>& changes) {
  return std::adjacent_find(changes.begin(), changes.end(),
                            [](const auto& a, const auto& b) { return a.field >= b.field; }) == changes.end();
}

bool holds_elements(const Field& field) { return field.type == FieldType::set || field.type == FieldType::list; }

// Writes the ops of one action, remembering the records it creates.
class OpWriter {
 public:
  OpWriter(const Schema& schema, const Maker& maker, const Action& action, Bytes& out)
      : schema_(schema), origin_(origin_of(maker, action)), action_(action), w_(out) {}

  Result<void> write() {
    if (action_.ops.size() > limits::ops_per_action) return too_large();
    w_.varint(action_.ops.size());
    for (index_ = 0; index_ < action_.ops.size(); ++index_) HOLDLINE_TRY(write_op(action_.ops[index_]));
    return {};
  }

 private:
  Result<void> write_op(const Op& op) {
    const Collection* collection = schema_.collection(op.record.collection);
    if (!collection) return unknown("unknown-collection", "collection", op.record.collection);
    const bool erases = op.kind == OpKind::erase_row;
    if (erases ? !op.changes.empty() : op.seen_digest != Hash{}) return malformed("changes and digest of an op");
    if (!ascending(op.changes)) return malformed("order of changes");
    if (op.scope.size() > limits::text_bytes) return too_large();

    w_.u8(static_cast<std::uint8_t>(op.kind));
    w_.varint(op.record.collection);
    target_ = target_of(*collection, op);
    w_.u8(target_);
    if (target_ == target_explicit) w_.raw(op.record.id.view());
    w_.blob(op.scope);
    w_.varint(op.seen);
    if (erases) {
      w_.raw(op.seen_digest.view());
      return {};
    }
    w_.varint(op.changes.size());
    for (const FieldChange& change : op.changes) HOLDLINE_TRY(write_change(*collection, change));
    return {};
  }

  Target target_of(const Collection& collection, const Op& op) const {
    if (op.kind != OpKind::create) return target_explicit;
    if (const auto natural = natural_id_of(collection, op))
      return op.record.id == *natural ? target_natural : target_explicit;
    return op.record.id == created_id(origin_, index_) ? target_created : target_explicit;
  }

  // The first op of this action that creates the record `id`, as far as a reader knows it at this point.
  std::optional<std::uint32_t> creator(const Id& id) const {
    for (std::uint32_t k = 0; k <= index_; ++k) {
      if (k == index_ && target_ == target_natural) break;  // its id is known only after its changes
      if (action_.ops[k].kind == OpKind::create && action_.ops[k].record.id == id) return k;
    }
    return std::nullopt;
  }

  Result<void> write_change(const Collection& collection, const FieldChange& change) {
    if (change.field >= collection.fields.size()) return unknown("unknown-field", "field", change.field);
    const Field& field = collection.fields[change.field];
    const bool elements = holds_elements(field);
    if (elements ? !is_null(change.value) : !(change.adds.empty() && change.removes.empty()))
      return malformed("kind of change");
    const auto* id = std::get_if<Id>(&change.value);
    const auto created = id ? creator(*id) : std::nullopt;
    const ContentForm content = elements ? content_elements : created ? content_created : content_value;

    w_.varint(field.no);
    write_base(change.base, content);
    if (content == content_created) {
      w_.varint(*created);
    } else if (content == content_elements) {
      return write_elements(change);
    } else {
      const auto* text = std::get_if<std::string>(&change.value);
      if (text && text->size() > limits::text_bytes) return too_large();
      encode_value(w_, change.value);
    }
    return {};
  }

  void write_base(const Base& base, ContentForm content) {
    if (std::holds_alternative<BaseUnknown>(base)) {
      w_.u8(change_form(base_unknown, content));
    } else if (const auto* value = std::get_if<Value>(&base)) {
      w_.u8(change_form(base_value, content));
      encode_value(w_, *value);
    } else {
      w_.u8(change_form(base_hash, content));
      w_.raw(std::get<Hash>(base).view());
    }
  }

  Result<void> write_elements(const FieldChange& change) {
    if (change.adds.size() > limits::elements_per_value || change.removes.size() > limits::elements_per_value)
      return too_large();
    w_.varint(change.adds.size());
    for (const std::string& text : change.adds) {
      if (text.size() > limits::text_bytes) return too_large();
      w_.blob(text);
    }
    w_.varint(change.removes.size());
    for (const Id& tag : change.removes) w_.raw(tag.view());
    return {};
  }

  const Schema& schema_;
  const Origin origin_;
  const Action& action_;
  ByteWriter w_;
  std::uint32_t index_ = 0;
  Target target_ = target_explicit;
};

}  // namespace

namespace {

// Writes the header of an action whose payload and salt are there, and links it.
Result<StoredAction> link(const ActionHeader& header, StoredAction stored, const Hash& predecessor) {
  if (header.lane >= lane_count || header.number == 0) return malformed("lane or number");
  if (header.depends_on.size() > limits::dependencies_per_action) return too_large();
  if (!strictly_ascending(header.depends_on)) return malformed("order of earlier actions");
  if (header.decision) {
    if (header.decision->on.size() > limits::dependencies_per_action) return too_large();
    if (header.decision->reason.size() > limits::reason_bytes) return too_large();
    if (!strictly_ascending(header.decision->on)) return malformed("order of decided actions");
  }
  if (header.acceptance) {
    const Acceptance& accepted = *header.acceptance;
    if (accepted.hints.size() > limits::hints_per_action || accepted.reason.size() > limits::reason_bytes)
      return too_large();
    for (const std::string& hint : accepted.hints)
      if (hint.size() > limits::hint_bytes) return too_large();
    if (!strictly_ascending(accepted.hints)) return malformed("order of accepted hints");
  }
  stored.lane = header.lane;
  stored.number = header.number;
  stored.header.clear();
  ByteWriter to_header(stored.header);
  write_header(to_header, header);
  const std::size_t room = limits::action_bytes - (header.original ? 0 : limits::header_growth);
  if (stored.header.size() + stored.payload.size() > room) return too_large();
  stored.hash = chain_hash(predecessor, stored.header, stored.salt, stored.payload);
  return stored;
}

}  // namespace

Result<StoredAction> store_action(const Schema& schema, const Maker& maker, const Action& action,
                                  const Hash& predecessor) {
  if (action.header.schema != schema.version()) return unknown("unknown-schema", "schema", action.header.schema);
  StoredAction stored;
  stored.salt = action.salt;
  HOLDLINE_TRY(OpWriter(schema, maker, action, stored.payload).write());
  return link(action.header, std::move(stored), predecessor);
}

Result<StoredAction> rechain_action(const StoredAction& stored, const ActionHeader& header, const Hash& predecessor) {
  return link(header, stored, predecessor);
}

}  // namespace holdline::sync
