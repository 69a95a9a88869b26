// Of two files of one source the newer has the last word, whichever is imported later or goes on later.
#include "tests/unit/hub/import/fixture.hpp"

namespace holdline::hub::testing {
namespace {

class ImportOrderTest : public ImportTest {
 protected:
  // A file as somebody imports it now, written last at `modified_ms`.
  ImportRequest request(std::optional<std::int64_t> modified_ms) {
    ImportRequest wanted{leeds, "crm"};
    wanted.run = entropy_.id();
    wanted.begun_ms = at_ms_ += 1'000;
    wanted.modified_ms = modified_ms;
    wanted.file = "night.csv";
    wanted.person = "ada";
    return wanted;
  }
  Result<CustomerImport> begin(const std::string& csv, ImportRequest wanted) {
    return CustomerImport::begin(store_.ledger(), csv, std::move(wanted));
  }
  std::string outcome(const std::string& csv, ImportRequest wanted) {
    const auto done = import_all(begin(csv, std::move(wanted)), intake_, at_ms_);
    return done ? "taken" : done.error().code;
  }

  const std::string older_ = "ref,given,city\nC1,Ada,Leeds\nC2,Bob,Leeds\n";
  const std::string newer_ = "ref,given,city\nC1,Ada,York\nC2,Bob,York\n";
};

TEST_F(ImportOrderTest, OfOneSourceOneImportRunsAtATime) {
  auto first = begin(older_, request({})).value();
  const auto second = begin(newer_, request({}));
  ASSERT_EQ(code_of(second), "import-running");
  EXPECT_NE(second.error().message.find("night.csv from crm into " + leeds + " by ada, begun "), std::string::npos)
      << second.error().message;
  EXPECT_EQ(second.error().kind, ErrorKind::retry_later);
  ImportRequest dry = request({}), elsewhere = request({});
  dry.dry_run = true;
  elsewhere.source = "erp";
  EXPECT_TRUE(begin(newer_, dry)) << "stores nothing";
  EXPECT_TRUE(begin(newer_, elsewhere));
  while (first.take(intake_, 100, at_ms_).value()) {
  }
  EXPECT_TRUE(begin(newer_, request({}))) << "the first one has ended, though it is still there to be asked";
  EXPECT_TRUE(begin(newer_, request({}))) << "one that was given up holds nothing";
}

TEST_F(ImportOrderTest, AFileThatWasInterruptedDoesNotGoOnBehindANewerOne) {
  const std::int64_t monday = at_ms_ - 90'000'000, tuesday = monday + 86'400'000;
  {
    auto killed = begin(older_, request(monday)).value();
    ASSERT_TRUE(killed.take(intake_, 1, at_ms_).value());
  }
  EXPECT_EQ(outcome(newer_, request(tuesday)), "taken");
  EXPECT_EQ(outcome(older_, request(monday)), "older-file");
  EXPECT_EQ(text_of("city"), "York");
  EXPECT_EQ(outcome(newer_, request(tuesday)), "taken") << "itself once more";
  ImportRequest meant = request(monday);
  meant.older = true;
  EXPECT_EQ(outcome(older_, meant), "taken");
  EXPECT_EQ(text_of("city"), "Leeds");
}

TEST_F(ImportOrderTest, WhereNobodyKnowsHowOldAFileIsItsFirstImportTells) {
  EXPECT_EQ(outcome(older_, request({})), "taken");
  EXPECT_EQ(outcome(newer_, request({})), "taken");
  EXPECT_EQ(outcome(older_, request({})), "older-file");
  ImportRequest back = request({});
  back.obtained_ms = back.begun_ms;
  EXPECT_EQ(outcome(older_, back), "taken") << "the source went back to what it said before";
}

TEST_F(ImportOrderTest, ADayIsAllOfItAndAPartIsNotTheNewestWord) {
  const std::int64_t day = (at_ms_ / 86'400'000 - 1) * 86'400'000;
  EXPECT_EQ(outcome(older_, request(day + 3'600'000)), "taken");
  ImportRequest same_day = request({});
  same_day.obtained_ms = day;
  EXPECT_EQ(outcome(newer_, same_day), "older-file");
  same_day.obtained_day = true;
  same_day.run = entropy_.id();
  EXPECT_EQ(outcome(newer_, same_day), "taken");
  ImportRequest part = request(day + 7'200'000);
  part.partial = true;
  EXPECT_EQ(outcome("ref,given\nC3,Cleo\n", part), "taken");
  EXPECT_EQ(outcome("ref,given,city\nC1,Ada,Hull\n", request(day + 5'400'000)), "taken");
}

TEST_F(ImportOrderTest, TheLastLineIsTheLastThatWasLookedAt) {
  const auto line = [&] { return store_.ledger().reader().value()->import_runs(1).value().at(0).line; };
  ops_per_turn_ = 1;
  EXPECT_EQ(outcome("ref,given\nC1,Ada\nC2,Bob\n,Nobody\nC1,Again\n", request({})), "taken");
  EXPECT_EQ(line(), 5u) << "rejected rows are looked at as well";
  auto cut = begin("ref,given\n,A\n,B\n,C\n,D\n", request({})).value();
  ASSERT_TRUE(cut.take(intake_, 2, at_ms_ += 2'000).value());
  EXPECT_EQ(line(), 3u) << "also where nothing was taken";
}

}  // namespace
}  // namespace holdline::hub::testing
