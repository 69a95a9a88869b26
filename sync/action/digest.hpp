// Digests prove that a replica equals the ledger. Per (scope, collection, visibility group): 256 leaves, each the sum
// modulo 2^256 of SHA-256(collection ‖ id ‖ deletion asked ‖ canonical fields of the group) over its live rows. A sum
// can be kept incrementally (add the new row, subtract the old) and recomputed from the rows in any order.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sync/action/record.hpp"
#include "sync/base/hash.hpp"

namespace holdline::sync {

inline constexpr std::size_t leaf_count = 256;

// A number modulo 2^256, little-endian words.
struct Sum {
  std::array<std::uint64_t, 4> words{};
  bool operator==(const Sum&) const = default;
  Sum& operator+=(const Sum& other);
  Sum& operator-=(const Sum& other);
  static Sum of(const Hash& hash);
  std::array<std::uint8_t, 32> bytes() const;  // little-endian
  static Sum from(std::string_view bytes32);
};

struct DigestKey {
  std::string scope;
  CollectionNo collection = 0;
  std::uint8_t group = 0;  // visibility group
  auto operator<=>(const DigestKey&) const = default;
};

using Leaves = std::array<Sum, leaf_count>;

// Which leaf a record belongs to: the last byte of its id, which is random in every kind of id.
std::size_t leaf_of(const Id& id);
// The contribution of one row to the digest of one group; zero for a deleted record or a record without fields there.
Sum row_digest(const Collection& collection, const Record& record, std::uint8_t group);
// One hash over 256 leaves, for comparing and for showing.
Hash root_of(const Leaves& leaves);

// The digests of one store, kept incrementally.
class DigestTable {
 public:
  // Pass null for "was not there" / "is not there any more". `before` and `depends_on` are the same record.
  void change(const Collection& collection, const Record* before, const Record* after);
  const std::map<DigestKey, Leaves>& all() const { return leaves_; }
  std::map<DigestKey, Leaves>& all() { return leaves_; }
  bool operator==(const DigestTable&) const = default;

 private:
  std::map<DigestKey, Leaves> leaves_;
};

}  // namespace holdline::sync
