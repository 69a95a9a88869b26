#include "sync/wire/compress.hpp"

#include <gtest/gtest.h>
#include <zstd.h>

#include "sync/base/limits.hpp"
#include "sync/wire/dictionary.hpp"
#include "tests/support/generator_ops.hpp"
#include "tests/unit/sync/wire/allocations.hpp"

namespace holdline::sync {
namespace {

using allocations::mebibyte;

const Schema& schema() {
  static const Schema parsed = *Schema::parse(default_schema_text());
  return parsed;
}

const Dictionary& trained() {
  static const Dictionary dictionary{train_dictionary(schema())};
  return dictionary;
}

// A frame made by zstd itself, under the first byte that says "plain".
Bytes plain_frame(const Bytes& raw, int window_log = 0, bool with_size = true) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, with_size ? 1 : 0);
  if (window_log != 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  Bytes out(1 + ZSTD_compressBound(raw.size()), '\0');
  const std::size_t size = ZSTD_compress2(context, out.data() + 1, out.size() - 1, raw.data(), raw.size());
  ZSTD_freeCCtx(context);
  out.resize(1 + size);
  return out;
}

Bytes incompressible(std::size_t size) {
  generator::Random random(1);
  Bytes bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random.next());
  return bytes;
}

std::string refusal(std::string_view frame, const Dictionary* dictionary = nullptr, std::size_t max_raw = mebibyte) {
  const auto raw = Compressor().decompress(frame, dictionary, max_raw);
  return raw ? "accepted" : raw.error().code;
}

TEST(Compress, WhatWasCompressedComesBack) {
  Compressor compressor;
  for (const std::size_t size : {0, 1, 1'000, 31'000, 33'000, 500'000}) {
    const Bytes raw = incompressible(size / 2) + Bytes(size - size / 2, 'x');
    for (const Dictionary* dictionary : {static_cast<const Dictionary*>(nullptr), &trained()}) {
      const auto back = compressor.decompress(compressor.compress(raw, dictionary), dictionary, mebibyte);
      ASSERT_TRUE(back) << back.error().message;
      EXPECT_EQ(*back, raw);
    }
  }
}

// A reader refuses what expands too far, so an honest writer must not shrink it that far.
TEST(Compress, WhatSaysTheSameOverAndOverComesBackToo) {
  Compressor compressor;
  for (const std::size_t size : {30'000, 200'000, 300'000}) {
    const Bytes raw(size, 'x');
    const auto back = compressor.decompress(compressor.compress(raw, &trained()), &trained(), mebibyte);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, raw);
  }
}

TEST(Compress, TheFirstByteSaysWhetherADictionaryIsNeeded) {
  Compressor compressor;
  EXPECT_EQ(compressor.compress("small", nullptr)[0], 0);
  EXPECT_EQ(compressor.compress("small", &trained())[0], 1);
  EXPECT_EQ(compressor.compress(Bytes(32 * 1024, 'x'), &trained())[0], 0);
}

TEST(Compress, TheDictionaryMakesASmallBatchSmaller) {
  Compressor compressor;
  const auto entries = generator::entries(1, generator::NoteSet::free);
  const Bytes raw = encode_actions(generator::entry_actions(schema(), entries, "acme/north/team-1"));
  EXPECT_LT(compressor.compress(raw, &trained()).size() + 50, compressor.compress(raw, nullptr).size());
}

TEST(Compress, AMissingOrOtherDictionaryIsNamed) {
  std::string text(default_schema_text());
  text.replace(text.find("\"marketing\""), 11, "\"promotion\"");
  const Dictionary other{train_dictionary(*Schema::parse(text))};
  const Bytes frame = Compressor().compress("small", &trained());
  for (const Dictionary* wrong : {static_cast<const Dictionary*>(nullptr), &other}) {
    const auto raw = Compressor().decompress(frame, wrong, mebibyte);
    ASSERT_FALSE(raw);
    EXPECT_EQ(raw.error().code, "unknown-dictionary");
    EXPECT_EQ(raw.error().kind, ErrorKind::start_over);
  }
}

