// What is typed gets the same verdict wherever it is judged: at the desk before it is saved, at the hub when it
// arrives, and at the hub's import.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "agent/api/input.hpp"
#include "agent/outbox/action_draft.hpp"
#include "hub/import/import.hpp"
#include "platform/text/csv.hpp"
#include "platform/time/zones.hpp"
#include "sync/reference/reference.hpp"
#include "sync/text/text.hpp"
#include "tests/unit/doors/typed_forms.hpp"
#include "tests/unit/hub/import_all.hpp"
#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::doors {
namespace {

using nlohmann::json;
using sync::Finding;
using sync::Weight;

constexpr std::size_t forms_typed = 12'000, rows_imported = 3'600;
constexpr std::int64_t now_ms = hub::testing::now_ms;

// What the desk makes of a form.
struct AtDesk {
  std::vector<sync::Op> ops;
  std::vector<Finding> open;  // none: it is saved
  std::optional<sync::Acceptance> acceptance;
};

class VerdictsTest : public ::testing::Test {
 protected:
  VerdictsTest() { EXPECT_TRUE(store_.ledger().put_person(station_.person)); }

  const sync::Schema& schema() { return store_.ledger().schema(); }

  // As POST /customers, /entries and /callbacks do; whatever is asked is meant so.
  AtDesk typed(std::string_view collection, const json& form) {
    json body{{"fields", json::object()}};
    if (collection == "customer") body["phones"] = body["emails"] = json::array();
    for (const auto& [name, value] : form.items()) {
      const bool blank = value.is_string() && sync::tidy_text(value.get<std::string>()).empty();
      if (collection == "customer" && blank) continue;  // a line of a form that was left empty
      if (collection == "customer" && name.starts_with("phone"))
        body["phones"].push_back({{"e164", value}});
      else if (collection == "customer" && name == "email")
        body["emails"].push_back({{"addr", value}});
      else
        body["fields"][name] = value;
    }
    auto addition = agent::addition_of(schema(), *schema().collection(collection), hub::testing::leeds, {site_, now_ms},
                                       body.dump())
                        .value();
    const auto findings = sync::judge(schema(), addition.ops, addition.findings, addition.event_ms);
    return {std::move(addition.ops), sync::unanswered(findings, meant_so_), sync::answered(findings, meant_so_)};
  }

  // Draws ids as the outbox does, and validates what will be stored.
  std::vector<Finding> stored(AtDesk& desk) {
    sync::Action action;
    action.header.lane = agent::lane_of_ops(schema(), desk.ops).value();
    action.header.number = ++made_;
    action.header.schema = schema().version();
    action.header.event_ms = action.header.made.wall_ms = now_ms;
    action.header.acceptance = desk.acceptance;
    action.ops = desk.ops;
    EXPECT_TRUE(agent::fill_created(schema(), station_.maker, action));
    desk.ops = action.ops;
    return sync::validate(schema(), action);
  }

  // To be sent: what the desk saved, or would not have.
  struct Sent {
    bool saved = false;
    std::string form;
  };
  void put_into_outbox(const AtDesk& desk, const json& form) {
    const auto ref = station_.does(desk.ops, {}, 1, {}, desk.acceptance);
    sent_[ref] = {desk.open.empty(), form.dump()};
  }
  // The hub takes what was saved, and nothing else.
  void send_all() {
    for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
      const auto first = sent_.lower_bound({lane, 0});
      if (first == sent_.end() || first->first.lane != lane) continue;
      const std::vector one{
          hub::read_push(*store_.ledger().schemas(), station_.device, station_.push(lane, first->first.number))
              .value()};
      const auto results = intake_.take(one, now_ms).at(0).value().results;
      for (const sync::ActionResult& result : results) {
        const Sent& sent = sent_.at({result.lane, result.number});
        const bool taken = result.verdict != sync::Verdict::quarantined;
        EXPECT_EQ(taken, sent.saved) << sent.form << result.text;
        EXPECT_EQ(result.code, taken ? "" : "invalid") << sent.form;
        ++(taken ? taken_ : refused_);
      }
    }
    sent_.clear();
  }

  // With the forms of a trade, whose fields are judged like the others.
  static std::string schema_text() {
    std::string text(sync::default_schema_text());
    for (const sync::SchemaPack& pack : sync::schema_packs()) text.append("\n").append(pack.text);
    return text;
  }

  hub::testing::SqliteStore store_{schema_text()};
  support::TestEntropy entropy_;
  hub::Intake intake_{store_.ledger(), entropy_};
  hub::testing::Workstation station_{store_.ledger().schema(), 1};
  std::uint64_t made_ = 0;
  std::map<sync::ActionRef, Sent> sent_;
  std::size_t taken_ = 0, refused_ = 0;
  const sync::Site site_{"GB", platform::time_zone_named, platform::zone_offset_ms};
  const std::optional<sync::Acceptance> meant_so_ =
      sync::Acceptance{{"card-number", "clock-shows-it-twice", "extension-left-out", "far-ahead", "long-window",
                        "looks-like-email", "looks-like-phone", "other-offset", "passed-already"},
                       "it is meant so"};
};

