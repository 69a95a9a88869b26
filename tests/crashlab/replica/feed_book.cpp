#include "tests/crashlab/replica/feed_book.hpp"

#include <array>
#include <string>

#include "tests/crashlab/experiment.hpp"

namespace holdline::crashlab {

namespace {

constexpr std::uint32_t customers_at_first = 40;
constexpr std::size_t positions = 30, records_per_chunk = 25;
const std::string scope = "acme/north";

sync::Id feed_id(std::uint8_t kind, std::uint32_t n) {
  sync::Id id{{kind, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)}};
  id.bytes[15] = static_cast<std::uint8_t>(n * 37);
  return id;
}

sync::FieldMask filled(const sync::Record& record) {
  sync::FieldMask mask = 0;
  for (std::size_t i = 0; i < record.fields.size(); ++i)
    if (!sync::is_null(record.fields[i])) mask |= sync::FieldMask{1} << i;
  return mask;
}

}  // namespace

std::vector<sync::DigestRoot> LedgerRows::roots() const {
  std::vector<sync::DigestRoot> roots;
  for (const auto& [key, leaves] : digests.all()) roots.push_back({key, sync::root_of(leaves)});
  return roots;
}

FeedBook::FeedBook(const sync::Schema& schema) : schema_(schema) {
  LedgerRows rows;
  std::uint32_t customers = 0;
  while (customers < customers_at_first) add_customer(rows, customers++);
  positions_.push_back(rows);
  Random random(11);
  while (positions_.size() < positions) {
    for (std::uint32_t i = 0, changes = 1 + random.below(12); i < changes; ++i) {
      auto at = rows.rows.begin();
      std::advance(at, random.below(static_cast<std::uint32_t>(rows.rows.size())));
      if (one_in(random, 3)) {
        add_customer(rows, customers++);
      } else if (one_in(random, 8) && rows.rows.size() > customers_at_first) {
        remove(rows, sync::RecordKey(at->first));
      } else if (const sync::Collection& of = *schema_.collection(at->first.collection); of.name == "customer") {
        sync::Record next = at->second;
        next.fields[*of.field("family")] = "Fam" + std::to_string(positions_.size()) + "x" + std::to_string(i);
        put(rows, std::move(next));
      }
    }
    positions_.push_back(rows);
  }
}

void FeedBook::add_customer(LedgerRows& rows, std::uint32_t n) const {
  const auto made = [&](const char* collection, std::uint8_t kind) {
    const sync::Collection& of = *schema_.collection(collection);
    sync::Record record;
    record.key = {of.no, feed_id(kind, n)};
    record.scope = scope;
    record.fields.resize(of.fields.size());
    return record;
  };
  const auto set = [&](sync::Record& record, const char* field, sync::Value value) {
    record.fields[*schema_.collection(record.key.collection)->field(field)] = std::move(value);
  };
  sync::Record customer = made("customer", 1), phone = made("phone", 2);
  set(customer, "given", "Given" + std::to_string(n));
  set(customer, "family", "Family" + std::to_string(n));
  set(phone, "customer", customer.key.id);
  set(phone, "e164", "+4930" + std::to_string(1'000'000 + n * 7'919));
  put(rows, std::move(customer));
  put(rows, std::move(phone));
}

void FeedBook::put(LedgerRows& rows, sync::Record record) const {
  const auto stood = rows.rows.find(record.key);
  rows.digests.change(*schema_.collection(record.key.collection), stood == rows.rows.end() ? nullptr : &stood->second,
                      &record);
  const sync::RecordKey key = record.key;
  rows.rows.insert_or_assign(key, std::move(record));
}

void FeedBook::remove(LedgerRows& rows, const sync::RecordKey& key) const {
  const auto stood = rows.rows.find(key);
  rows.digests.change(*schema_.collection(key.collection), &stood->second, nullptr);
  rows.rows.erase(stood);
}

sync::Cut FeedBook::cut(sync::ChangeNumber from) const {
  const auto& before = at(from).rows;
  const auto& after = at(from + 1).rows;
  sync::Cut cut{from, cursor(from + 1), {}, at(from + 1).roots()};
  for (const auto& [key, record] : before) {
    if (after.contains(key)) continue;
    sync::Change change{from + 1, true, 0, {}};
    change.record.key = key;
    change.record.scope = record.scope;
    cut.changes.push_back(std::move(change));
  }
  for (const auto& [key, record] : after) {
    const auto stood = before.find(key);
    if (stood != before.end() && stood->second == record) continue;
    sync::Change change{from + 1, false, filled(record), record};
    for (std::size_t i = 0; stood != before.end() && i < record.fields.size(); ++i) {
      if (stood->second.fields[i] != record.fields[i]) continue;
      change.mask &= ~(sync::FieldMask{1} << i);
      change.record.fields[i] = sync::Null{};
    }
    cut.changes.push_back(std::move(change));
  }
  return cut;
}

FeedBook::Snapshot FeedBook::snapshot(sync::ChangeNumber cn) const {
  Snapshot snapshot;
  snapshot.manifest.epoch = feed_id(3, 1);
  snapshot.manifest.at = cursor(cn);
  snapshot.manifest.schema_version = schema_.version();
  snapshot.manifest.digests = at(cn).roots();
  for (const auto& [key, record] : at(cn).rows) {
    if (snapshot.chunks.empty() || snapshot.chunks.back().size() == records_per_chunk) snapshot.chunks.emplace_back();
    snapshot.chunks.back().push_back({cn, false, filled(record), record});
  }
  for (std::size_t i = 0; i < snapshot.chunks.size(); ++i) {
    sync::ChunkInfo info;
    info.hash = sync::sha256("chunk " + std::to_string(cn) + " " + std::to_string(i));
    info.records = snapshot.chunks[i].size();
    snapshot.manifest.chunks.push_back(info);
  }
  return snapshot;
}

}  // namespace holdline::crashlab
