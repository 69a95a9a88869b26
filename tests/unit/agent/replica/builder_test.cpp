#include <gtest/gtest.h>

#include "agent/replica/replica.hpp"
#include "agent/replica/search.hpp"
#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {
namespace {

std::vector<sync::Record> some_records() {
  std::vector<sync::Record> records;
  for (std::uint32_t i = 1; i <= 20; ++i) {
    records.push_back(customer_of(i, "Anna", "Number" + std::to_string(i), "KD-" + std::to_string(100 + i)));
    records.push_back(phone_of(1000 + i, i, "+4930" + std::to_string(5550000 + i)));
  }
  return records;
}

void add(Replica::Builder& builder, const Snapshot& snapshot, std::size_t chunk) {
  must(builder.add(snapshot.manifest.chunks[chunk], snapshot.chunks[chunk]));
}

std::size_t hits(ReplicaStation& station, std::string_view typed) {
  auto reader = station.reader();
  return must(reader->search(parse_query(reader->normalizer(), typed), 50)).rows.size();
}

TEST(ReplicaBuilder, PutsChunksOfAnyOrderInPlaceOfTheOldReplica) {
  ReplicaStation station;
  station.bootstrap(Snapshot(5, {customer_of(999, "Old", "Gone")}));
  Snapshot snapshot(10, some_records());
  snapshot.manifest.grants = 3;
  auto builder = must(station.replica->build(snapshot.manifest));
  for (std::size_t i = snapshot.chunks.size(); i-- > 0;) add(*builder, snapshot, i);
  must(builder->finish(700));
  must(station.replica->swap(std::move(builder)));

  EXPECT_EQ(station.replica->position().cursor, snapshot.manifest.at);
  EXPECT_EQ(station.replica->position().grants, 3u);
  EXPECT_EQ(station.replica->position().as_of_ms, 700);
  EXPECT_EQ(station.replica->digests(), digests_of(some_records()));
  EXPECT_TRUE(station.replica->check_rows());
  EXPECT_EQ(hits(station, "anna number7"), 1u);
  EXPECT_EQ(hits(station, "5550007"), 1u);
  EXPECT_EQ(hits(station, "kd-107"), 1u);
  EXPECT_EQ(hits(station, "gone"), 0u);
  EXPECT_FALSE(std::filesystem::exists(station.options.directory / "replica-next.db"));
}

TEST(ReplicaBuilder, LeavesAReplicaThatTakesCutsAndRestarts) {
  ReplicaStation station;
  station.bootstrap(Snapshot(10, some_records()));
  must(station.replica->apply(
      cut_of(10, 11, {left(11, key_in("phone", 1007)), told_fields(11, "customer", 7, {{"family", text("Renamed")}})}),
      1));
  station.start();
  EXPECT_EQ(station.rebuilt_because, "");
  EXPECT_TRUE(station.replica->check_rows());
  EXPECT_EQ(hits(station, "5550007"), 0u);
  EXPECT_EQ(hits(station, "anna renamed"), 1u);
  EXPECT_EQ(hits(station, "number7"), 0u);
}

TEST(ReplicaBuilder, TakesTheSameChunkOnce) {
  ReplicaStation station;
  const Snapshot snapshot(10, some_records());
  auto builder = must(station.replica->build(snapshot.manifest));
  for (std::size_t i = 0; i < snapshot.chunks.size(); ++i) {
    add(*builder, snapshot, i);
    add(*builder, snapshot, i);
  }
  EXPECT_TRUE(builder->finish(1));
}

TEST(ReplicaBuilder, GoesOnWithStoredChunksAfterARestart) {
  ReplicaStation station;
  const Snapshot snapshot(10, some_records());
  {
    auto builder = must(station.replica->build(snapshot.manifest));
    add(*builder, snapshot, 0);
    add(*builder, snapshot, 3);
  }
  station.start();
  auto builder = must(station.replica->build(snapshot.manifest));
  ASSERT_EQ(builder->stored().size(), 2u);
  for (std::size_t i = 0; i < snapshot.chunks.size(); ++i)
    if (i != 0 && i != 3) add(*builder, snapshot, i);
  must(builder->finish(1));
  must(station.replica->swap(std::move(builder)));
  EXPECT_EQ(station.replica->digests(), digests_of(some_records()));
  EXPECT_EQ(station.rows(key_in("customer", 1)).size(), 1u);
}

TEST(ReplicaBuilder, GoesOnWithPartsOfAChunkAfterARestart) {
  ReplicaStation station;
  Snapshot snapshot(10, some_records());
  for (sync::ChunkInfo& chunk : snapshot.manifest.chunks) chunk.bytes = 10;
  const auto& chunks = snapshot.manifest.chunks;
  {
    auto builder = must(station.replica->build(snapshot.manifest));
    must(builder->keep_part(chunks[0], "abc"));
    must(builder->keep_part(chunks[1], "xyz"));
    must(builder->keep_part(chunks[0], "def"));
    must(builder->keep_part(chunks[2], "gone"));
    must(builder->forget_parts(chunks[2].hash));
    EXPECT_EQ(code_of(builder->keep_part(chunks[0], "ghij")), "snapshot-differs") << "that would be the whole";
    auto unknown = chunks[3];
    unknown.hash = sync::sha256("another");
    EXPECT_EQ(code_of(builder->keep_part(unknown, "a")), "snapshot-differs");
  }
  station.start();
  {
    auto builder = must(station.replica->build(snapshot.manifest));
    EXPECT_EQ(builder->begun(chunks[0].hash), "abcdef");
    EXPECT_EQ(builder->begun(chunks[1].hash), "xyz");
    EXPECT_EQ(builder->begun(chunks[2].hash), "");
    add(*builder, snapshot, 0);
    EXPECT_EQ(builder->begun(chunks[0].hash), "");
  }
  auto builder = must(station.replica->build(snapshot.manifest));
  EXPECT_EQ(builder->begun(chunks[0].hash), "") << "stored whole";
  for (std::size_t i = 1; i < chunks.size(); ++i) add(*builder, snapshot, i);
  must(builder->finish(1));
  must(station.replica->swap(std::move(builder)));
  EXPECT_EQ(station.replica->digests(), digests_of(some_records()));
  EXPECT_EQ(must(station.replica->build(Snapshot(11, some_records()).manifest))->begun(chunks[1].hash), "");
}

TEST(ReplicaBuilder, StartsAfreshForAnotherManifestOrOtherGrants) {
  ReplicaStation station;
  const Snapshot snapshot(10, some_records());
  { add(*must(station.replica->build(snapshot.manifest)), snapshot, 0); }
  EXPECT_TRUE(must(station.replica->build(Snapshot(11, some_records()).manifest))->stored().empty());
  { add(*must(station.replica->build(snapshot.manifest)), snapshot, 0); }
  Snapshot of_other_grants(10, some_records());
  of_other_grants.manifest.grants = 2;
  EXPECT_TRUE(must(station.replica->build(of_other_grants.manifest))->stored().empty());
}

TEST(ReplicaBuilder, FindsAFinishedFileAgainThatWasNotSwappedIn) {
  ReplicaStation station;
  const Snapshot snapshot(10, some_records());
  {
    auto builder = must(station.replica->build(snapshot.manifest));
    for (std::size_t i = 0; i < snapshot.chunks.size(); ++i) add(*builder, snapshot, i);
    must(builder->finish(1));
  }
  auto builder = must(station.replica->build(snapshot.manifest));
  EXPECT_EQ(builder->stored().size(), snapshot.chunks.size());
  must(builder->finish(2));
  must(station.replica->swap(std::move(builder)));
  EXPECT_EQ(station.replica->digests(), digests_of(some_records()));
}

TEST(ReplicaBuilder, RefusesToFinishWithoutAllChunks) {
  ReplicaStation station;
  const Snapshot snapshot(10, some_records());
  auto builder = must(station.replica->build(snapshot.manifest));
  add(*builder, snapshot, 0);
  EXPECT_EQ(code_of(builder->finish(1)), "snapshot-incomplete");
}

TEST(ReplicaBuilder, RefusesAChunkThatTheManifestDoesNotName) {
  ReplicaStation station;
  const Snapshot snapshot(10, some_records());
  auto builder = must(station.replica->build(snapshot.manifest));
  auto info = snapshot.manifest.chunks[0];
  info.hash = sync::sha256("another");
  EXPECT_EQ(code_of(builder->add(info, snapshot.chunks[0])), "snapshot-differs");
  EXPECT_EQ(code_of(builder->add(snapshot.manifest.chunks[0], std::span(snapshot.chunks[0]).first(1))),
            "snapshot-differs");
}

TEST(ReplicaBuilder, RefusesRowsThatDoNotAddUpToTheDigestsAndStartsAfresh) {
  ReplicaStation station;
  station.bootstrap(Snapshot(5, {customer_of(999, "Old", "Kept")}));
  Snapshot snapshot(10, some_records());
  auto wrong = snapshot.chunks[2];
  wrong[0] = told(10, customer_of(4, "Eva", "Forged"));
  auto builder = must(station.replica->build(snapshot.manifest));
  for (std::size_t i = 0; i < snapshot.chunks.size(); ++i)
    must(builder->add(snapshot.manifest.chunks[i], i == 2 ? wrong : snapshot.chunks[i]));
  const auto finished = builder->finish(1);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, "snapshot-differs");
  EXPECT_EQ(finished.error().kind, ErrorKind::start_over);
  EXPECT_TRUE(must(station.replica->build(snapshot.manifest))->stored().empty());
  EXPECT_EQ(station.rows(key_in("customer", 999)).size(), 1u);
}

