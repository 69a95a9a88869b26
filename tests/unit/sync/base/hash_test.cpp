#include "sync/base/hash.hpp"

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

// RFC 4231, test case 2 and 6: a short key, and one that is longer than a block.
TEST(Hmac, IsThatOfTheStandard) {
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?").view()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      to_hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First").view()),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace holdline::sync
