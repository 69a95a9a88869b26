#include "hub/fleet/fleet.hpp"

#include "tests/unit/hub/ledger/sqlite/store.hpp"

namespace holdline::hub::testing {
namespace {

class FleetTest : public ::testing::Test {
 protected:
  Device add(std::uint64_t n, const std::string& name, const std::string& scope) {
    Device device;
    device.id = id_of(n);
    device.name = name;
    device.scopes = {scope};
    EXPECT_TRUE(store_.ledger().add_device(device));
    return device;
  }
  static std::vector<contingency::WorkstationState> listed(const Fleet& fleet, const Device& asking) {
    return contingency::decode_fleet(fleet.list(asking, 9'000).value()).value().workstations;
  }

  SqliteStore store_;
  const Device one_ = add(1, "b", "acme/leeds"), other_ = add(2, "a", "acme/leeds"), far_ = add(3, "c", "acme/york");
};

TEST_F(FleetTest, TellsOfThoseOfTheSameScopeAndWhatTheyTold) {
  Fleet fleet(store_.ledger());
  contingency::WorkstationReport report;
  report.seat.row = "4";
  EXPECT_FALSE(fleet.take(one_.id, "{}", 1'000));
  ASSERT_TRUE(fleet.take(one_.id, contingency::encode_json(report), 2'000));
  fleet.heard(one_.id, 3'000);
  const auto seen = listed(fleet, other_);
  ASSERT_EQ(seen.size(), 2u) << "not the one of york";
  EXPECT_EQ(seen[0].name, "a");
  EXPECT_EQ(seen[0].heard_ms, 0) << "never heard of";
  EXPECT_EQ(seen[1].heard_ms, 3'000);
  EXPECT_EQ(seen[1].reported_ms, 2'000);
  EXPECT_EQ(seen[1].report, report);
}

TEST_F(FleetTest, KnowsThoseThatAreSilentAlsoAfterARestart) {
  {
    Fleet fleet(store_.ledger());
    ASSERT_TRUE(fleet.take(one_.id, contingency::encode_json(contingency::WorkstationReport{}), 2'000));
    fleet.heard(other_.id, 2'500);
    ASSERT_TRUE(fleet.keep());
  }
  store_.reopen();
  const auto seen = listed(Fleet(store_.ledger()), one_);
  EXPECT_EQ(seen[0].heard_ms, 2'500);
  EXPECT_FALSE(seen[0].report);
  EXPECT_TRUE(seen[1].report);
}

}  // namespace
}  // namespace holdline::hub::testing