TEST(ReplicaBuilder, RefusesRowsOfAScopeThatTheManifestDoesNotCount) {
  ReplicaStation station;
  Snapshot snapshot(10, some_records());
  snapshot.manifest.digests.pop_back();
  auto builder = must(station.replica->build(snapshot.manifest));
  for (std::size_t i = 0; i < snapshot.chunks.size(); ++i) add(*builder, snapshot, i);
  EXPECT_EQ(code_of(builder->finish(1)), "snapshot-differs");
}

void build_all(Replica& replica, const Snapshot& snapshot) {
  auto builder = must(replica.build(snapshot.manifest));
  for (std::size_t i = 0; i < snapshot.chunks.size(); ++i) add(*builder, snapshot, i);
  must(builder->finish(1));
  must(replica.swap(std::move(builder)));
}

// A power failure between the tables of a file and the list of its chunks.
TEST(ReplicaBuilder, StartsAfreshWhereAFileWasOnlyHalfMade) {
  ReplicaStation station;
  const Snapshot snapshot(10, some_records());
  add(*must(station.replica->build(snapshot.manifest)), snapshot, 0);
  must(must(platform::Database::open(station.options.directory / "replica-next.db", station.key))
           .exec("DROP TABLE _chunk"));
  build_all(*station.replica, snapshot);
  EXPECT_EQ(station.replica->digests(), digests_of(some_records()));
}

