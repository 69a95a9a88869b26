#include "hub/admin/outbox_import.hpp"

#include <nlohmann/json.hpp>

#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub::testing {
namespace {

using Json = nlohmann::json;

// A workstation that the hub knows and does not hear from, and what its root exported.
class OutboxImportTest : public IntakeTest {
 protected:
  OutboxImportTest() {
    station_.does({creates_customer(1, "Ada")});
    station_.does({creates_note(2, 1, "call back")}, {{customer_lane, 1}});
    if (auto added = ledger().add_device(station_.device); !added) throw std::runtime_error(added.error().message);
  }

  // In the order of the lanes: the note comes before the customer that it waits for.
  Json exported() const {
    Json pushes = Json::array();
    for (const Lane lane : {note_lane, customer_lane})
      pushes.push_back(sync::to_hex(sync::encode_push(station_.push(lane))));
    return {{"schema", "holdline.outbox-export/1"},
            {"device", station_.device.id.text()},
            {"incarnation", station_.maker.incarnation.text()},
            {"clock_offset_ms", 0},
            {"pushes", pushes},
            {"actions", Json::array()}};
  }
  // All turns, each of one entry.
  Result<OutboxImportReport> import(const Json& document, std::int64_t at_ms = now_ms) {
    HOLDLINE_ASSIGN(auto import, OutboxImport::read(document.dump()));
    for (bool more = true; more;) {
      HOLDLINE_ASSIGN(more, import.take(ledger(), intake_, 1, at_ms));
    }
    return import.report();
  }
};

TEST_F(OutboxImportTest, TakesEffectOnceWhetherTheFileOrTheWorkstationComesFirst) {
  const auto report = import(exported());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->entries, 2u);
  EXPECT_EQ(report->known, 0u);
  EXPECT_EQ(report->in_effect + report->waiting, 2u);
  EXPECT_TRUE(record(customer_no, 1));
  EXPECT_TRUE(record(note_no, 2)) << "in effect when what it waited for had come";

  const State before = state();
  EXPECT_EQ(take(station_, station_.push(customer_lane)).answer, sync::PushAnswer::results);
  const auto again = import(exported());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->known, 2u);
  EXPECT_EQ(again->in_effect, 0u);
  EXPECT_EQ(state(), before);
}

// A push of the file takes several turns; the workstation sends meanwhile, and then the hub is stopped.
TEST_F(OutboxImportTest, GoesOnInTurnsWhereItOrTheWorkstationHasCome) {
  for (std::uint8_t seed = 3; seed <= 8; ++seed) station_.does({creates_customer(seed, "Grace")});
  auto import = OutboxImport::read(exported().dump());
  ASSERT_TRUE(import) << import.error().message;
  EXPECT_TRUE(import->take(ledger(), intake_, 3, now_ms).value()) << "the note, which waits";
  EXPECT_TRUE(import->take(ledger(), intake_, 3, now_ms).value());
  EXPECT_TRUE(record(note_no, 2));
  EXPECT_FALSE(record(customer_no, 6));
  EXPECT_EQ(take(station_, station_.push(customer_lane)).answer, sync::PushAnswer::results);
  EXPECT_TRUE(import->take(ledger(), intake_, 3, now_ms).value());
  EXPECT_EQ(import->report().known, 3u);

  const auto again = this->import(exported());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->entries, 8u);
  EXPECT_EQ(again->known, 8u);
  EXPECT_TRUE(record(customer_no, 8));
}

// The workstation's clock was an hour slow, and the file a day on its way.
TEST_F(OutboxImportTest, KeepsWhenThingsWereDoneAndNotWhenTheFileCame) {
  Json document = exported();
  document["clock_offset_ms"] = 3'600'000;
  document["pushes"].erase(1);  // the customer that the note waits for
  const auto report = import(document, now_ms + 86'400'000);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->waiting, 1u);
  const auto held = reader()->held(HeldState::waiting, 10).value();
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held.front().corrected_ms, now_ms + 3'600'000 - 1'000) << "a second before it was exported";
}

TEST_F(OutboxImportTest, WhatIsNoWholeExportIsRefused) {
  const auto refused = [&](const char* member, const Json& value) {
    Json document = exported();
    if (value.is_null())
      document.erase(member);
    else
      document[member] = value;
    return code_of(import(document));
  };
  EXPECT_EQ(refused("schema", "holdline.outbox/1"), "not-an-export");
  EXPECT_EQ(refused("pushes", nullptr), "part-of-an-export");
  EXPECT_EQ(refused("pushes", {"no hex"}), "not-an-export");
  EXPECT_EQ(refused("pushes", {"00"}), "not-an-export");
  EXPECT_EQ(refused("device", id_of(99).text()), "unknown-device");
  EXPECT_EQ(refused("schema", 1), "not-an-export");
  EXPECT_EQ(code_of(OutboxImport::read("[]")), "not-an-export");
  Device revoked = station_.device;
  revoked.state = DeviceState::revoked;
  ASSERT_TRUE(ledger().put_device(revoked));
  EXPECT_EQ(code_of(import(exported())), "device-revoked");
  EXPECT_EQ(state().progress, 0u);
}

TEST_F(OutboxImportTest, WhatDoesNotFollowWhatTheHubHasIsTold) {
  station_.does({creates_customer(3, "Grace")});
  Json later = exported();
  later["pushes"] = {sync::to_hex(sync::encode_push(station_.push(customer_lane, 2)))};
  EXPECT_EQ(code_of(import(later)), "export-gap");

  Workstation copy = station_;
  copy.does({creates_customer(4, "Edsger")});
  station_.does({creates_customer(5, "Barbara")});
  take(copy, copy.push(customer_lane));
  EXPECT_EQ(code_of(import(exported())), "export-differs");
}

}  // namespace
}  // namespace holdline::hub::testing
