// Arbitrary but storable actions of a schema, for round-trip tests: every op kind, every field type, every form a base
// or reference can take. The same seed makes the same actions.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "sync/action/action.hpp"

namespace holdline::sync {

inline const Maker test_maker{*Id::parse("11111111-1111-4111-8111-111111111111"),
                              *Id::parse("22222222-2222-4222-8222-222222222222")};

class RandomActions {
 public:
  RandomActions(const Schema& schema, std::uint64_t seed) : schema_(schema), random_(seed) {}

  Action next(Lane lane, std::uint64_t number) {
    Action action;
    for (auto& byte : action.salt) byte = static_cast<std::uint8_t>(random_());
    ActionHeader& h = action.header;
    h.lane = lane;
    h.number = number;
    h.schema = schema_.version();
    h.made.wall_ms = chance(20) ? whole() : 1'763'700'000'000 + static_cast<std::int64_t>(number) * 1000;
    h.event_ms = chance(5) ? whole() : h.made.wall_ms;
    h.hybrid = {h.made.wall_ms + static_cast<std::int64_t>(below(3)), below(4)};
    h.made.boot = Id{{static_cast<std::uint8_t>(1 + below(2))}};
    h.made.boot_ms = chance(10) ? whole() : static_cast<std::int64_t>(number) * 1000;
    h.person = id();
    h.assertion = below(5);
    if (chance(3)) h.incident = id();
    if (chance(8)) h.original = OriginalPosition{id(), 1 + random_() % 1000, sha256(text())};
    if (chance(8)) h.acceptance = Acceptance{{"looks-like-phone", "same-customer"}, text()};
    for (std::uint64_t n = 1; chance(3); ++n) h.depends_on.push_back({2, n});
    for (std::uint32_t index = 0, count = 1 + below(4); index < count; ++index)
      action.ops.push_back(op(origin_of(test_maker, action), index, action.ops));
    return action;
  }

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  bool chance(std::uint32_t one_in) { return below(one_in) == 0; }

 private:
  std::int64_t whole() { return static_cast<std::int64_t>(random_()); }
  Id id() {
    Id id;
    for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random_());
    return id;
  }
  std::string text() {
    if (chance(3)) return "+4915" + std::to_string(10'000'000 + below(90'000'000));
    if (chance(3)) return "open";
    std::string text(below(60), ' ');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }

  Op op(const Origin& origin, std::uint32_t index, const std::vector<Op>& before) {
    const auto collections = schema_.collections();
    const Collection& collection = collections[below(static_cast<std::uint32_t>(collections.size()))];
    Op op;
    op.kind = static_cast<OpKind>(below(3));
    op.record.collection = collection.no;
    op.scope = chance(2) ? "acme/north/team-1" : "acme/south";
    op.seen = chance(2) ? 0 : random_();
    if (op.kind == OpKind::erase_row) {
      op.record.id = id();
      op.seen_digest = sha256(text());
      return op;
    }
    for (FieldIndex field = 0; field < collection.fields.size(); ++field)
      if (chance(2)) op.changes.push_back(change(collection.fields[field], field, before));
    op.record.id = record_id(collection, origin, index, op);
    return op;
  }

  Id record_id(const Collection& collection, const Origin& origin, std::uint32_t index, const Op& op) {
    if (op.kind != OpKind::create || chance(5)) return id();
    const Id* parent = nullptr;
    const std::string* key = nullptr;
    for (const auto& change : op.changes) {
      if (change.field == collection.parent) parent = std::get_if<Id>(&change.value);
      if (change.field == collection.natural_key) key = std::get_if<std::string>(&change.value);
    }
    if (parent && key) return child_id(collection, *parent, *key);
    return created_id(origin, index);
  }

  FieldChange change(const Field& field, FieldIndex index, const std::vector<Op>& before) {
    FieldChange change;
    change.field = index;
    if (field.type == FieldType::set || field.type == FieldType::list) {
      while (chance(2)) change.adds.push_back(text());
      while (chance(2)) change.removes.push_back(id());
      return change;
    }
    if (!chance(3)) change.base = make_base(value(field, before));
    if (chance(10)) change.base = make_base(std::string(100, 'x'));
    if (chance(10)) change.base = Value{Elements{{Id{{1}}, "a", false}, {Id{{2}}, "", true}}};
    change.value = value(field, before);
    return change;
  }

  Value value(const Field& field, const std::vector<Op>& before) {
    if (chance(6)) return Null{};
    switch (field.type) {
      case FieldType::integer:
      case FieldType::time:
        return chance(2) ? whole() : std::int64_t{below(100)};
      case FieldType::boolean:
        return chance(2);
      case FieldType::reference:
        return !before.empty() && chance(2) ? before[below(static_cast<std::uint32_t>(before.size()))].record.id : id();
      default:
        return text();
    }
  }

  const Schema& schema_;
  std::mt19937_64 random_;
};

}  // namespace holdline::sync
