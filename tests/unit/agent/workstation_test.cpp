#include "agent/workstation.hpp"

#include "platform/database/first_run.hpp"
#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

// How the files of a workstation belong together. What it does once it runs is stated with its API.
class WorkstationTest : public LocalApiTest {
 protected:
  void run_once() {
    work();
    ASSERT_EQ(post("/entries", message, "key").status, 201);
    api.reset();
  }
};

TEST_F(WorkstationTest, AFirstRunMakesWhatALaterRunOpens) {
  run_once();
  EXPECT_TRUE(std::filesystem::exists(directory() / "outbox.db"));
  must(start());
  EXPECT_EQ(api->workstation()->outbox().status().lanes[2].number, 1u);
}

TEST_F(WorkstationTest, AMissingOutboxIsNeverAFirstRun) {
  run_once();
  std::filesystem::remove(directory() / "outbox.db");
  must(start());
  EXPECT_EQ(api->workstation()->outbox().status().code, "outbox-missing");
  EXPECT_FALSE(std::filesystem::exists(directory() / "outbox.db"));
}

// What a power cut leaves of a first run that had begun to make the outbox.
TEST_F(WorkstationTest, AFirstRunThatWasCutShortIsGoneOnWith) {
  enrol();
  const auto key = must(keystore.create("outbox"));
  must(platform::open_unfilled(directory() / "outbox.db", key, {}));
  must(start());
  EXPECT_TRUE(std::filesystem::exists(directory() / "set-up"));
}

TEST_F(WorkstationTest, AnOutboxThatHoldsEntriesIsKeptThoughTheMarkerIsGone) {
  run_once();
  std::filesystem::remove(directory() / "set-up");
  must(start());
  EXPECT_EQ(api->workstation()->outbox().status().lanes[2].number, 1u);
  EXPECT_TRUE(std::filesystem::exists(directory() / "set-up"));
}

TEST_F(WorkstationTest, AnOutboxWithoutItsKeyAndMarkerGetsNoNewKey) {
  run_once();
  std::filesystem::remove(directory() / "set-up");
  must(keystore.destroy("outbox"));
  EXPECT_EQ(code_of(start()), "key-missing");
  EXPECT_FALSE(must(keystore.exists("outbox")));
}

// Enrolling again would make another workstation of it, to which the outbox does not belong.
TEST_F(WorkstationTest, AnEnrolmentThatWasNotFollowedByAStartIsGoneOnWith) {
  enrol();
  std::filesystem::rename(directory() / "library", directory() / "kept");
  EXPECT_EQ(code_of(start()), "schema-missing");
  std::filesystem::rename(directory() / "kept", directory() / "library");

  const auto answer = post("/enroll", {{"code", "used already"}});

  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.json().at("device"), identity().device.text());
}

TEST_F(WorkstationTest, AMissingOutboxKeyIsNeverReplacedByANewOne) {
  run_once();
  must(keystore.destroy("outbox"));
  EXPECT_EQ(code_of(start()), "key-missing");
  EXPECT_FALSE(must(keystore.exists("outbox")));
}

TEST_F(WorkstationTest, AnOutboxOfAnotherWorkstationIsRefused) {
  run_once();
  auto other = identity();
  other.device = id_of(0xd2);
  must(save_identity(directory(), other));
  EXPECT_EQ(code_of(start()), "outbox-of-another");
}

TEST_F(WorkstationTest, AMissingSchemaStopsTheStart) {
  run_once();
  std::filesystem::remove_all(directory() / "library");
  EXPECT_EQ(code_of(start()), "schema-missing");
}

TEST_F(WorkstationTest, AReplicaThatIsGoneIsMadeAgainAndTheOutboxStays) {
  run_once();
  std::filesystem::remove(directory() / "replica.db");
  restart();
  EXPECT_EQ(get("/status").json().at("replica").at("cn"), "0");
  EXPECT_EQ(outbox().size(), 1u);
  EXPECT_EQ(get("/entries").json().at("items").size(), 1u);
}

// A reader meets the damage while another file is on its way into the place, and says so afterwards.
TEST_F(WorkstationTest, AReportOfDamageDoesNotGiveUpTheFileThatTookThePlaceMeanwhile) {
  std::vector<sync::Record> customers;
  for (std::uint32_t n = 1; n <= 400; ++n) customers.push_back(customer_of(n, "Ada", "Lovelace"));
  work(customers);
  rot(directory() / "replica.db");
  Workstation& station = *api->workstation();
  std::promise<void> told;
  const auto was_told = told.get_future().share();
  station.engine([&](Engine&, Replica& replica) {
    was_told.wait();
    bootstrap(replica, Snapshot(12, customers));
  });
  bool damaged = false;
  station.read([&](View& view) { damaged = !view.find(key_in("customer", 200)); });
  station.read([&](View&) { told.set_value(); });
  was_told.wait();
  std::promise<bool> given_up;
  station.engine([&](Engine&, Replica& replica) { given_up.set_value(replica.is_corrupt()); });
  EXPECT_FALSE(given_up.get_future().get());
  EXPECT_TRUE(damaged);
}

TEST_F(WorkstationTest, NewRecordsGoToTheFirstScopeUnlessAnotherIsSet) {
  enrol();
  must(start());
  EXPECT_EQ(api->workstation()->default_scope({"agent", {"other/team", test_scope}}), test_scope);
  EXPECT_EQ(api->workstation()->default_scope({"agent", {}}), test_scope);
  EXPECT_EQ(api->workstation()->maker().device, identity().device);
}

}  // namespace
}  // namespace holdline::agent
