#include "sync/wire/message.hpp"

#include <gtest/gtest.h>

#include "sync/base/limits.hpp"

namespace holdline::sync {
namespace {

Id an_id(std::uint8_t seed) {
  Id id;
  id.bytes.fill(seed);
  return id;
}

ActionResult result(std::uint64_t entry, std::uint64_t number, Verdict verdict, Cursor at) {
  ActionResult r;
  r.entry = entry;
  r.incarnation = an_id(3);
  r.lane = 2;
  r.number = number;
  r.verdict = verdict;
  r.at = at;
  return r;
}

TEST(Message, HelloSurvivesTheWire) {
  Hello hello;
  hello.maker = {an_id(1), an_id(2)};
  hello.epoch = an_id(4);
  hello.schema = sha256("schema");
  hello.cursor = {UINT64_MAX, UINT64_MAX - 1};
  hello.results = 17;
  hello.latest = {UINT64_MAX, sha256("result")};
  hello.lanes[2] = {9, sha256("tip"), 4, 1'234, 1'763'700'000'000};
  hello.clock = {1'763'700'000'001, an_id(5), 42};
  const auto back = decode_hello(encode_json(hello));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, hello);
}

TEST(Message, WelcomeSurvivesTheWire) {
  Welcome welcome;
  welcome.hub = an_id(1);
  welcome.epoch = an_id(2);
  welcome.resume = Resume::follow;
  welcome.lanes[3] = {7, sha256("x"), 4'000};
  welcome.scopes = {"acme/london", "acme/leeds"};
  welcome.profile = 0x83;
  welcome.grants = 4;
  welcome.hub_wall_ms = -5;
  welcome.results_differ = true;
  const auto back = decode_welcome(encode_json(welcome));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, welcome);
}

TEST(Message, RequestsSurviveTheWire) {
  const Compare compare{an_id(1), 3, 5, {sha256("a"), sha256("b")}};
  EXPECT_EQ(decode_compare(encode_json(compare)), compare);
  const PullRequest pull{an_id(1), an_id(2), {3, 4}, 5, 6, 7, 25'000, sha256("schema"), {8, sha256("refused")}};
  EXPECT_EQ(decode_pull_request(encode_json(pull)), pull);
  Manifest manifest;
  manifest.at = {9, 8};
  manifest.grants = 4;
  manifest.chunks.push_back({sha256("c"), 10, 20, 30, 7});
  manifest.digests.push_back({{"acme", 2, 1}, sha256("d")});
  EXPECT_EQ(decode_manifest(encode_json(manifest)), manifest);
  const ChunkRequest part{70'000, 16};
  EXPECT_EQ(decode_chunk_request(encode_json(part)), part);
  EXPECT_EQ(decode_chunk_request(""), ChunkRequest{}) << "the whole";
  const RepairRequest repair{{"acme/x", 1, 0}, 255, {1, 2}, sha256("schema")};
  EXPECT_EQ(decode_repair_request(encode_json(repair)), repair);
}

TEST(Message, ControlMessagesRefuseWhatIsMissingOutOfRangeOrTooDeep) {
  PullRequest pull;
  std::string text = encode_json(pull);
  EXPECT_TRUE(decode_pull_request(text));
  for (const auto& [from, to] : {std::pair{"\"wait_ms\":0", "\"wait_ms\":-1"},
                                 {"\"grants\":0", "\"grants\":4294967296"},
                                 {"\"grants\":0", "\"grants\":\"0\""},
                                 {"\"cn\":\"0\"", "\"cn\":\"-1\""},
                                 {"\"cn\":\"0\"", "\"cn\":0"}}) {
    std::string wrong = text;
    const auto at = wrong.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    wrong.replace(at, std::string_view(from).size(), to);
    EXPECT_FALSE(decode_pull_request(wrong)) << wrong;
  }
  EXPECT_FALSE(decode_pull_request(std::string(100'000, '[')));
  EXPECT_FALSE(decode_pull_request("[]"));
  EXPECT_FALSE(decode_pull_request(""));
}

TEST(Message, PartsOfAChunkThatNoneCanHaveAreRefused) {
  const std::uint64_t most = limits::message_bytes;
  for (const ChunkRequest& part : {ChunkRequest{0, 1}, {most - 1, most}})
    EXPECT_TRUE(decode_chunk_request(encode_json(part)));
  for (const ChunkRequest& part :
       {ChunkRequest{0, 0}, {0, most + 1}, {most, 1}, {~std::uint64_t{0}, 1}, {0, ~std::uint64_t{0}}})
    EXPECT_FALSE(decode_chunk_request(encode_json(part))) << encode_json(part);
  EXPECT_FALSE(decode_chunk_request("{}"));
  EXPECT_FALSE(decode_chunk_request(R"({"from":0,"bytes":1})"));
}

TEST(Message, AManifestWithSizesThatNoChunkCanHaveIsRefused) {
  const ChunkInfo good{sha256("a"), 1, 1, 1, 7},
      largest{sha256("b"), limits::message_bytes, limits::message_bytes, limits::changes_per_batch, 7};
  Manifest manifest;
  manifest.chunks = {good, largest};
  EXPECT_TRUE(decode_manifest(encode_json(manifest)));
  for (const auto size : {&ChunkInfo::bytes, &ChunkInfo::raw_bytes, &ChunkInfo::records}) {
    for (const ChunkInfo& chunk : {good, largest}) {
      ChunkInfo wrong = chunk;
      wrong.*size += chunk == good ? -1 : 1;
      manifest.chunks = {wrong};
      EXPECT_FALSE(decode_manifest(encode_json(manifest))) << encode_json(manifest);
    }
  }
  manifest.chunks = {good, good};
  EXPECT_FALSE(decode_manifest(encode_json(manifest))) << "one chunk twice";
}

TEST(Message, PushReplyKeepsRunsAndExceptions) {
  PushReply reply;
  reply.results.push_back(result(1, 1, Verdict::applied, {10, 99}));
  reply.results.push_back(result(2, 2, Verdict::merged, {11, 99}));
  auto odd = result(7, 3, Verdict::conflict, {11, 98});
  odd.conflicts = {an_id(8), an_id(9)};
  reply.results.push_back(odd);
  auto refused = result(8, 4, Verdict::quarantined, {3, 98});
  refused.incarnation = an_id(6);
  refused.code = "invalid";
  refused.text = "what to do";
  reply.results.push_back(refused);
  const auto back = decode_push_reply(encode_push_reply(reply));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, reply);
}

TEST(Message, ARunOfResultsCostsAFewBytesEach) {
  PushReply reply;
  for (std::uint64_t i = 1; i <= 1'000; ++i) reply.results.push_back(result(i, i, Verdict::applied, {i, 99}));
  EXPECT_LT(encode_push_reply(reply).size(), 2'100u);
}

TEST(Message, EveryTruncationOfAPushReplyIsRefused) {
  PushReply reply;
  auto refused = result(8, 4, Verdict::quarantined, {3, 98});
  refused.conflicts = {an_id(1)};
  refused.text = "text";
  reply.results = {result(1, 1, Verdict::applied, {10, 99}), refused};
  const Bytes whole = encode_push_reply(reply);
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(decode_push_reply(std::string_view(whole).substr(0, n))) << n;
  EXPECT_FALSE(decode_push_reply(whole + "x"));
}

TEST(Message, LeavesSurviveTheWire) {
  LeavesReply reply;
  reply.leaves[0] = Sum::of(sha256("a"));
  reply.leaves[255] = Sum::of(sha256("b"));
  const auto back = decode_leaves(encode_leaves(reply));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->leaves, reply.leaves);
  EXPECT_FALSE(decode_leaves(encode_leaves(reply).substr(1)));
}

TEST(Message, AnErrorSaysWhatToDoNext) {
  const Error error{ErrorKind::retry_later, "busy", "The hub is busy."};
  const Error back = decode_error(503, encode_json(error));
  EXPECT_EQ(back.kind, ErrorKind::retry_later);
  EXPECT_EQ(back.code, "busy");
  EXPECT_EQ(decode_error(403, "<html>").kind, ErrorKind::ask_person);
  EXPECT_EQ(decode_error(409, encode_json(error)).kind, ErrorKind::start_over);
  EXPECT_EQ(decode_error(502, "").code, "http-502");
  EXPECT_EQ(decode_error(413, R"({"code":"too-large","detail":"Send less."})").code, "too-large");
}

TEST(Message, AnAssertionBindsEveryPartOfASignIn) {
  const Assertion base{1, an_id(2), 1'000, {}};
  const Bytes text = assertion_text(an_id(1), base);
  EXPECT_NE(text, assertion_text(an_id(9), base));
  for (const Assertion& other :
       {Assertion{2, an_id(2), 1'000, {}}, Assertion{1, an_id(3), 1'000, {}}, Assertion{1, an_id(2), 1'001, {}}})
    EXPECT_NE(text, assertion_text(an_id(1), other));
}

}  // namespace
}  // namespace holdline::sync
