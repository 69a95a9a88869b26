#include "agent/outbox/action_draft.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "sync/action/format.hpp"
#include "sync/base/bytes.hpp"

namespace holdline::agent {
namespace {

// No derived or random id begins like this: a UUID's version and variant bits are elsewhere.
constexpr std::string_view placeholder = "created_here";

std::optional<std::uint32_t> placeholder_index(const sync::Id& id) {
  if (id.view().substr(0, placeholder.size()) != placeholder) return std::nullopt;
  std::uint32_t index = 0;
  std::memcpy(&index, id.bytes.data() + placeholder.size(), sizeof index);
  return index;
}

auto invalid(std::string what) { return fail(ErrorKind::ask_person, "invalid", std::move(what)); }

// Replaces a placeholder by the id it stands for. False: it stands for nothing yet.
bool fill(const std::vector<sync::Id>& created, sync::Id& id) {
  const auto index = placeholder_index(id);
  if (!index) return true;
  if (*index >= created.size() || created[*index].is_nil()) return false;
  id = created[*index];
  return true;
}

bool fill_values(const std::vector<sync::Id>& created, sync::Op& op) {
  bool filled = true;
  for (sync::FieldChange& change : op.changes) {
    if (auto* id = std::get_if<sync::Id>(&change.value)) filled = fill(created, *id) && filled;
  }
  return filled;
}

bool has_natural_id(const sync::Schema& schema, const sync::Op& op) {
  const sync::Collection* collection = schema.collection(op.record.collection);
  return collection != nullptr && collection->natural_key;
}

}  // namespace

sync::Id created_here(std::uint32_t index) {
  sync::Id id;
  std::copy(placeholder.begin(), placeholder.end(), id.bytes.begin());
  std::memcpy(id.bytes.data() + placeholder.size(), &index, sizeof index);
  return id;
}

Result<sync::Lane> lane_of_ops(const sync::Schema& schema, const std::vector<sync::Op>& ops) {
  sync::Lane lane = sync::lane_count - 1;
  for (const sync::Op& op : ops) {
    const sync::Collection* collection = schema.collection(op.record.collection);
    if (collection == nullptr) return invalid("The entry names a kind of record that this workstation does not know.");
    lane = std::min(lane, collection->lane);
  }
  return lane;
}

Result<void> fill_created(const sync::Schema& schema, const sync::Maker& maker, sync::Action& action) {
  std::vector<sync::Id> created(action.ops.size());
  const sync::Origin origin = sync::origin_of(maker, action);
  for (std::uint32_t i = 0; i < action.ops.size(); ++i) {
    const sync::Op& op = action.ops[i];
    if (op.kind != sync::OpKind::create || has_natural_id(schema, op)) continue;
    const bool has_own = action.header.decision && !op.record.id.is_nil() && !placeholder_index(op.record.id);
    created[i] = has_own ? op.record.id : sync::created_id(origin, i);
  }
  // Natural keys need the parent's id, so they come second; what names them, third.
  for (std::uint32_t i = 0; i < action.ops.size(); ++i) {
    sync::Op& op = action.ops[i];
    if (op.kind != sync::OpKind::create || !has_natural_id(schema, op)) continue;
    static_cast<void>(fill_values(created, op));
    const auto natural = sync::action_format::natural_id_of(*schema.collection(op.record.collection), op);
    created[i] = natural ? *natural : sync::created_id(origin, i);
  }
  for (std::uint32_t i = 0; i < action.ops.size(); ++i) {
    sync::Op& op = action.ops[i];
    if (op.kind == sync::OpKind::create) op.record.id = created[i];
    if (!fill(created, op.record.id) || !fill_values(created, op))
      return invalid("Op " + std::to_string(i + 1) + " refers to a record that this entry does not create.");
  }
  return {};
}

std::vector<sync::Id> created_ids(const sync::Action& action) {
  std::vector<sync::Id> ids;
  for (const sync::Op& op : action.ops)
    if (op.kind == sync::OpKind::create) ids.push_back(op.record.id);
  return ids;
}

sync::Bytes encode_created(const sync::Maker& maker, const sync::Action& action) {
  sync::Bytes out;
  sync::ByteWriter w(out);
  const sync::Origin origin = sync::origin_of(maker, action);
  for (std::uint32_t i = 0; i < action.ops.size(); ++i) {
    const sync::Op& op = action.ops[i];
    if (op.kind != sync::OpKind::create) continue;
    const bool derived = op.record.id == sync::created_id(origin, i);
    w.varint(std::uint64_t{i} << 1 | (derived ? 0 : 1));
    if (!derived) w.raw(op.record.id.view());
  }
  return out;
}

sync::Action shown_in(const sync::Schema& from, const sync::Schema& to, sync::Action action) {
  std::erase_if(action.ops, [&](const sync::Op& op) { return to.collection(op.record.collection) == nullptr; });
  for (sync::Op& op : action.ops) {
    const auto& before = from.collection(op.record.collection)->fields;
    const sync::Collection& now = *to.collection(op.record.collection);
    std::erase_if(op.changes, [&](sync::FieldChange& change) {
      const auto index = now.field_by_no(before[change.field].no);
      if (!index || now.fields[*index].type != before[change.field].type) return true;
      change.field = *index;
      return false;
    });
  }
  return action;
}

std::vector<sync::Id> decode_created(const sync::Origin& origin, std::string_view bytes) {
  std::vector<sync::Id> ids;
  sync::ByteReader in(bytes);
  while (in.ok() && in.remaining() > 0) {
    const std::uint64_t form = in.varint();
    ids.push_back((form & 1) != 0 ? sync::Id::from(in.raw(16))
                                  : sync::created_id(origin, static_cast<std::uint32_t>(form >> 1)));
  }
  return ids;
}

}  // namespace holdline::agent
