#include "sync/action/record.hpp"

#include "sync/base/limits.hpp"

namespace holdline::sync {

namespace {

constexpr std::uint64_t flag_deleted = 1;
constexpr std::uint64_t flag_deletion_asked = 2;
constexpr std::uint64_t known_flags = flag_deleted | flag_deletion_asked;

// An upper bound of the encoded size of a value with its field number, so that a body is allocated once.
std::size_t size_bound(const Value& value) {
  constexpr std::size_t overhead = 3 + 1 + 10;  // field number, tag, longest varint
  if (const auto* text = std::get_if<std::string>(&value)) return overhead + text->size();
  if (std::holds_alternative<Id>(value)) return overhead + sizeof(Id);
  if (const auto* elements = std::get_if<Elements>(&value)) {
    std::size_t size = overhead;
    for (const Element& element : *elements) size += sizeof(Id) + 1 + 10 + element.text.size();
    return size;
  }
  return overhead;
}

tl::unexpected<Error> malformed_body(const Collection& collection, const char* what) {
  return fail(ErrorKind::stop, "malformed-body",
              "a stored record of collection '" + collection.name + "' cannot be read: " + what +
                  "; check the store before writing to it");
}

// The last `count` characters (code points) of a UTF-8 text, or nothing when it has no more than that.
std::string_view last_characters(std::string_view text, std::size_t count) {
  std::size_t at = text.size(), seen = 0;
  while (at > 0 && seen < count) {
    --at;
    if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80) ++seen;
  }
  return at == 0 ? std::string_view{} : text.substr(at);
}

Value masked(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return Null{};
  constexpr std::size_t shown = 4;
  return "•••" + std::string(last_characters(*text, shown));
}

}  // namespace

Id child_id(const Collection& collection, const Id& parent, std::string_view key) {
  if (!collection.folded_key) return natural_id(collection.no, parent, key);
  std::string folded(key);
  for (char& c : folded)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return natural_id(collection.no, parent, folded);
}

bool may_hold(const Field& field, VisibilitySet visible) {
  return field.replication != Replication::never && (visible >> field.visibility & 1) != 0;
}

bool fits(FieldType type, const Value& value) {
  switch (type) {
    case FieldType::text:
    case FieldType::picklist:
    case FieldType::phone:
    case FieldType::email:
      return std::holds_alternative<std::string>(value);
    case FieldType::integer:
    case FieldType::time:
      return std::holds_alternative<std::int64_t>(value);
    case FieldType::boolean:
      return std::holds_alternative<bool>(value);
    case FieldType::reference:
      return std::holds_alternative<Id>(value);
    case FieldType::set:
    case FieldType::list:
      return std::holds_alternative<Elements>(value);
  }
  return false;
}

Bytes encode_body(const Collection& collection, const Record& record) {
  Bytes body;
  std::size_t size = 1;
  for (const Value& value : record.fields)
    if (!is_null(value)) size += size_bound(value);
  body.reserve(size);
  ByteWriter out(body);
  out.varint((record.deleted ? flag_deleted : 0) | (record.deletion_asked ? flag_deletion_asked : 0));
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    if (is_null(record.fields[i])) continue;
    out.varint(collection.fields[i].no);
    encode_value(out, record.fields[i]);
  }
  return body;
}

Result<void> decode_body(const Collection& collection, std::string_view body, Record& into) {
  ByteReader in(body);
  const std::uint64_t flags = in.varint();
  if (!in.ok() || (flags & ~known_flags) != 0) return malformed_body(collection, "unknown flags");
  into.deleted = (flags & flag_deleted) != 0;
  into.deletion_asked = (flags & flag_deletion_asked) != 0;
  into.fields.assign(collection.fields.size(), Null{});
  // Both sides ascend by number, so one walk finds every field; a number that does not ascend runs off the end.
  std::size_t next = 0;
  while (in.ok() && in.remaining() != 0) {
    const std::uint64_t no = in.varint();
    while (next < collection.fields.size() && collection.fields[next].no < no) ++next;
    if (!in.ok()) break;
    if (next == collection.fields.size() || collection.fields[next].no != no)
      return malformed_body(collection, "a field number is unknown or out of order");
    Value value = decode_value(in, limits::text_bytes);
    if (!in.ok()) break;
    if (!fits(collection.fields[next].type, value)) return malformed_body(collection, "a value is of another type");
    into.fields[next++] = std::move(value);
  }
  if (!in.done()) return malformed_body(collection, "truncated or malformed bytes");
  return {};
}

Record project(const Collection& collection, const Record& record, VisibilitySet visible) {
  Record seen;
  seen.key = record.key;
  seen.scope = record.scope;
  seen.deleted = record.deleted;
  seen.deletion_asked = record.deletion_asked;
  seen.fields.resize(record.fields.size());
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    const Field& field = collection.fields[i];
    if (!may_hold(field, visible)) continue;
    seen.fields[i] = field.replication == Replication::masked ? masked(record.fields[i]) : record.fields[i];
  }
  return seen;
}

FieldMask visible_fields(const Collection& collection, VisibilitySet visible) {
  FieldMask mask = 0;
  for (std::size_t i = 0; i < collection.fields.size(); ++i)
    if (may_hold(collection.fields[i], visible)) mask |= FieldMask{1} << i;
  return mask;
}

}  // namespace holdline::sync
