#include "sync/session/probe.hpp"

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

TEST(ProbeMessages, AreReadAsTheyWereWrittenAndRefusedOtherwise) {
  EXPECT_EQ(decode_probe(encode_json(Probe{true})), Probe{true});
  EXPECT_EQ(decode_probe("{}"), Probe{}) << "what asks for nothing asks for a read";
  EXPECT_EQ(decode_probed(encode_json(Probed{true, 5})), (Probed{true, 5}));
  for (const char* bad : {"", "[]", "{\"write\":1}"}) EXPECT_FALSE(decode_probe(bad)) << bad;
  for (const char* bad : {"{}", "{\"hub_wall_ms\":\"5\"}", "{\"hub_wall_ms\":5,\"written\":\"yes\"}"})
    EXPECT_FALSE(decode_probed(bad)) << bad;
}

}  // namespace
}  // namespace holdline::sync
