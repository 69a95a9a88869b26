#include "sync/base/id.hpp"

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

TEST(Id, TextRoundTripsAndRefusesMisplacedDashes) {
  const auto id = Id::parse("0190c0de-7abc-7def-8123-456789abcdef");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->text(), "0190c0de-7abc-7def-8123-456789abcdef");
  EXPECT_FALSE(Id::parse("0190c0de7-abc-7def-8123-456789abcdef"));
  EXPECT_FALSE(Id::parse("0190c0de-7abc-7def-8123-456789abcdeg"));
}

TEST(Id, DerivedIdCarriesTimeAndVersionAndDependsOnEveryPartOfItsOrigin) {
  const Origin origin{*Id::parse("11111111-1111-4111-8111-111111111111"),
                      *Id::parse("22222222-2222-4222-8222-222222222222"),
                      2,
                      7,
                      1'763'700'000'000,
                      {1, 2, 3}};
  const Id id = derive_id(origin, 0);
  std::uint64_t ms = 0;
  for (int i = 0; i < 6; ++i) ms = ms << 8 | id.bytes[i];
  EXPECT_EQ(ms, static_cast<std::uint64_t>(origin.wall_ms));
  EXPECT_EQ(id.bytes[6] >> 4, 7);
  EXPECT_EQ(id.bytes[8] >> 6, 2);
  EXPECT_EQ(id, derive_id(origin, 0));
  EXPECT_NE(id, derive_id(origin, 1));
  const auto differs_by = [&](const auto& change) {
    Origin other = origin;
    change(other);
    return derive_id(other, 0) != id;
  };
  EXPECT_TRUE(differs_by([](Origin& o) { o.device.bytes[0] ^= 1; }));
  EXPECT_TRUE(differs_by([](Origin& o) { o.incarnation.bytes[0] ^= 1; }));
  EXPECT_TRUE(differs_by([](Origin& o) { o.lane = 3; }));
  EXPECT_TRUE(differs_by([](Origin& o) { o.number = 8; }));
  EXPECT_TRUE(differs_by([](Origin& o) { o.salt[7] ^= 1; })) << "two that go on from one memory";
}

TEST(Id, NaturalIdIsTheSameForTheSameParentAndKey) {
  const Id parent = *Id::parse("11111111-1111-4111-8111-111111111111");
  EXPECT_EQ(natural_id(3, parent, "+442075518700"), natural_id(3, parent, "+442075518700"));
  EXPECT_NE(natural_id(3, parent, "+442075518700"), natural_id(4, parent, "+442075518700"));
}

}  // namespace
}  // namespace holdline::sync
