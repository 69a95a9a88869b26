#include "hub/people/devices.hpp"

#include "tests/unit/hub/ledger/sqlite/store.hpp"

namespace holdline::hub::testing {
namespace {

// A replica that was filled for the first is not followed as one of the second.
TEST(Devices, OtherScopesHaveAnotherVersionAlsoAtALedgerThatWasPutBack) {
  SqliteStore store;
  const sync::Hash code = sync::sha256("code");
  ASSERT_TRUE(store.ledger().add_code({code, "desk", {"acme/leeds", "acme/york"}, 0xff, 1'000}));
  Device desk;
  desk.id = id_of(7);
  const auto enrolled = store.ledger().enroll(code, desk, 0).value();
  const auto change = [&](const std::vector<std::string>& scopes) {
    return change_device_scopes(store.ledger(), "desk", scopes, std::nullopt).value().grants;
  };
  store.copy_aside();
  const auto leeds = change({"acme/leeds"});
  store.put_back();
  const auto york = change({"acme/york"});
  EXPECT_NE(leeds, york);
  EXPECT_NE(york, enrolled.grants);
  EXPECT_EQ(change({"acme/york", "acme/leeds"}), enrolled.grants) << "what it had: its replica is good";
}

}  // namespace
}  // namespace holdline::hub::testing
