#include "sync/action/digest.hpp"

#include <algorithm>
#include <bitset>

#include "sync/base/bytes.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t word_bytes = 8;

std::bitset<8> groups_of(const Collection& collection) {
  std::bitset<8> groups;
  for (const Field& field : collection.fields)
    if (field.replication != Replication::never) groups.set(field.visibility);
  return groups;
}

bool masks_in_group(const Collection& collection, std::uint8_t group) {
  return std::any_of(collection.fields.begin(), collection.fields.end(), [group](const Field& field) {
    return field.visibility == group && field.replication == Replication::masked;
  });
}

// What is hashed for one row and group; empty when the row contributes nothing there. `shown` holds the fields as a
// workstation may hold them, except that those of other groups and of class `never` may still be there.
Bytes canonical_row(const Collection& collection, const Record& shown, std::uint8_t group) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.varint(collection.no);
  out.raw(shown.key.id.view());
  out.u8(shown.deletion_asked ? 1 : 0);
  const std::size_t head = bytes.size();
  for (std::size_t i = 0; i < shown.fields.size(); ++i) {
    const Field& field = collection.fields[i];
    const bool told = field.visibility == group && field.replication != Replication::never;
    if (!told || is_null(shown.fields[i])) continue;
    out.varint(field.no);
    encode_value(out, shown.fields[i]);
  }
  if (bytes.size() == head) bytes.clear();
  return bytes;
}

// Masking an already masked value changes nothing, so the ledger's row and a replica's give the same bytes.
Bytes row_bytes(const Collection& collection, const Record* record, std::uint8_t group) {
  if (record == nullptr || record->deleted) return {};
  if (!masks_in_group(collection, group)) return canonical_row(collection, *record, group);
  return canonical_row(collection, project(collection, *record, static_cast<VisibilitySet>(1u << group)), group);
}

bool is_zero(const Leaves& leaves) {
  return std::all_of(leaves.begin(), leaves.end(), [](const Sum& sum) { return sum == Sum{}; });
}

}  // namespace

Sum& Sum::operator+=(const Sum& other) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t with_carry = other.words[i] + carry;  // 0 when it overflows, and then the carry stays
    const std::uint64_t sum = words[i] + with_carry;
    carry = (with_carry < carry || sum < with_carry) ? 1 : 0;
    words[i] = sum;
  }
  return *this;
}

Sum& Sum::operator-=(const Sum& other) {
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t with_borrow = other.words[i] + borrow;
    const bool borrows = with_borrow < borrow || words[i] < with_borrow;
    words[i] -= with_borrow;
    borrow = borrows ? 1 : 0;
  }
  return *this;
}

Sum Sum::of(const Hash& hash) { return from(hash.view()); }

std::array<std::uint8_t, 32> Sum::bytes() const {
  std::array<std::uint8_t, 32> out{};
  for (std::size_t word = 0; word < words.size(); ++word)
    for (std::size_t i = 0; i < word_bytes; ++i)
      out[word * word_bytes + i] = static_cast<std::uint8_t>(words[word] >> (8 * i));
  return out;
}

Sum Sum::from(std::string_view bytes32) {
  Sum sum;
  if (bytes32.size() != sizeof sum.words) return sum;
  for (std::size_t word = 0; word < sum.words.size(); ++word)
    for (std::size_t i = 0; i < word_bytes; ++i)
      sum.words[word] |= std::uint64_t{static_cast<unsigned char>(bytes32[word * word_bytes + i])} << (8 * i);
  return sum;
}

std::size_t leaf_of(const Id& id) { return id.bytes.back(); }

Sum row_digest(const Collection& collection, const Record& record, std::uint8_t group) {
  const Bytes bytes = row_bytes(collection, &record, group);
  return bytes.empty() ? Sum{} : Sum::of(sha256(bytes));
}

Hash root_of(const Leaves& leaves) {
  Bytes all;
  all.reserve(leaves.size() * sizeof(Hash));
  for (const Sum& leaf : leaves) {
    const auto bytes = leaf.bytes();
    all.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  return sha256(all);
}

void DigestTable::change(const Collection& collection, const Record* before, const Record* after) {
  const bool moved = before != nullptr && after != nullptr && before->scope != after->scope;
  const std::bitset<8> groups = groups_of(collection);
  for (std::uint8_t group = 0; group < groups.size(); ++group) {
    if (!groups.test(group)) continue;
    const Bytes old_bytes = row_bytes(collection, before, group);
    const Bytes new_bytes = row_bytes(collection, after, group);
    if (!moved && old_bytes == new_bytes) continue;
    if (!new_bytes.empty()) {
      leaves_[{after->scope, collection.no, group}][leaf_of(after->key.id)] += Sum::of(sha256(new_bytes));
    }
    if (old_bytes.empty()) continue;
    const auto at = leaves_.try_emplace({before->scope, collection.no, group}).first;
    Sum& leaf = at->second[leaf_of(before->key.id)];
    leaf -= Sum::of(sha256(old_bytes));
    // A table that lost its last row equals one that never had any.
    if (leaf == Sum{} && is_zero(at->second)) leaves_.erase(at);
  }
}

}  // namespace holdline::sync
