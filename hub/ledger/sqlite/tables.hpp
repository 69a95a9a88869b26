// What the connections of one SQLite ledger share: statements prepared on first use, small numbers for long names, and
// the row forms of records and results.
// Internal to hub/ledger/sqlite.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/ledger/ledger.hpp"
#include "platform/database/database.hpp"

namespace holdline::hub::sqlite {

// What happened to a record in a scope at a cn. Stored: never renumber.
enum class FeedKind : std::uint8_t {
  changed = 0,        // the fields of the mask
  flags_changed = 1,  // deleted or deletion_asked, besides the fields of the mask
  whole = 2,          // created, come back, or moved here: who follows this scope did not have it
  leave = 3,          // moved to another scope; the body is empty
};

// The statements of one connection, each prepared when it is first asked for.
class Statements {
 public:
  explicit Statements(platform::Database& db) : db_(&db) {}
  // The statement stays where it is. `copy`: several of the same text, for queries that run side by side.
  Result<platform::Statement*> get(std::string_view sql, std::size_t copy = 0);

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
  };
  platform::Database* db_;
  std::unordered_map<std::string, std::vector<std::unique_ptr<platform::Statement>>, TextHash, std::equal_to<>>
      prepared_;
};

// Small numbers for names of scopes and of sources of imports, or party ids, remembered per connection.
class Names {
 public:
  static Names of_scopes(Statements& statements) { return Names(statements, "scope", "name"); }
  static Names of_parties(Statements& statements) { return Names(statements, "party", "id"); }
  static Names of_sources(Statements& statements) { return Names(statements, "import_source", "name"); }

  Result<std::optional<std::int64_t>> find(std::string_view name);
  // Gives a new name the next number. What is not kept by keep_new() must be forgotten by forget_new() when the
  // transaction that added it is undone.
  Result<std::int64_t> number(std::string_view name);
  Result<std::string> name(std::int64_t number);
  void keep_new() { added_.clear(); }
  void forget_new();

 private:
  Names(Statements& statements, const std::string& table, const std::string& column);
  void remember(std::string_view name, std::int64_t number);

  Statements* statements_;
  std::string find_sql_, insert_sql_, name_sql_;
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, std::int64_t, NameHash, std::equal_to<>> numbers_;
  std::unordered_map<std::int64_t, std::string> names_;
  std::vector<std::string> added_;
};

// The columns of a row that record_of() reads, and of a result that result_of() reads.
inline constexpr const char* record_columns = "id, scope, cn, body, meta";
inline constexpr const char* result_columns =
    "entry, incarnation, lane, number, verdict, cn, salt, hash, conflicts, code, text";
inline constexpr const char* held_columns =
    "device, incarnation, lane, number, state, header, salt, payload, hash, missing, corrected, code, text";

Result<VersionedRecord> record_of(const sync::Collection& collection, Names& scopes, const platform::Rows& row);
Result<KeptResult> result_of(const Id& device, Names& parties, const platform::Rows& row);
Result<HeldAction> held_of(Names& parties, const platform::Rows& row);

sync::Bytes encode_refs(std::span<const sync::ActionRef> refs);
sync::Bytes encode_ids(std::span<const Id> ids);
sync::Bytes encode_names(std::span<const std::string> names);
Result<std::vector<std::string>> decode_names(std::string_view bytes);

// The feed's last position.
Result<Cursor> read_head(Statements& statements);
// Settings. `feed-floor`: cursors below this cn are too old; the others are in ledger.cpp.
Result<std::string> read_meta(Statements& statements, std::string_view name);
// The next number for a reference; out of range when all are used up.
Result<std::uint64_t> read_next_reference(Statements& statements);
Result<void> write_meta(Statements& statements, std::string_view name, std::string_view value);
Result<ChangeNumber> read_floor(Statements& statements);

// A stored value that cannot be what was written.
tl::unexpected<Error> damaged(std::string_view what);

}  // namespace holdline::hub::sqlite
