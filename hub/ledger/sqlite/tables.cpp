#include "hub/ledger/sqlite/tables.hpp"

#include <algorithm>
#include <charconv>

namespace holdline::hub::sqlite {
namespace {

constexpr std::size_t id_bytes = sizeof(Id::bytes);
constexpr std::size_t hash_bytes = sizeof(sync::Hash::bytes);

Result<std::vector<Id>> decode_ids(std::string_view bytes) {
  if (bytes.size() % id_bytes != 0) return damaged("conflicts of a result");
  std::vector<Id> ids;
  for (std::size_t at = 0; at < bytes.size(); at += id_bytes) ids.push_back(Id::from(bytes.substr(at, id_bytes)));
  return ids;
}

Result<std::vector<sync::ActionRef>> decode_refs(std::string_view bytes) {
  sync::ByteReader in(bytes);
  std::vector<sync::ActionRef> refs(in.count(2));
  for (sync::ActionRef& ref : refs) {
    ref.lane = in.u8();
    ref.number = in.varint();
  }
  if (!in.done()) return damaged("what a held action waits for");
  return refs;
}

Result<Id> party_id(Names& parties, std::int64_t number) {
  HOLDLINE_ASSIGN(const std::string id, parties.name(number));
  if (id.size() != id_bytes) return damaged("an id");
  return Id::from(id);
}

}  // namespace

tl::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorKind::stop, "ledger-damaged",
              "The ledger holds something that was never written (" + std::string(what) +
                  "). Stop, keep the file, and restore a backup.");
}

Result<platform::Statement*> Statements::get(std::string_view sql, std::size_t copy) {
  auto found = prepared_.find(sql);
  if (found == prepared_.end()) found = prepared_.try_emplace(std::string(sql)).first;
  auto& copies = found->second;
  while (copies.size() <= copy) {
    HOLDLINE_ASSIGN(auto statement, db_->prepare(sql));
    copies.push_back(std::make_unique<platform::Statement>(std::move(statement)));
  }
  return copies[copy].get();
}

Names::Names(Statements& statements, const std::string& table, const std::string& column)
    : statements_(&statements),
      find_sql_("SELECT no FROM " + table + " WHERE " + column + " = ?"),
      insert_sql_("INSERT INTO " + table + "(" + column + ") VALUES (?) RETURNING no"),
      name_sql_("SELECT " + column + " FROM " + table + " WHERE no = ?") {}

void Names::remember(std::string_view name, std::int64_t number) {
  numbers_.emplace(name, number);
  names_.emplace(number, name);
}

void Names::forget_new() {
  for (const std::string& name : added_) {
    const auto found = numbers_.find(name);
    if (found == numbers_.end()) continue;
    names_.erase(found->second);
    numbers_.erase(found);
  }
  added_.clear();
}

Result<std::optional<std::int64_t>> Names::find(std::string_view name) {
  if (const auto known = numbers_.find(name); known != numbers_.end()) return known->second;
  HOLDLINE_ASSIGN(auto* find, statements_->get(find_sql_));
  auto rows = find->rows(platform::Blob{name});
  HOLDLINE_ASSIGN(const bool found, rows.next());
  if (!found) return std::nullopt;
  remember(name, rows.i64(0));
  return rows.i64(0);
}

Result<std::int64_t> Names::number(std::string_view name) {
  HOLDLINE_ASSIGN(const auto known, find(name));
  if (known) return *known;
  HOLDLINE_ASSIGN(auto* insert, statements_->get(insert_sql_));
  auto rows = insert->rows(platform::Blob{name});
  HOLDLINE_ASSIGN(const bool inserted, rows.next());
  if (!inserted) return damaged("a number for a name");
  const std::int64_t number = rows.i64(0);
  remember(name, number);
  added_.emplace_back(name);
  return number;
}

Result<std::string> Names::name(std::int64_t number) {
  if (const auto known = names_.find(number); known != names_.end()) return known->second;
  HOLDLINE_ASSIGN(auto* find, statements_->get(name_sql_));
  auto rows = find->rows(number);
  HOLDLINE_ASSIGN(const bool found, rows.next());
  if (!found) return damaged("a number without a name");
  std::string name(rows.blob(0));
  remember(name, number);
  return name;
}

Result<VersionedRecord> record_of(const sync::Collection& collection, Names& scopes, const platform::Rows& row) {
  if (row.blob(0).size() != id_bytes) return damaged("a record's id");
  VersionedRecord at;
  sync::Record& record = at.stored.record;
  record.key = {collection.no, Id::from(row.blob(0))};
  HOLDLINE_ASSIGN(record.scope, scopes.name(row.i64(1)));
  at.cn = static_cast<ChangeNumber>(row.i64(2));
  HOLDLINE_TRY(sync::decode_body(collection, row.blob(3), record));
  HOLDLINE_ASSIGN(at.stored.meta, sync::decode_meta(row.blob(4)));
  return at;
}

