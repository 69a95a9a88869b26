// Stored bytes to an action: header and ops, every length and order checked.
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/format.hpp"
#include "sync/base/bytes.hpp"
#include "sync/base/limits.hpp"

namespace holdline::sync {

namespace action_format {

std::optional<Id> natural_id_of(const Collection& collection, const Op& op) {
  if (!collection.natural_key) return std::nullopt;
  static constexpr Id nobody{};
  const Id* parent = collection.parent ? nullptr : &nobody;
  const std::string* key = nullptr;
  for (const FieldChange& change : op.changes) {
    if (collection.parent == change.field) parent = std::get_if<Id>(&change.value);
    if (change.field == *collection.natural_key) key = std::get_if<std::string>(&change.value);
  }
  if (!parent || !key) return std::nullopt;
  return child_id(collection, *parent, *key);
}

}  // namespace action_format

namespace {

using namespace action_format;

std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

template <class T>
T narrow(ByteReader& in) {
  const std::uint64_t v = in.varint();
  if (v > std::numeric_limits<T>::max()) in.fail();
  return static_cast<T>(v);
}

Id read_id(ByteReader& in) { return Id::from(in.raw(16)); }

// Reads the ops of one action, remembering the records it creates.
class OpReader {
 public:
  OpReader(const Schema& schema, const Origin& origin, std::string_view payload)
      : schema_(schema), origin_(origin), in_(payload) {}

  Result<std::vector<Op>> read() {
    const std::size_t count = in_.count();
    if (count > limits::ops_per_action) return malformed("too many ops");
    std::vector<Op> ops;
    ops.reserve(count);
    while (ops.size() < count) {
      HOLDLINE_ASSIGN(Op op, read_op());
      created_.push_back(op.kind == OpKind::create ? std::optional(op.record.id) : std::nullopt);
      ops.push_back(std::move(op));
    }
    if (!in_.done()) return malformed("length");
    return ops;
  }

 private:
  Result<Op> read_op() {
    Op op;
    const std::uint8_t kind = in_.u8();
    if (kind > static_cast<std::uint8_t>(OpKind::erase_row)) return malformed("kind of op");
    op.kind = static_cast<OpKind>(kind);
    op.record.collection = narrow<CollectionNo>(in_);
    const std::uint8_t target = in_.u8();
    if (target > target_natural || (target != target_explicit && op.kind != OpKind::create)) return malformed("target");
    own_id_.reset();
    if (target == target_explicit) own_id_ = read_id(in_);
    if (target == target_created) own_id_ = created_id(origin_, static_cast<std::uint32_t>(created_.size()));
    creates_ = op.kind == OpKind::create;
    op.scope = in_.blob(limits::text_bytes);
    op.seen = in_.varint();
    if (!in_.ok()) return malformed("start of an op");
    const Collection* collection = schema_.collection(op.record.collection);
    if (!collection) return unknown("unknown-collection", "collection", op.record.collection);

    if (op.kind == OpKind::erase_row) {
      op.seen_digest = Hash::from(in_.raw(32));
      if (!in_.ok()) return malformed("digest");
    } else {
      HOLDLINE_TRY(read_changes(*collection, op));
    }
    if (target == target_natural) own_id_ = natural_id_of(*collection, op);
    if (!own_id_) return malformed("parent and key");
    op.record.id = *own_id_;
    return op;
  }

  Result<void> read_changes(const Collection& collection, Op& op) {
    const std::size_t count = in_.count(3);
    if (!in_.ok() || count > collection.fields.size()) return malformed("number of changes");
    op.changes.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      HOLDLINE_ASSIGN(FieldChange change, read_change(collection));
      if (i != 0 && op.changes.back().field >= change.field) return malformed("order of changes");
      op.changes.push_back(std::move(change));
    }
    return {};
  }

  Result<FieldChange> read_change(const Collection& collection) {
    FieldChange change;
    const auto no = narrow<std::uint16_t>(in_);
    const std::uint8_t form = in_.u8();
    if (!in_.ok() || !is_change_form(form)) return malformed("form of a change");
    const auto field = collection.field_by_no(no);
    if (!field) return unknown("unknown-field", "field", no);
    change.field = *field;

    if (base_of(form) == base_value) change.base = decode_value(in_, limits::text_bytes);
    if (base_of(form) == base_hash) change.base = Hash::from(in_.raw(32));
    const bool elements = content_of(form) == content_elements;
    if (elements != holds_elements(collection.fields[*field])) return malformed("kind of change");
    if (elements)
      read_elements(change);
    else
      change.value = content_of(form) == content_created ? read_created() : decode_value(in_, limits::text_bytes);
    if (!in_.ok()) return malformed("change");
    return change;
  }