TEST(ReplicaBuilder, StartsAfreshAfterAWriteThatMetDamage) {
  ReplicaStation station;
  const Snapshot snapshot(10, some_records());
  std::size_t met = 0;
  for (std::size_t page = 0; page < 40; ++page) {
    add(*must(station.replica->build(snapshot.manifest)), snapshot, 0);
    const auto file = station.options.directory / "replica-next.db";
    std::string bytes = platform::contents(file);
    if (page * 4096 >= bytes.size()) break;
    bytes[page * 4096 + 100] = static_cast<char>(bytes[page * 4096 + 100] ^ 4);
    platform::write_contents(file, bytes);
    auto builder = must(station.replica->build(snapshot.manifest));
    for (std::size_t i = 0; i < snapshot.chunks.size(); ++i)
      static_cast<void>(builder->add(snapshot.manifest.chunks[i], snapshot.chunks[i]));
    if (const auto finished = builder->finish(1); !finished) ++met;
    builder.reset();
    build_all(*station.replica, snapshot);
  }
  EXPECT_GT(met, 0u);
}

TEST(ReplicaBuilder, RefusesASnapshotOfAnotherSchemaVersion) {
  ReplicaStation station;
  Snapshot snapshot(10, {});
  snapshot.manifest.schema_version += 1;
  EXPECT_EQ(code_of(station.replica->build(snapshot.manifest)), "unknown-schema");
}

TEST(ReplicaSwap, LetsAnOpenReaderFinishWithTheOldRowsUntilItReopens) {
  ReplicaStation station;
  station.bootstrap(Snapshot(5, {customer_of(1, "Old", "Row")}));
  // Commits that are still in the log when the swap comes.
  must(station.replica->apply(cut_of(5, 6, {told(6, customer_of(2, "Late", "Row"))}), 1));
  auto reader = station.reader();
  const auto keys = std::vector{key_in("customer", 1), key_in("customer", 2)};
  ASSERT_EQ(must(reader->find(keys)).rows.size(), 2u);
  station.bootstrap(Snapshot(10, {customer_of(1, "New", "Row")}));
  must(station.replica->apply(cut_of(10, 11, {told(11, customer_of(3, "Newer", "Row"))}), 1));

  const auto old = must(reader->find(keys));
  EXPECT_EQ(old.cursor.cn, 6u);
  ASSERT_EQ(old.rows.size(), 2u);
  EXPECT_EQ(text_in(old.rows[0].record, "given"), "Old");
  must(reader->reopen());
  const auto fresh = must(reader->find(keys));
  EXPECT_EQ(fresh.cursor.cn, 11u);
  ASSERT_EQ(fresh.rows.size(), 1u);
  EXPECT_EQ(text_in(fresh.rows[0].record, "given"), "New");

  // Closing the old file has not touched the log of the new one.
  must(station.replica->apply(cut_of(11, 12, {told(12, customer_of(4, "Newest", "Row"))}), 1));
  EXPECT_EQ(must(reader->find(keys)).cursor.cn, 12u);
  station.start();
  EXPECT_EQ(station.replica->position().cursor.cn, 12u);
  EXPECT_TRUE(station.replica->check_rows());
}

}  // namespace
}  // namespace holdline::agent