TEST_F(VerdictsTest, WhatTheDeskSavesTheHubTakesAndNothingElse) {
  TypedForms forms(7);
  for (std::size_t i = 0; i < forms_typed; ++i) {
    static constexpr std::array collections{"customer", "manual_entry", "callback_request", "complaint"};
    const char* collection = collections[i % 4];
    const json form = i % 4 == 0   ? forms.customer(i)
                      : i % 4 == 1 ? forms.entry()
                      : i % 4 == 2 ? forms.callback(now_ms)
                                   : forms.complaint(now_ms);
    AtDesk desk = typed(collection, form);
    const auto invalid = stored(desk);
    ASSERT_TRUE(!desk.open.empty() || invalid.empty()) << form << invalid.front().message;
    // What is no country or zone leaves no value that the hub could judge: the desk alone keeps it out.
    if (desk.open.empty() || !invalid.empty()) put_into_outbox(desk, form);
    if (i % 600 == 599) send_all();
  }
  EXPECT_TRUE(sent_.empty());
  EXPECT_GT(taken_, forms_typed / 10);
  EXPECT_GT(refused_, forms_typed / 10);
}

// A desk whose numbers were used up: the hub gives the reference when the entry arrives.
TEST_F(VerdictsTest, WhatComesWithoutAReferenceGetsOneAtTheHub) {
  std::set<std::string> given;
  for (int i = 0; i < 3; ++i) {
    AtDesk desk = typed("manual_entry", {{"kind", "message"}, {"note", "Called about it."}});
    ASSERT_TRUE(desk.open.empty());
    ASSERT_TRUE(stored(desk).empty());
    const sync::RecordKey key = desk.ops.front().record;
    put_into_outbox(desk, {});
    send_all();
    const auto row = store_.ledger().reader().value()->row(key).value();
    ASSERT_TRUE(row);
    const sync::Collection& entries = *schema().collection("manual_entry");
    const auto* text = std::get_if<std::string>(&row->stored.record.fields[*entries.reference]);
    ASSERT_NE(text, nullptr);
    EXPECT_TRUE(sync::is_reference(*text)) << *text;
    EXPECT_TRUE(given.insert(*text).second);
  }
}

TEST_F(VerdictsTest, AFileIsReadAsAFormIs) {
  constexpr std::size_t rows_per_file = 900;  // fewer than the rejected rows that a report names
  constexpr std::array columns{"ref",     "given", "family", "org",   "postcode", "city",
                               "country", "tz",    "notes",  "phone", "phone2",   "email"};
  TypedForms forms(11);
  std::size_t number = 0, rejected = 0;
  while (number < rows_imported) {
    std::string csv;
    for (const char* column : columns) csv += (csv.empty() ? "" : ",") + std::string(column);
    std::vector<json> typed_rows;
    for (std::size_t row = 0; row < rows_per_file; ++row) {
      typed_rows.push_back(forms.customer(++number));
      csv += "\r\n";
      for (const char* column : columns)
        csv += (column == columns.front() ? "" : ",") + platform::csv_field(typed_rows.back().value(column, ""));
    }
    hub::ImportRequest request{hub::testing::leeds};
    request.dry_run = true;
    request.site = site_;
    request.acceptance = meant_so_;
    const auto report =
        hub::testing::import_all(hub::CustomerImport::begin(store_.ledger(), csv, request), intake_, now_ms, 5'000);
    ASSERT_TRUE(report) << report.error().message;
    std::map<std::uint64_t, const hub::RejectedRow*> by_line;
    for (const hub::RejectedRow& one : report->rejected) by_line.emplace(one.line, &one);
    rejected += by_line.size();
    std::uint64_t line = 2;
    for (const json& form : typed_rows) {
      const auto desk = typed("customer", form);
      const auto row = by_line.find(line);
      ASSERT_EQ(row == by_line.end(), desk.open.empty()) << form << (row == by_line.end() ? "" : row->second->message);
      const auto same = [&](const Finding& finding) { return finding.code == row->second->code; };
      EXPECT_TRUE(row == by_line.end() || std::ranges::any_of(desk.open, same)) << form << row->second->code;
      ++line;
      for (const auto& [name, value] : form.items())
        line += static_cast<std::uint64_t>(std::ranges::count(value.get<std::string>(), '\n'));
    }
  }
  EXPECT_GT(rejected, rows_imported / 10);
}

}  // namespace
}  // namespace holdline::doors
