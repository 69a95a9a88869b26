#include "hub/feed/snapshots.hpp"

#include "tests/unit/hub/ledger/sqlite/store.hpp"

namespace holdline::hub::testing {
namespace {

const std::vector<std::string> leeds_only{"acme/leeds"};

class SnapshotsTest : public ::testing::Test {
 protected:
  SnapshotsTest() {
    std::vector<Record> records;
    for (std::uint64_t n = 1; n <= 300; ++n) {
      Record record = customer(schema(), n, n % 3 == 0 ? "acme/york" : "acme/leeds", "name " + std::to_string(n));
      record.fields[health_field] = "health";
      records.push_back(record);
    }
    Record alarm = make(schema(), alarm_no, 1000, "acme/leeds");
    alarm.fields[0] = std::int64_t{2};
    Record gone = customer(schema(), 1001, "acme/leeds", "gone");
    gone.deleted = true;
    records.push_back(alarm);
    records.push_back(gone);
    commit(store_.ledger(), {records});
  }

  const sync::Schema& schema() { return store_.ledger().schema(); }
  SnapshotLimits small_chunks() {
    SnapshotLimits limits;
    limits.chunk_bytes = 2'000;
    return limits;
  }
  // What a device holds that fetched all chunks.
  Rows fetch(const Snapshots& snapshots, const sync::Manifest& manifest, sync::VisibilitySet profile,
             const std::vector<std::string>& scopes = leeds_only) {
    Rows rows;
    sync::Compressor compressor;
    for (const sync::ChunkInfo& info : manifest.chunks) {
      const auto chunk = snapshots.chunk(info.hash, scopes, profile);
      if (!chunk) throw std::runtime_error("a chunk of the manifest is not there");
      EXPECT_EQ(sync::sha256(*chunk), info.hash);
      EXPECT_EQ(chunk->size(), info.bytes);
      const auto raw = compressor.decompress(*chunk, nullptr, info.raw_bytes).value();
      const auto changes = sync::decode_changes(schema(), raw).value();
      EXPECT_EQ(changes.size(), info.records);
      for (const auto& change : changes) {
        EXPECT_EQ(change.record.key.collection, info.collection);
        rows.emplace(change.record.key, change.record);
      }
    }
    return rows;
  }

  SqliteStore store_;
};

TEST_F(SnapshotsTest, HoldsExactlyWhatTheProfileMayHoldInTheseScopes) {
  Snapshots snapshots(store_.ledger(), small_chunks());
  const auto manifest = snapshots.manifest(leeds_only, desk).value();
  const Rows rows = fetch(snapshots, manifest, desk);
  EXPECT_GT(manifest.chunks.size(), 2u);
  EXPECT_EQ(rows.size(), 200u);
  EXPECT_EQ(manifest.at, (Cursor{1, 1001}));
  EXPECT_EQ(manifest.epoch, store_.ledger().identity().epoch);
  for (const auto& [key, record] : rows) EXPECT_TRUE(sync::is_null(record.fields[health_field]));
  EXPECT_EQ(sorted(manifest.digests), roots_of(schema(), rows, desk));
}

TEST_F(SnapshotsTest, ClosesAChunkBeforeItHoldsMoreRowsThanABatchMay) {
  EXPECT_LE(SnapshotLimits{}.chunk_records, sync::limits::changes_per_batch);
  SnapshotLimits few_rows;
  few_rows.chunk_records = 50;
  Snapshots snapshots(store_.ledger(), few_rows);
  const auto manifest = snapshots.manifest(leeds_only, desk).value();
  for (const sync::ChunkInfo& chunk : manifest.chunks) EXPECT_LE(chunk.records, 50u);
  EXPECT_EQ(fetch(snapshots, manifest, desk).size(), 200u);
}

TEST_F(SnapshotsTest, TellsUrgentCollectionsFirst) {
  Snapshots snapshots(store_.ledger());
  const auto manifest = snapshots.manifest(leeds_only, nurse).value();
  ASSERT_EQ(manifest.chunks.size(), 2u);
  EXPECT_EQ(manifest.chunks[0].collection, alarm_no);
  EXPECT_EQ(manifest.chunks[1].collection, customer_no);
}

TEST_F(SnapshotsTest, ServesLaterJoinersTheSameUntilTheFeedNoLongerReachesBack) {
  Snapshots snapshots(store_.ledger());
  const auto first = snapshots.manifest(leeds_only, nurse).value();
  commit(store_.ledger(), {{customer(schema(), 2000, "acme/leeds", "late")}});
  EXPECT_EQ(snapshots.manifest(leeds_only, nurse).value(), first);
  EXPECT_EQ(snapshots.oldest(), first.at.cn);
  commit(store_.ledger(), {{customer(schema(), 2001, "acme/leeds", "later")}});
  ASSERT_TRUE(store_.ledger().compact_feed(2, 1000).value());
  const auto second = snapshots.manifest(leeds_only, nurse).value();
  EXPECT_EQ(second.at.cn, 3u);
  EXPECT_EQ(fetch(snapshots, second, nurse).size(), 203u);
  // The collection that did not change has the same chunk.
  EXPECT_EQ(second.chunks[0].hash, first.chunks[0].hash);
}

TEST_F(SnapshotsTest, KeepsProfilesAndScopesApart) {
  Snapshots snapshots(store_.ledger());
  const auto desk_manifest = snapshots.manifest(leeds_only, desk).value();
  const auto nurse_manifest = snapshots.manifest(leeds_only, nurse).value();
  const std::vector<std::string> york{"acme/york"};
  const auto york_manifest = snapshots.manifest(york, desk).value();
  EXPECT_EQ(fetch(snapshots, desk_manifest, desk).size(), 200u);
  EXPECT_EQ(fetch(snapshots, nurse_manifest, nurse).size(), 201u);
  EXPECT_EQ(fetch(snapshots, york_manifest, desk, york).size(), 100u);
}

TEST_F(SnapshotsTest, BuildsAnewWhatFellTooFarBehind) {
  SnapshotLimits limits;
  limits.too_old = 2;
  Snapshots snapshots(store_.ledger(), limits);
  ASSERT_TRUE(snapshots.manifest(leeds_only, nurse));
  for (std::uint64_t n = 0; n < 3; ++n) commit(store_.ledger(), {{customer(schema(), 2000 + n, "acme/leeds", "x")}});
  EXPECT_EQ(snapshots.manifest(leeds_only, nurse).value().at.cn, 4u);
}

TEST_F(SnapshotsTest, DropsTheOldestAboveItsCap) {
  SnapshotLimits limits;
  limits.cache_bytes = 1;
  Snapshots snapshots(store_.ledger(), limits);
  const auto first = snapshots.manifest(leeds_only, desk).value();
  const auto second = snapshots.manifest(leeds_only, nurse).value();
  EXPECT_FALSE(snapshots.chunk(first.chunks[0].hash, leeds_only, desk));
  EXPECT_TRUE(snapshots.chunk(second.chunks[0].hash, leeds_only, nurse));
}

}  // namespace
}  // namespace holdline::hub::testing
