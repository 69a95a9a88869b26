#include "sync/action/action.hpp"

#include <algorithm>

#include "sync/base/limits.hpp"

namespace holdline::sync {

namespace {

// Element tags and record ids derive from the same function; an op's index stays far below the first element's.
constexpr std::uint32_t element_index(std::uint32_t op, FieldIndex field, std::uint32_t k) {
  static_assert(limits::elements_per_value <= 1024 && limits::ops_per_action < 65'535);
  return (op + 1) << 16 | std::uint32_t{field} << 10 | k;
}

// Where the element with this tag is, or where it belongs.
Elements::iterator find_tag(Elements& elements, const Id& tag) {
  return std::lower_bound(elements.begin(), elements.end(), tag,
                          [](const Element& element, const Id& wanted) { return element.tag < wanted; });
}

void add_element(Elements& elements, const Id& tag, const std::string& text) {
  const auto at = find_tag(elements, tag);
  if (at == elements.end() || at->tag != tag) elements.insert(at, Element{tag, text, false});
}

void remove_element(Elements& elements, const Id& tag) {
  const auto at = find_tag(elements, tag);
  if (at == elements.end() || at->tag != tag) {
    elements.insert(at, Element{tag, {}, true});
  } else {
    at->removed = true;
    at->text.clear();
  }
}

}  // namespace

bool ActionHeader::operator==(const ActionHeader& other) const {
  return lane == other.lane && number == other.number && schema == other.schema && person == other.person &&
         assertion == other.assertion && event_ms == other.event_ms && hybrid == other.hybrid &&
         made.wall_ms == other.made.wall_ms && made.boot == other.made.boot && made.boot_ms == other.made.boot_ms &&
         incident == other.incident && depends_on == other.depends_on && original == other.original &&
         decision == other.decision && acceptance == other.acceptance;
}

Base make_base(const Value& displayed) {
  const Bytes canonical = encode_value(displayed);
  if (canonical.size() > base_value_limit) return sha256(canonical);
  return displayed;
}

bool base_matches(const Base& base, const Value& current) {
  if (std::holds_alternative<BaseUnknown>(base)) return is_null(current);
  if (const auto* value = std::get_if<Value>(&base)) return *value == current;
  return std::get<Hash>(base) == sha256(encode_value(current));
}

Hash chain_hash(const Hash& predecessor, std::string_view header, const Salt& salt, std::string_view payload) {
  const Hash body = sha256({{reinterpret_cast<const char*>(salt.data()), salt.size()}, payload});
  return sha256({predecessor.view(), header, body.view()});
}

Origin origin_of(const Maker& maker, const ActionHeader& header, const Salt& salt) {
  const Id& incarnation = header.original ? header.original->incarnation : maker.incarnation;
  const std::uint64_t number = header.original ? header.original->number : header.number;
  return {maker.device, incarnation, header.lane, number, header.made.wall_ms, salt};
}

Id element_tag(const Origin& origin, std::uint32_t index, FieldIndex field, std::uint32_t k) {
  return derive_id(origin, element_index(index, field, k));
}

void fold_elements(const Origin& origin, std::uint32_t index, const FieldChange& change, Value& value) {
  Elements elements;
  if (auto* present = std::get_if<Elements>(&value)) elements = std::move(*present);
  for (std::uint32_t k = 0; k < change.adds.size(); ++k)
    add_element(elements, element_tag(origin, index, change.field, k), change.adds[k]);
  for (const Id& tag : change.removes) remove_element(elements, tag);
  value = elements.empty() ? Value{Null{}} : Value{std::move(elements)};
}

void overlay(const Collection& collection, const Origin& origin, std::uint32_t index, const Op& op, Record& record) {
  if (op.kind == OpKind::create && record.deleted) record = {};  // it starts anew, as when the actions are merged
  record.fields.resize(collection.fields.size());
  if (op.kind == OpKind::erase_row) {
    record.deleted = true;
    return;
  }
  if (op.kind == OpKind::create) {
    record.key = op.record;
    record.scope = op.scope;
  }
  for (const FieldChange& change : op.changes) {
    const FieldType type = collection.fields.at(change.field).type;
    if (type == FieldType::set || type == FieldType::list)
      fold_elements(origin, index, change, record.fields[change.field]);
    else
      record.fields[change.field] = change.value;
  }
}

}  // namespace holdline::sync
