// What is told at once stays below what a workstation accepts, however much an import or an action brings.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "hub/feed/sync_service.hpp"
#include "hub/import/import.hpp"
#include "hub/ledger/feed_limits.hpp"
#include "tests/unit/hub/import_all.hpp"
#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub::testing {
namespace {

// A hub with the shipped schema, and a workstation that pulls everything from the beginning.
class LargeCuts : public ::testing::Test {
 protected:
  LargeCuts() {
    if (auto put = store_.ledger().put_person(station_.person); !put) throw std::runtime_error(put.error().message);
  }

  const sync::Schema& schema() { return store_.ledger().schema(); }
  const sync::Collection& of(std::string_view name) { return *schema().collection(name); }

  // Letters that do not compress well, other ones each time.
  std::string letters(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('a' + random_() % 26);
    return text;
  }
  void import(std::size_t customers, std::size_t note_bytes) {
    std::string csv = "ref,given,notes\n";
    for (std::size_t i = 0; i < customers; ++i) csv += "C" + std::to_string(i) + ",A," + letters(note_bytes) + "\n";
    // Each of a source of its own: what it says differently from the one before is a conflict.
    const ImportRequest request{leeds, "source-" + std::to_string(++imports_)};
    const auto report = import_all(CustomerImport::begin(store_.ledger(), csv, request), intake_, now_ms, 10'000);
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_EQ(report->created + report->conflicts, customers);
  }
  static Id customer(const sync::Schema& schema, std::size_t i) {
    return sync::natural_id(schema.collection("customer")->no, Id{}, leeds + "\nc" + std::to_string(i));
  }
  std::vector<sync::ActionResult> push(Lane lane, std::uint64_t first = 1) {
    const std::vector one{read_push(*store_.ledger().schemas(), station_.device, station_.push(lane, first)).value()};
    return intake_.take(one, now_ms).at(0).value().results;
  }

  struct Told {
    std::map<sync::CollectionNo, std::set<Id>> records;
    std::vector<sync::ActionResult> results;
    std::size_t cuts = 0, largest = 0;  // bytes of changes
  };
  Result<sync::PullReply> read(SyncService& service, std::string_view body) {
    HOLDLINE_ASSIGN(const auto raw, service.inflate(body, sync::limits::message_bytes));
    return sync::decode_pull_reply(schema(), raw);
  }
  // Each message must be readable and begin where the one before ended.
  Told pull_all(ServiceLimits limits = {}) {
    SyncService service(store_.ledger(), snapshots_, entropy_, limits);
    sync::PullRequest request;
    request.epoch = store_.ledger().epoch();
    request.grants = station_.device.grants;
    request.schema = schema().hash();
    Told told;
    for (bool more = true; more; ++told.cuts) {
      const auto pulled = service.pull(station_.device, request, now_ms, true).value();
      const auto reply = read(service, pulled.reply.value());
      if (!reply) {
        ADD_FAILURE() << "cut " << told.cuts << ": " << reply.error().message;
        return told;
      }
      EXPECT_EQ(reply->answer, sync::PullAnswer::cut);
      EXPECT_EQ(reply->cut.from, request.cursor.cn);
      std::size_t bytes = 0;
      for (const sync::Change& change : reply->cut.changes) {
        told.records[change.record.key.collection].insert(change.record.key.id);
        bytes += encoded_size(change.record, change.mask);
      }
      told.largest = std::max(told.largest, bytes);
      for (const sync::ActionResult& result : reply->results) {
        EXPECT_EQ(result.entry, ++request.results);
        told.results.push_back(result);
      }
      EXPECT_TRUE(reply->cut.to.cn > request.cursor.cn || !reply->results.empty() || !reply->more);
      request.cursor = reply->cut.to;
      more = reply->more;
    }
    EXPECT_EQ(request.cursor, store_.ledger().reader().value()->head().value());
    return told;
  }

  std::mt19937 random_{1};
  int imports_ = 0;
  SqliteStore store_{std::string(sync::default_schema_text())};
  support::TestEntropy entropy_;
  Intake intake_{store_.ledger(), entropy_};
  Snapshots snapshots_{store_.ledger()};
  Workstation station_{store_.ledger().schema(), 1};
};

TEST_F(LargeCuts, CustomersWithLongNotesComeInAsManyCutsAsTheyNeed) {
  import(4'000, 2'500);
  const Told told = pull_all();
  EXPECT_EQ(told.records.at(of("customer").no).size(), 4'000u);
  EXPECT_GT(told.cuts, 1u);
}

TEST_F(LargeCuts, AnImportOfWhichEveryValueLosesIsToldInParts) {
  import(400, 4'000);
  import(400, 4'000);
  const Told told = pull_all();
  EXPECT_EQ(told.records.at(of("customer").no).size(), 400u);
  EXPECT_EQ(told.records.at(of("conflict").no).size(), 400u);
}

TEST_F(LargeCuts, AnActionOfWhichEveryValueLosesIsToldInParts) {
  import(200, 4'000);
  const sync::FieldIndex notes = *of("customer").field("notes");
  std::vector<sync::Op> ops;
  for (std::size_t i = 0; i < 200; ++i) {
    ops.push_back({sync::OpKind::edit, {of("customer").no, customer(schema(), i)}, leeds, 1, {}, {}});
    ops.back().changes = {{notes, sync::Value("before"), letters(100), {}, {}}};
  }
  station_.does(std::move(ops));
  const auto results = push(of("customer").lane);
  EXPECT_EQ(results.at(0).conflicts.size(), 200u);
  EXPECT_EQ(results[0].at, store_.ledger().reader().value()->head().value());
  ServiceLimits one_cn;
  one_cn.records_per_cut = 1;
  const Told told = pull_all(one_cn);
  EXPECT_EQ(told.records.at(of("conflict").no).size(), 200u);
  EXPECT_LE(told.largest, change_bytes);
}

TEST_F(LargeCuts, AnActionOfOrdinarySizeIsOneChange) {
  import(20, 4'000);
  std::vector<sync::Op> ops;
  for (std::size_t i = 0; i < 20; ++i) {
    ops.push_back({sync::OpKind::edit, {of("customer").no, customer(schema(), i)}, leeds, 1, {}, {}});
    ops.back().changes = {{*of("customer").field("notes"), sync::Value("before"), letters(2'000), {}, {}}};
  }
  const ChangeNumber before = store_.ledger().reader().value()->head().value().cn;
  station_.does(std::move(ops));
  EXPECT_EQ(push(of("customer").lane).at(0).at.cn, before + 1);
}

TEST_F(LargeCuts, AListGrowsOnlyUpToWhatCanBeTold) {
  const sync::Collection& entries = of("manual_entry");
  sync::Op op{sync::OpKind::create, {entries.no, id_of(77)}, leeds, 0, {}, {}};
  for (sync::FieldIndex i = 0; i < entries.fields.size(); ++i)
    if (entries.fields[i].required)
      op.changes.push_back({i, sync::BaseUnknown{}, entries.fields[i].options.at(0), {}, {}});
  station_.does({op});
  op = {sync::OpKind::edit, op.record, leeds, 0, {}, {}};
  op.changes = {{*entries.field("follow_ups"), sync::BaseUnknown{}, {}, {}, {}}};
  for (int i = 0; i < 30; ++i) op.changes[0].adds.push_back(letters(2'000));
  for (int i = 0; i < 20; ++i) station_.does({op});
  const auto results = push(entries.lane);
  EXPECT_EQ(results.at(10).verdict, sync::Verdict::applied);
  EXPECT_EQ(results.at(20).verdict, sync::Verdict::quarantined);
  EXPECT_EQ(results[20].code, "record-full");
  EXPECT_LE(pull_all().largest, record_bytes);
}

TEST_F(LargeCuts, ResultsThatAreLongComeInParts) {
  const std::vector<sync::Op> useless(100, {sync::OpKind::edit, {of("customer").no, id_of(1)}, leeds, 1, {}, {}});
  for (int i = 0; i < 1'200; ++i) station_.does(useless);
  push(of("customer").lane);
  const Told told = pull_all();
  EXPECT_EQ(told.results.size(), 1'200u);
  EXPECT_GT(told.cuts, 1u);
  EXPECT_LE(told.results[0].text.size(), 2 * refusal_bytes);
}

}  // namespace
}  // namespace holdline::hub::testing