TEST(Compress, ABombIsRefusedWithoutTakingItsMemory) {
  const Bytes bomb = plain_frame(Bytes(256 * mebibyte, '\0'));
  Compressor compressor;
  allocations::start();
  EXPECT_FALSE(compressor.decompress(bomb, nullptr, limits::message_bytes));
  // Even where so large a message were allowed: it grows by more than an honest one.
  EXPECT_FALSE(compressor.decompress(bomb, nullptr, 1024 * mebibyte));
  EXPECT_LT(allocations::peak_bytes(), 4'096u);
}

TEST(Compress, ASizeThatLiesIsRefused) {
  Bytes frame = plain_frame(incompressible(300));
  ASSERT_EQ(frame[6], 44);  // after kind, magic number and descriptor: the size minus 256, in two bytes
  frame[6] = 45;
  EXPECT_EQ(refusal(frame), "malformed-frame");
  frame[6] = 43;
  EXPECT_EQ(refusal(frame), "malformed-frame");
}

TEST(Compress, AFrameWithoutSizeOrWithTooLargeAWindowIsRefused) {
  EXPECT_EQ(refusal(plain_frame(incompressible(1'000))), "accepted");
  EXPECT_EQ(refusal(plain_frame(incompressible(1'000), 0, false)), "malformed-frame");
  const Bytes large = incompressible(20 * mebibyte);
  EXPECT_EQ(refusal(plain_frame(large, 23), nullptr, 32 * mebibyte), "accepted");
  EXPECT_EQ(refusal(plain_frame(large, 24), nullptr, 32 * mebibyte), "malformed-frame");
}

TEST(Compress, OnlyOneFrameAndNothingElseIsAccepted) {
  const Bytes frame = Compressor().compress("content", nullptr);
  EXPECT_EQ(refusal(frame), "accepted");
  EXPECT_EQ(refusal(""), "malformed-frame");
  EXPECT_EQ(refusal(frame + "x"), "malformed-frame");
  EXPECT_EQ(refusal(frame + frame.substr(1)), "malformed-frame");
  EXPECT_EQ(refusal("\2" + frame.substr(1)), "malformed-frame");
  EXPECT_EQ(refusal(std::string("\0\x50\x2a\x4d\x18\0\0\0\0", 9)), "malformed-frame");  // a skippable frame
  for (std::size_t n = 0; n < frame.size(); ++n) EXPECT_EQ(refusal(frame.substr(0, n)), "malformed-frame") << n;
}

TEST(Compress, AFlippedBitIsNoticed) {
  const Bytes frame = Compressor().compress("a text that is long enough to be worth reading", nullptr);
  for (std::size_t i = 0; i < frame.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      Bytes flipped = frame;
      flipped[i] ^= static_cast<char>(1 << bit);
      const auto raw = Compressor().decompress(flipped, nullptr, mebibyte);
      if (raw) {
        EXPECT_EQ(*raw, "a text that is long enough to be worth reading");
      }
    }
}

TEST(Dictionary, ThatZstdCannotUseIsAnErrorNotAnException) {
  Bytes damaged = trained().bytes();
  damaged.replace(8, 100, 100, '\xff');  // behind magic and id: the tables of a trained dictionary
  const auto parsed = Dictionary::parse(damaged);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code, "malformed-dictionary");
  EXPECT_EQ(Dictionary::parse(trained().bytes()).value().hash(), trained().hash());
}

TEST(Dictionary, IsTheSameForTheSameSchemaAndNamedByItsHash) {
  EXPECT_EQ(train_dictionary(schema()), trained().bytes());
  EXPECT_LE(trained().bytes().size(), 112'640u);
  EXPECT_EQ(trained().hash(), sha256(trained().bytes()));
}

}  // namespace
}  // namespace holdline::sync