Result<KeptResult> result_of(const Id& device, Names& parties, const platform::Rows& row) {
  KeptResult kept;
  kept.device = device;
  sync::ActionResult& result = kept.result;
  result.entry = static_cast<std::uint64_t>(row.i64(0));
  HOLDLINE_ASSIGN(result.incarnation, party_id(parties, row.i64(1)));
  result.lane = static_cast<Lane>(row.i64(2));
  result.number = static_cast<std::uint64_t>(row.i64(3));
  if (row.i64(4) < 0 || row.i64(4) > static_cast<std::int64_t>(sync::Verdict::discarded)) return damaged("a verdict");
  result.verdict = static_cast<sync::Verdict>(row.i64(4));
  result.at = {static_cast<ChangeNumber>(row.i64(5)), static_cast<std::uint64_t>(row.i64(6))};
  if (row.blob(7).size() != hash_bytes) return damaged("a result's hash");
  kept.hash = sync::Hash::from(row.blob(7));
  HOLDLINE_ASSIGN(result.conflicts, decode_ids(row.blob(8)));
  result.code = row.text(9);
  result.text = row.text(10);
  return kept;
}

Result<HeldAction> held_of(Names& parties, const platform::Rows& row) {
  HeldAction held;
  HOLDLINE_ASSIGN(held.lane.device, party_id(parties, row.i64(0)));
  HOLDLINE_ASSIGN(held.lane.incarnation, party_id(parties, row.i64(1)));
  held.lane.lane = held.stored.lane = static_cast<Lane>(row.i64(2));
  held.stored.number = static_cast<std::uint64_t>(row.i64(3));
  if (row.i64(4) < 0 || row.i64(4) > static_cast<std::int64_t>(HeldState::discarded)) return damaged("a held state");
  held.state = static_cast<HeldState>(row.i64(4));
  held.stored.header = row.blob(5);
  if (row.blob(6).size() != held.stored.salt.size()) return damaged("a held action's salt");
  std::copy_n(reinterpret_cast<const std::uint8_t*>(row.blob(6).data()), held.stored.salt.size(),
              held.stored.salt.begin());
  held.stored.payload = row.blob(7);
  if (row.blob(8).size() != hash_bytes) return damaged("a held action's hash");
  held.stored.hash = sync::Hash::from(row.blob(8));
  HOLDLINE_ASSIGN(held.missing, decode_refs(row.blob(9)));
  held.corrected_ms = row.i64(10);
  held.code = row.text(11);
  held.text = row.text(12);
  return held;
}

sync::Bytes encode_refs(std::span<const sync::ActionRef> refs) {
  sync::Bytes bytes;
  sync::ByteWriter out(bytes);
  out.varint(refs.size());
  for (const sync::ActionRef& ref : refs) {
    out.u8(ref.lane);
    out.varint(ref.number);
  }
  return bytes;
}

sync::Bytes encode_ids(std::span<const Id> ids) {
  sync::Bytes bytes;
  for (const Id& id : ids) bytes.append(id.view());
  return bytes;
}

sync::Bytes encode_names(std::span<const std::string> names) {
  sync::Bytes bytes;
  sync::ByteWriter out(bytes);
  out.varint(names.size());
  for (const std::string& name : names) out.blob(name);
  return bytes;
}

Result<std::vector<std::string>> decode_names(std::string_view bytes) {
  sync::ByteReader in(bytes);
  std::vector<std::string> names(in.count());
  for (std::string& name : names) name = in.blob();
  if (!in.done()) return damaged("a list of scopes");
  return names;
}

Result<Cursor> read_head(Statements& statements) {
  HOLDLINE_ASSIGN(auto* last, statements.get("SELECT last_cn, salt FROM tx ORDER BY last_cn DESC LIMIT 1"));
  auto rows = last->rows();
  HOLDLINE_ASSIGN(const bool found, rows.next());
  if (!found) return Cursor{};
  return Cursor{static_cast<ChangeNumber>(rows.i64(0)), static_cast<std::uint64_t>(rows.i64(1))};
}

Result<std::string> read_meta(Statements& statements, std::string_view name) {
  HOLDLINE_ASSIGN(auto* find, statements.get("SELECT value FROM meta WHERE name = ?"));
  auto rows = find->rows(name);
  HOLDLINE_ASSIGN(const bool found, rows.next());
  if (!found) return damaged("a missing setting");
  return std::string(rows.blob(0));
}

Result<std::uint64_t> read_next_reference(Statements& statements) {
  HOLDLINE_ASSIGN(const std::string text, read_meta(statements, "reference-next"));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return damaged("the next reference");
  return number;
}

Result<void> write_meta(Statements& statements, std::string_view name, std::string_view value) {
  HOLDLINE_ASSIGN(auto* put, statements.get("INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)"));
  return put->run(name, platform::Blob{value});
}

Result<ChangeNumber> read_floor(Statements& statements) {
  HOLDLINE_ASSIGN(const std::string text, read_meta(statements, "feed-floor"));
  ChangeNumber floor = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), floor);
  if (error != std::errc() || end != text.data() + text.size()) return damaged("the feed's floor");
  return floor;
}

}  // namespace holdline::hub::sqlite
