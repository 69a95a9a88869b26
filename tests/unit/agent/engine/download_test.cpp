// The engine's downloads: snapshots, cuts, repairs, and what has to be fetched before them.
#include "tests/unit/agent/engine/download_fixture.hpp"

namespace holdline::agent {
namespace {

TEST_F(EngineDownloadTest, ANewEpochIsBootstrappedAndThenFollowed) {
  const Saved saved = pc.save(pc.customer("own"));
  const auto served = serve(20, customers(7));
  begin_bootstrap(served);
  EXPECT_EQ(engine->status().chunks_total, 3u);
  while (waiting(sync::path::chunk) > 0) {
    const Posted request = take(sync::path::chunk);
    answer(request, served.chunks.at(request.path));
  }
  EXPECT_EQ(engine->status().chunks_done, 3u);
  EXPECT_EQ(swapped, 1);
  EXPECT_EQ(copy.replica->position().epoch, next_epoch);
  EXPECT_EQ(copy.replica->position().cursor.cn, 20u);
  EXPECT_EQ(copy.rows(key_in("customer", 7)).size(), 1u);
  EXPECT_TRUE(overlay.snapshot()->touches({collection_of("customer").no, saved.created.at(0)}));
  const auto pull = must(sync::decode_pull_request(take(sync::path::pull).body));
  EXPECT_EQ(pull.epoch, next_epoch);
  EXPECT_EQ(pull.cursor, served.manifest.at);
}

// The hub was restored from an older copy, so its numbers say nothing about where the replica stands.
TEST_F(EngineDownloadTest, AnEntryStaysOnTheScreenUntilTheSnapshotOfARestoredHubHasIt) {
  const Saved saved = pc.save(pc.customer("own"));
  const auto served = serve(8, customers(1));
  begin_bootstrap(served);
  answer_push(take(sync::path::push), settled(1, {saved.ref}, 7));
  const sync::RecordKey own{collection_of("customer").no, saved.created.at(0)};
  for (int start = 0; start < 2; ++start) {
    EXPECT_TRUE(overlay.snapshot()->touches(own)) << "the replica's cursor is of a history that is no more";
    make_engine();
    transport.posted.clear();
    begin_bootstrap(served);
  }
  while (waiting(sync::path::chunk) > 0) {
    const Posted request = take(sync::path::chunk);
    answer(request, served.chunks.at(request.path));
  }
  EXPECT_TRUE(overlay.snapshot()->touches(own));
  auto reply = cut(8, 8);
  reply.results = settled(1, {saved.ref}, 7).results;
  answer_pull(reply);
  EXPECT_EQ(overlay.snapshot()->actions(), 0u);
}

// The scopes may change between the welcome and the manifest: what the copy holds is what it was made for.
TEST_F(EngineDownloadTest, ACopyIsOfTheGrantsThatItsManifestNames) {
  auto served = serve(20, customers(2));
  served.manifest.grants = welcome().grants + 1;
  bootstrap_from(served);
  EXPECT_EQ(copy.replica->position().grants, served.manifest.grants);
  EXPECT_EQ(must(sync::decode_pull_request(take(sync::path::pull).body)).grants, served.manifest.grants);
}

TEST_F(EngineDownloadTest, ASnapshotThatWasBegunIsContinuedInTheNextConversation) {
  const auto served = serve(20, customers(7));
  begin_bootstrap(served);
  const Posted first = take(sync::path::chunk);
  answer(first, served.chunks.at(first.path));
  lose(take(sync::path::chunk));
  EXPECT_EQ(copy.replica->position().epoch, test_epoch);
  engine->wake();
  greet(bootstrap_welcome());
  answer(take(sync::path::snapshot), sync::encode_json(served.manifest));
  EXPECT_EQ(engine->status().chunks_done, 1u);
  while (waiting(sync::path::chunk) > 0) {
    const Posted request = take(sync::path::chunk);
    EXPECT_NE(request.path, first.path);
    answer(request, served.chunks.at(request.path));
  }
  EXPECT_EQ(copy.replica->position().epoch, next_epoch);
}

TEST_F(EngineDownloadTest, AManifestOfAChunkThatNoMessageCanHoldIsRefused) {
  auto served = serve(20, customers(1));
  served.manifest.chunks[0].bytes = ~std::uint64_t{0};
  begin_bootstrap(served);
  EXPECT_EQ(error_code(), "malformed-message");
  EXPECT_EQ(waiting(sync::path::chunk), 0u);
}

TEST_F(EngineDownloadTest, AChunkThatIsNotWhatItsHashNamesIsRefused) {
  const auto served = serve(20, customers(3));
  begin_bootstrap(served);
  answer(take(sync::path::chunk), sync::Bytes(served.chunks.begin()->second.size(), 'x'));
  EXPECT_EQ(error_code(), "hash-differs");
  EXPECT_EQ(engine->status().state, sync::SessionState::resting);
  EXPECT_EQ(copy.replica->position().epoch, test_epoch);
}

TEST_F(EngineDownloadTest, ASnapshotWhoseDigestsDifferIsNotSwappedIn) {
  auto served = serve(20, customers(3));
  served.manifest.digests.at(0).root = sync::sha256("another root");
  begin_bootstrap(served);
  const Posted request = take(sync::path::chunk);
  answer(request, served.chunks.at(request.path));
  EXPECT_EQ(error_code(), "snapshot-differs");
  EXPECT_EQ(swapped, 0);
  EXPECT_EQ(copy.replica->position().epoch, test_epoch);
}

TEST_F(EngineDownloadTest, ACutThatDoesNotContinueTheReplicaIsNotApplied) {
  follow();
  answer_pull(cut(11, 12, {told(12, customer_of(1, "Ada", "Lovelace"))}));
  EXPECT_EQ(error_code(), "cut-gap");
  EXPECT_EQ(engine->status().state, sync::SessionState::resting);
  EXPECT_TRUE(copy.rows(key_in("customer", 1)).empty());
}

TEST_F(EngineDownloadTest, APullThatHasMoreIsFollowedAtOnce) {
  follow();
  auto reply = cut(10, 11);
  reply.more = true;
  answer_pull(reply);
  EXPECT_EQ(must(sync::decode_pull_request(take(sync::path::pull).body)).wait_ms, 0);
  EXPECT_FALSE(engine->status().settled);
}

TEST_F(EngineDownloadTest, APullIsGivenMoreTimeThanTheHubMayHoldIt) {
  follow();
  answer_pull(cut(10, 11));
  const Posted poll = take(sync::path::pull);
  EXPECT_GT(poll.timeout_ms, must(sync::decode_pull_request(poll.body)).wait_ms);
}

TEST_F(EngineDownloadTest, AResetSaysHelloAgain) {
  follow();
  sync::PullReply reply;
  reply.answer = sync::PullAnswer::reset;
  answer_pull(reply);
  EXPECT_EQ(engine->status().state, sync::SessionState::greeting);
  EXPECT_EQ(waiting(sync::path::hello), 1u);
}

TEST_F(EngineDownloadTest, ADamagedReplicaIsFetchedAgainBesideTheOldOne) {
  follow();
  engine->replica_is_damaged();
  ASSERT_TRUE(engine->status().last_error.has_value());
  EXPECT_EQ(engine->status().last_error->code, "replica-damaged");
  pc.clock.wall_ms += wake_at - pc.clock.now().boot_ms;
  engine->wake();
  const Posted request = take(sync::path::hello);
  const auto hello = must(sync::decode_hello(request.body));
  EXPECT_TRUE(hello.epoch.is_nil());
  EXPECT_EQ(hello.cursor, sync::Cursor{});

  const auto served = serve(20, customers(2));
  answer(request, sync::encode_json(bootstrap_welcome()));
  answer(take(sync::path::snapshot), sync::encode_json(served.manifest));
  while (waiting(sync::path::chunk) > 0) {
    const Posted chunk = take(sync::path::chunk);
    answer(chunk, served.chunks.at(chunk.path));
  }

  EXPECT_FALSE(copy.replica->is_corrupt());
  EXPECT_EQ(copy.replica->position().cursor.cn, 20u);
}

TEST_F(EngineDownloadTest, ALeafThatDiffersIsMended) {
  const auto right = customer_of(1, "Ada", "Lovelace");
  copy.bootstrap(Snapshot(20, {customer_of(1, "Ada", "Byron"), customer_of(2, "Bob", "Jones")}));
  make_engine();
  follow();
  const auto ledger = digests_of({right, customer_of(2, "Bob", "Jones")});
  auto reply = cut(20, 21);
  reply.cut.digests = roots_of(ledger);
  answer_pull(reply);
  while (waiting(sync::path::leaves) > 0) {
    const Posted request = take(sync::path::leaves);
    const auto asked = must(sync::decode_leaves_request(request.body));
    answer(request, packed(sync::encode_leaves({false, ledger.all().at(asked.key)})));
  }
  const auto asked = must(sync::decode_repair_request(transport.posted.back().body));
  EXPECT_EQ(asked.leaf, sync::leaf_of(right.key.id));
  answer(take(sync::path::repair), packed(sync::encode_repair(test_schema(), {false, {told(21, right)}})));
  EXPECT_EQ(engine->status().repairs, 1u);
  EXPECT_EQ(text_in(copy.rows(right.key).at(0).record, "family"), "Lovelace");
  EXPECT_TRUE(copy.replica->differing(reply.cut.digests).empty());
  EXPECT_EQ(engine->status().state, sync::SessionState::following);
}

TEST_F(EngineDownloadTest, TheLedgersDigestsAreKeptWithTheCursorTheyHoldAt) {
  follow();
  auto reply = cut(10, 11, {told(11, customer_of(1, "Ada", "Lovelace"))});
  reply.cut.digests = roots_of(digests_of({customer_of(1, "Ada", "Lovelace")}));
  answer_pull(reply);
  EXPECT_EQ(engine->ledger_digests().at, reply.cut.to);
  EXPECT_EQ(engine->ledger_digests().roots, reply.cut.digests);
}

TEST_F(EngineDownloadTest, AnUnknownDictionaryIsFetchedCheckedAndKept) {
  const sync::Dictionary other("another dictionary");
  auto changed = welcome();
  changed.dictionary = other.hash();
  must(engine->start());
  greet(changed);
  EXPECT_EQ(engine->status().state, sync::SessionState::preparing);
  const Posted request = take(sync::path::dictionary);
  EXPECT_TRUE(request.path.ends_with(sync::to_hex(other.hash().view())));
  answer(request, other.bytes());
  EXPECT_EQ(library.load(other.hash()), other.bytes());
  EXPECT_EQ(engine->status().state, sync::SessionState::following);
}

TEST_F(EngineDownloadTest, ADictionaryThatIsNotWhatItsHashNamesIsNotKept) {
  const sync::Dictionary other("another dictionary");
  auto changed = welcome();
  changed.dictionary = other.hash();
  must(engine->start());
  greet(changed);
  answer(take(sync::path::dictionary), "something else");
  EXPECT_EQ(error_code(), "hash-differs");
  EXPECT_EQ(library.kept.size(), 1u);
}

TEST_F(EngineDownloadTest, ADictionaryThatCannotBeUsedIsAnErrorNowAndAfterARestart) {
  const sync::Bytes unusable = "\x37\xa4\x30\xec" + sync::Bytes(100, '\xff');  // zstd's magic number, and no tables
  auto changed = welcome();
  changed.dictionary = sync::sha256(unusable);
  must(engine->start());
  greet(changed);
  answer(take(sync::path::dictionary), unusable);
  EXPECT_EQ(error_code(), "malformed-dictionary");
  engine->wake();
  greet(changed);
  EXPECT_EQ(engine->status().state, sync::SessionState::preparing);
}

std::string version_99() {
  std::string text(sync::default_schema_text());
  const auto version = text.find("version = ");
  return text.replace(version, text.find('\n', version) - version, "version = 99");
}

TEST_F(EngineDownloadTest, AnUnknownSchemaIsFetchedKeptAndTakenAndTheHubGreetedWithIt) {
  const std::string text = version_99();
  auto changed = welcome();
  changed.schema = sync::sha256(text);
  must(engine->start());
  greet(changed);
  answer(take(sync::path::schema), text);
  ASSERT_TRUE(new_schema);
  EXPECT_EQ(new_schema->version(), 99u);
  EXPECT_EQ(library.load(changed.schema), text);
  EXPECT_EQ(must(sync::decode_hello(take(sync::path::hello).body)).schema, changed.schema);
}

TEST_F(EngineDownloadTest, EntriesAreSentWhileAnotherSchemaIsFetchedOrCannotBeTaken) {
  pc.save(pc.entry("a"));
  const std::string text = version_99();
  auto changed = welcome();
  changed.schema = sync::sha256(text);
  schema_refused = Error{ErrorKind::retry_later, "disk-full", "The disk is full."};
  must(engine->start());
  greet(changed);
  const auto fetching = take(sync::path::schema);
  EXPECT_EQ(read_push(take(sync::path::push)).schemas.at(0).hash, test_schema().hash());
  answer(fetching, text);
  EXPECT_EQ(error_code(), "disk-full");
  EXPECT_EQ(engine->status().state, sync::SessionState::preparing);
  EXPECT_EQ(waiting(sync::path::schema), 0u);
  pc.clock.pass(std::chrono::milliseconds(wake_at - pc.clock.now().boot_ms));
  schema_refused.reset();
  engine->wake();
  answer(take(sync::path::schema), text);
  EXPECT_EQ(waiting(sync::path::hello), 1u);
}

}  // namespace
}  // namespace holdline::agent