  Value read_created() {
    const std::uint64_t k = in_.varint();
    const bool own = k == created_.size() && creates_;
    const std::optional<Id> id = own ? own_id_ : k < created_.size() ? created_[k] : std::nullopt;
    if (!id) return in_.fail(), Null{};
    return *id;
  }

  void read_elements(FieldChange& change) {
    const std::size_t adds = in_.count();
    if (adds > limits::elements_per_value) return in_.fail();
    change.adds.reserve(adds);
    for (std::size_t i = 0; i < adds && in_.ok(); ++i) change.adds.emplace_back(in_.blob(limits::text_bytes));
    const std::size_t removes = in_.count(16);
    if (removes > limits::elements_per_value) return in_.fail();
    change.removes.reserve(removes);
    for (std::size_t i = 0; i < removes && in_.ok(); ++i) change.removes.push_back(read_id(in_));
  }

  const Schema& schema_;
  const Origin origin_;
  ByteReader in_;
  std::vector<std::optional<Id>> created_;  // per op read so far
  std::optional<Id> own_id_;                // of the op being read, once known
  bool creates_ = false;
};

}  // namespace

static Result<Acceptance> read_acceptance(ByteReader& in) {
  Acceptance accepted;
  const std::size_t count = in.count();
  if (count > limits::hints_per_action) return malformed("too many accepted hints");
  for (std::size_t i = 0; i < count; ++i) accepted.hints.emplace_back(in.blob(limits::hint_bytes));
  accepted.reason = in.blob(limits::reason_bytes);
  if (!strictly_ascending(accepted.hints)) return malformed("order of accepted hints");
  return accepted;
}

static Result<std::vector<ActionRef>> read_refs(ByteReader& in) {
  const std::size_t count = in.count(2);
  if (count > limits::dependencies_per_action) return malformed("too many earlier actions");
  std::vector<ActionRef> refs;
  refs.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Lane lane = in.u8();
    refs.push_back({lane, in.varint()});
  }
  return refs;
}

Result<ActionHeader> read_header(std::string_view bytes) {
  ByteReader in(bytes);
  ActionHeader h;
  if (in.u8() != version) return malformed("version");
  h.lane = in.u8();
  h.number = in.varint();
  h.schema = narrow<std::uint32_t>(in);
  h.made.wall_ms = in.svarint();
  h.event_ms = plus(h.made.wall_ms, in.svarint());
  h.hybrid.ms = plus(h.made.wall_ms, in.svarint());
  h.hybrid.counter = narrow<std::uint32_t>(in);
  h.made.boot = read_id(in);
  h.made.boot_ms = in.svarint();
  h.person = read_id(in);
  h.assertion = narrow<std::uint32_t>(in);
  const std::uint8_t parts = in.u8();
  if (parts > (has_incident | has_original | has_decision | has_acceptance)) return malformed("parts of the header");
  if ((parts & has_incident) != 0) h.incident = read_id(in);
  if ((parts & has_original) != 0) {
    const Id incarnation = read_id(in);
    const std::uint64_t number = in.varint();
    h.original = OriginalPosition{incarnation, number, Hash::from(in.raw(32))};
  }
  if ((parts & has_decision) != 0) {
    Decision decision;
    const std::uint8_t kind = in.u8();
    if (kind > static_cast<std::uint8_t>(Decision::Kind::discard)) return malformed("kind of decision");
    decision.kind = static_cast<Decision::Kind>(kind);
    HOLDLINE_ASSIGN(decision.on, read_refs(in));
    decision.reason = in.blob(limits::reason_bytes);
    if (!strictly_ascending(decision.on)) return malformed("order of decided actions");
    h.decision = std::move(decision);
  }
  if ((parts & has_acceptance) != 0) {
    HOLDLINE_ASSIGN(h.acceptance, read_acceptance(in));
  }
  HOLDLINE_ASSIGN(h.depends_on, read_refs(in));
  if (!in.done()) return malformed("length of the header");
  if (h.lane >= lane_count || h.number == 0) return malformed("lane or number");
  if (!strictly_ascending(h.depends_on)) return malformed("order of earlier actions");
  if (h.original && h.original->number == 0) return malformed("original number");
  return h;
}

Result<Action> read_action(const Schema& schema, const Maker& maker, const StoredAction& stored) {
  if (stored.header.size() + stored.payload.size() > limits::action_bytes) return malformed("size");
  Action action;
  action.salt = stored.salt;
  HOLDLINE_ASSIGN(action.header, read_header(stored.header));
  if (action.header.lane != stored.lane || action.header.number != stored.number) return malformed("lane or number");
  if (action.header.schema != schema.version()) return unknown("unknown-schema", "schema", action.header.schema);
  HOLDLINE_ASSIGN(action.ops, OpReader(schema, origin_of(maker, action), stored.payload).read());
  return action;
}

}  // namespace holdline::sync
