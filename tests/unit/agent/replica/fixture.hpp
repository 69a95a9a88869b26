// Records of the default schema, cuts and snapshots as a hub would tell them, and a workstation's replica in a scratch
// directory.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "agent/replica/replica.hpp"
#include "sync/action/digest.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::agent {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().code + ": " + result.error().message);
  return *std::move(result);
}
inline void must(Result<void> result) {
  if (!result) throw std::runtime_error(result.error().code + ": " + result.error().message);
}
template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "ok" : result.error().code;
}

inline const sync::Schema& test_schema() {
  static const sync::Schema schema = must(sync::Schema::parse(sync::default_schema_text()));
  return schema;
}

// Ids that sort by number; the leaf is the number's last byte.
inline sync::Id id_of(std::uint32_t number) {
  sync::Id id;
  for (int i = 0; i < 4; ++i) {
    id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  }
  id.bytes[15] = static_cast<std::uint8_t>(number);
  return id;
}

inline const std::string test_scope = "acme/berlin/support";
inline const sync::Id test_epoch = id_of(0xe0000001);

using Fields = std::initializer_list<std::pair<std::string_view, sync::Value>>;

inline const sync::Collection& collection_of(std::string_view name) {
  const auto* collection = test_schema().collection(name);
  if (collection == nullptr) throw std::runtime_error("no collection " + std::string(name));
  return *collection;
}

inline sync::RecordKey key_in(std::string_view collection, std::uint32_t number) {
  return {collection_of(collection).no, id_of(number)};
}

inline sync::Value text(std::string_view value) { return std::string(value); }

inline sync::Record record_of(std::string_view name, std::uint32_t number, Fields fields,
                              const std::string& scope = test_scope) {
  const auto& collection = collection_of(name);
  sync::Record record;
  record.key = {collection.no, id_of(number)};
  record.scope = scope;
  record.fields.resize(collection.fields.size());
  for (const auto& [field, value] : fields) record.fields[collection.field(field).value()] = value;
  return record;
}

inline sync::Record customer_of(std::uint32_t number, std::string_view given, std::string_view family,
                                std::string_view ref = {}) {
  auto record = record_of("customer", number, {{"given", text(given)}, {"family", text(family)}});
  if (!ref.empty()) record.fields[collection_of("customer").field("ref").value()] = text(ref);
  return record;
}
inline sync::Record phone_of(std::uint32_t number, std::uint32_t customer, std::string_view e164) {
  return record_of("phone", number, {{"customer", id_of(customer)}, {"e164", text(e164)}});
}

inline std::string text_in(const sync::Record& record, std::string_view field) {
  const auto& value = record.fields.at(test_schema().collection(record.key.collection)->field(field).value());
  const auto* found = std::get_if<std::string>(&value);
  return found == nullptr ? "" : *found;
}

// Tells the whole record.
inline sync::Change told(sync::ChangeNumber cn, const sync::Record& record) {
  sync::Change change{cn, false, 0, record};
  for (std::size_t i = 0; i < record.fields.size(); ++i)
    if (!sync::is_null(record.fields[i])) change.mask |= sync::FieldMask{1} << i;
  return change;
}
inline sync::Change told_fields(sync::ChangeNumber cn, std::string_view collection, std::uint32_t number,
                                Fields fields) {
  sync::Change change{cn, false, 0, record_of(collection, number, fields)};
  for (const auto& [field, value] : fields)
    change.mask |= sync::FieldMask{1} << collection_of(collection).field(field).value();
  return change;
}
inline sync::Change left(sync::ChangeNumber cn, sync::RecordKey key, const std::string& scope = test_scope) {
  sync::Change change{cn, true, 0, {}};
  change.record.key = key;
  change.record.scope = scope;
  return change;
}

inline sync::Cut cut_of(sync::ChangeNumber from, sync::ChangeNumber to, std::vector<sync::Change> changes) {
  return {from, {to, to * 1000 + 7}, std::move(changes), {}};
}

inline sync::DigestTable digests_of(const std::vector<sync::Record>& records) {
  sync::DigestTable table;
  for (const sync::Record& record : records)
    table.change(*test_schema().collection(record.key.collection), nullptr, &record);
  return table;
}
inline std::vector<sync::DigestRoot> roots_of(const sync::DigestTable& table) {
  std::vector<sync::DigestRoot> roots;
  for (const auto& [key, leaves] : table.all()) roots.push_back({key, sync::root_of(leaves)});
  return roots;
}

// Turns over a bit of every page of a file on the disk; what is in memory already stays good.
inline void rot(const std::filesystem::path& file) {
  std::string bytes = platform::contents(file);
  constexpr std::size_t page = 4096;
  for (std::size_t at = 0; at < bytes.size(); at += page) bytes[at + 100] = static_cast<char>(bytes[at + 100] ^ 4);
  platform::write_contents(file, bytes);
}

// A snapshot in chunks of `per_chunk` records.
struct Snapshot {
  sync::Manifest manifest;
  std::vector<std::vector<sync::Change>> chunks;

  Snapshot(sync::ChangeNumber cn, const std::vector<sync::Record>& records, std::size_t per_chunk = 3) {
    manifest.epoch = test_epoch;
    manifest.at = {cn, cn * 1000 + 7};
    manifest.grants = 1;
    manifest.schema_version = test_schema().version();
    manifest.digests = roots_of(digests_of(records));
    for (const sync::Record& record : records) {
      if (chunks.empty() || chunks.back().size() == per_chunk) chunks.emplace_back();
      chunks.back().push_back(told(cn, record));
    }
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      sync::ChunkInfo info;
      info.hash = sync::sha256("chunk " + std::to_string(cn) + " " + std::to_string(i));
      info.records = chunks[i].size();
      manifest.chunks.push_back(info);
    }
  }
};

// What a download does, without one.
inline void bootstrap(Replica& replica, const Snapshot& snapshot, std::int64_t hub_wall_ms = 500) {
  auto builder = must(replica.build(snapshot.manifest));
  for (std::size_t i = 0; i < snapshot.chunks.size(); ++i)
    must(builder->add(snapshot.manifest.chunks[i], snapshot.chunks[i]));
  must(builder->finish(hub_wall_ms));
  must(replica.swap(std::move(builder)));
}

struct ReplicaStation {
  platform::Scratch scratch;
  ReplicaOptions options;
  platform::SecretKey key = platform::key_of(7);
  std::unique_ptr<Replica> replica;
  std::string rebuilt_because;

  ReplicaStation() {
    options.directory = scratch.path();
    start();
  }
  void start() {
    replica.reset();
    rebuilt_because.clear();
    replica = must(Replica::open(options, key, test_schema(), &rebuilt_because));
  }
  void bootstrap(const Snapshot& snapshot) { agent::bootstrap(*replica, snapshot); }
  // The place of a first bootstrap with nothing in it: cursor 10.
  void bootstrap() { bootstrap(Snapshot(10, {})); }
  std::unique_ptr<ReplicaReader> reader() const { return must(ReplicaReader::open(options, key, test_schema())); }
  std::vector<ReplicaRow> rows(sync::RecordKey key_asked) const { return must(reader()->find({&key_asked, 1})).rows; }
};

}  // namespace holdline::agent
