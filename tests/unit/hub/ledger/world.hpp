// What the ledger's tests share: a small schema, ways to make writes, and a replica so simple that it is right.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "hub/ledger/ledger.hpp"
#include "sync/action/digest.hpp"

namespace holdline::hub::testing {

using sync::Record;
using sync::RecordKey;

inline constexpr sync::CollectionNo customer_no = 1, note_no = 2, alarm_no = 3;
// Fields of a customer.
enum : std::size_t { name_field, health_field, card_field, secret_field };
// Visibility group 0 alone, and 0 with 1.
inline constexpr sync::VisibilitySet desk = 0b01, nurse = 0b11;

inline constexpr const char* own_collections = R"toml(
version = 1

[collection.customer]
no = 1
lane = 3
[collection.customer.field]
name = { no = 1, type = "text", max_length = 80 }
health = { no = 2, type = "text", max_length = 80, visibility = 1 }
card = { no = 3, type = "text", max_length = 40, replication = "masked" }
secret = { no = 4, type = "text", max_length = 40, replication = "never" }

[collection.note]
no = 2
lane = 2
parent = "customer"
[collection.note.field]
customer = { no = 1, type = "reference", target = "customer", required = true }
text = { no = 2, type = "text", max_length = 400 }

[collection.alarm]
no = 3
lane = 0
[collection.alarm.field]
level = { no = 1, type = "integer", visibility = 1 }
)toml";

// With the collection that every schema must have, as the schema of this build declares it.
inline std::string schema_text() {
  const std::string_view shipped = sync::default_schema_text();
  return own_collections + std::string(shipped.substr(shipped.find("[collection.conflict]")));
}

inline Id id_of(std::uint64_t n) {
  Id id;
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[15 - i] = static_cast<std::uint8_t>(n * 0x9e3779b97f4a7c15ull >> (8 * i));
  id.bytes[0] = static_cast<std::uint8_t>(1 + n % 200);
  return id;
}

inline Record make(const sync::Schema& schema, sync::CollectionNo collection, std::uint64_t n, std::string scope) {
  Record record;
  record.key = {collection, id_of(n)};
  record.scope = std::move(scope);
  record.fields.resize(schema.collection(collection)->fields.size());
  return record;
}

inline Record customer(const sync::Schema& schema, std::uint64_t n, std::string scope, std::string name) {
  Record record = make(schema, customer_no, n, std::move(scope));
  record.fields[name_field] = std::move(name);
  return record;
}

// What the hub would say about a record that was `before` (null: not there) and is `next` now.
inline RecordWrite write_of(const Record* before, const Record& next, ChangeNumber cn) {
  RecordWrite write;
  write.cn = cn;
  if (before != nullptr && !before->deleted) write.before = *before;
  write.next.record = next;
  write.next.meta.last_device = id_of(900);
  write.next.meta.last_cn = cn;
  for (std::size_t i = 0; i < next.fields.size(); ++i) {
    if (write.before ? write.before->fields[i] != next.fields[i] : !sync::is_null(next.fields[i])) {
      write.changed |= sync::FieldMask{1} << i;
    }
  }
  return write;
}

// Commits each list of records as one cn of one transaction. Salts are 1000 + the last cn, so that tests can tell.
inline Cursor commit(Ledger& ledger, const std::vector<std::vector<Record>>& cns, std::uint64_t salt_base = 1000) {
  auto transaction = ledger.begin();
  if (!transaction) throw std::runtime_error(transaction.error().message);
  ChangeSet changes;
  ChangeNumber cn = (*transaction)->head().cn;
  std::map<RecordKey, Record> written;
  for (const auto& records : cns) {
    ++cn;
    for (const Record& record : records) {
      const auto stored = (*transaction)->records(std::vector{record.key});
      if (!stored) throw std::runtime_error(stored.error().message);
      const Record* before = nullptr;
      if (const auto at = stored->find(record.key); at != stored->end()) before = &at->second.stored.record;
      if (const auto at = written.find(record.key); at != written.end()) before = &at->second;
      changes.records.push_back(write_of(before, record, cn));
      written[record.key] = record;
    }
  }
  changes.last_cn = cn;
  changes.salt = salt_base + cn;
  const auto done = (*transaction)->commit(changes);
  if (!done) throw std::runtime_error(done.error().message);
  return {cn, changes.salt};
}

// A replica: the rows a device holds, as plain values.
using Rows = std::map<RecordKey, Record>;

inline void apply(const sync::Schema& schema, const sync::Cut& cut, Rows& rows) {
  for (const sync::Change& change : cut.changes) {
    if (change.leave || change.record.deleted) {
      rows.erase(change.record.key);
      continue;
    }
    auto [at, made] = rows.try_emplace(change.record.key, change.record);
    if (made) continue;
    at->second.scope = change.record.scope;
    at->second.deletion_asked = change.record.deletion_asked;
    for (std::size_t i = 0; i < schema.collection(change.record.key.collection)->fields.size(); ++i) {
      if (change.mask >> i & 1) at->second.fields[i] = change.record.fields[i];
    }
  }
}

// What a device with these scopes and this profile holds when the ledger holds `all`.
inline Rows held_by_device(const sync::Schema& schema, const Rows& all, const std::vector<std::string>& scopes,
                           sync::VisibilitySet profile) {
  Rows held;
  for (const auto& [key, record] : all) {
    const sync::Collection& collection = *schema.collection(key.collection);
    const bool subscribed = std::find(scopes.begin(), scopes.end(), record.scope) != scopes.end();
    if (record.deleted || !subscribed || sync::visible_fields(collection, profile) == 0) continue;
    held.emplace(key, sync::project(collection, record, profile));
  }
  return held;
}

inline std::vector<sync::DigestRoot> roots_of(const sync::Schema& schema, const Rows& rows,
                                              sync::VisibilitySet profile) {
  sync::DigestTable table;
  for (const auto& [key, record] : rows) table.change(*schema.collection(key.collection), nullptr, &record);
  std::vector<sync::DigestRoot> roots;
  for (const auto& [key, leaves] : table.all()) {
    if (profile >> key.group & 1) roots.push_back({key, sync::root_of(leaves)});
  }
  return roots;
}

inline std::vector<sync::DigestRoot> sorted(std::vector<sync::DigestRoot> roots) {
  std::sort(roots.begin(), roots.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return roots;
}

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "ok" : result.error().code;
}

}  // namespace holdline::hub::testing
