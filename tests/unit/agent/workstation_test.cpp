#include "agent/workstation.hpp"

#include "tests/unit/agent/local_api_fixture.hpp"

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
  EXPECT_EQ(code_of(start()), "database-missing");
  EXPECT_FALSE(std::filesystem::exists(directory() / "outbox.db"));
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

TEST_F(WorkstationTest, NewRecordsGoToTheFirstScopeUnlessAnotherIsSet) {
  enrol();
  must(start());
  EXPECT_EQ(api->workstation()->default_scope(), test_scope);
  EXPECT_EQ(api->workstation()->maker().device, identity().device);
}

}  // namespace
}  // namespace holdline::agent
