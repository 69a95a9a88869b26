// A chunk that comes in parts.
#include <gtest/gtest.h>

#include "tests/unit/agent/engine/download_fixture.hpp"

namespace holdline::agent {
namespace {

// Each request asks for as much as the test lets it.
class EnginePartsTest : public EngineDownloadTest {
 protected:
  void begin(LineLimits line) {
    make_engine(line);
    begin_bootstrap(served);
  }
  void begin_again() {
    greet(bootstrap_welcome());
    answer(take(sync::path::snapshot), sync::encode_json(served.manifest));
  }
  static sync::ChunkRequest part_of(const Posted& request) { return must(sync::decode_chunk_request(request.body)); }
  sync::Bytes asked(const Posted& request) const {
    const auto part = part_of(request);
    return served.chunks.at(request.path).substr(part.from, part.bytes);
  }
  void take_parts() {
    while (waiting(sync::path::chunk) > 0) {
      const Posted request = take(sync::path::chunk);
      answer(request, asked(request));
    }
  }
  const Served served = serve(20, customers(1));
  const std::size_t whole = served.chunks.begin()->second.size();
  const LineLimits tens{10, 10, 10, 0};
};

TEST_F(EnginePartsTest, WhatHasComeOfAChunkIsNotAskedAgainAfterAnInterruption) {
  begin(tens);
  const Posted first = take(sync::path::chunk);
  EXPECT_EQ(part_of(first), (sync::ChunkRequest{0, 10}));
  answer(first, asked(first));
  EXPECT_EQ(engine->status().bytes_done, 10u);
  EXPECT_EQ(engine->status().bytes_total, whole);
  const Posted second = take(sync::path::chunk);
  EXPECT_EQ(part_of(second).from, 10u);
  lose(second);
  engine->wake();
  begin_again();
  EXPECT_EQ(engine->status().bytes_done, 10u);
  EXPECT_EQ(part_of(transport.posted.back()).from, 10u);
  take_parts();
  EXPECT_EQ(copy.replica->position().epoch, next_epoch);
  EXPECT_EQ(engine->status().bytes_done, whole);
}

TEST_F(EnginePartsTest, WhatHasComeOfAChunkIsNotAskedAgainAfterARestart) {
  begin(tens);
  for (int i = 0; i < 2; ++i) {
    const Posted request = take(sync::path::chunk);
    answer(request, asked(request));
  }
  engine.reset();
  transport.abandon();
  copy.start();
  begin(tens);
  EXPECT_EQ(part_of(transport.posted.back()).from, 20u);
  take_parts();
  EXPECT_EQ(copy.replica->position().epoch, next_epoch);
}

TEST_F(EnginePartsTest, APartOfAnotherSizeThanAskedIsRefusedAndWhatHasComeIsKept) {
  begin(tens);
  const Posted first = take(sync::path::chunk);
  answer(first, asked(first));
  for (const std::size_t size : {std::size_t{0}, std::size_t{9}, std::size_t{11}, whole}) {
    answer(take(sync::path::chunk), sync::Bytes(size, 'x'));
    EXPECT_EQ(error_code(), "part-differs") << size;
    engine->wake();
    begin_again();
    EXPECT_EQ(part_of(transport.posted.back()).from, 10u);
  }
  take_parts();
  EXPECT_EQ(copy.replica->position().epoch, next_epoch);
}

TEST_F(EnginePartsTest, AChunkOfPartsThatAreNotWhatItsHashNamesIsBegunAnew) {
  begin(tens);
  answer(take(sync::path::chunk), sync::Bytes(10, 'x'));
  take_parts();
  EXPECT_EQ(error_code(), "hash-differs");
  engine->wake();
  begin_again();
  EXPECT_EQ(part_of(transport.posted.back()).from, 0u);
  take_parts();
  EXPECT_EQ(copy.replica->position().epoch, next_epoch);
}

}  // namespace
}  // namespace holdline::agent
