#include "sync/form/form.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace holdline::sync {
namespace {

constexpr std::int64_t now_ms = 1'763'700'000'000;
constexpr std::int64_t hour_ms = 3'600'000;

// A desk in Britain that knows two zones.
class FormTest : public testing::Test {
 protected:
  using Values = std::vector<std::pair<std::string_view, Value>>;

  const Collection& of(std::string_view name) const { return *schema.collection(name); }

  // A new record as it is typed, as far as a form fills it in.
  Op create(std::string_view collection, const Values& values) const {
    Op op;
    op.kind = OpKind::create;
    op.record = {of(collection).no, {}};
    for (const auto& [name, value] : values)
      op.changes.push_back({*of(collection).field(name), Value(Null{}), value, {}, {}});
    std::ranges::sort(op.changes, {}, &FieldChange::field);
    return op;
  }

  // What is said about a new record, as "field:code", and by its weight behind it when it is not refused.
  std::string said(Op& op, std::int64_t event_ms = now_ms) {
    const Collection& collection = *schema.collection(op.record.collection);
    auto findings = put_right(collection, site, nullptr, op.changes);
    std::ranges::move(look_over(collection, op.changes, nullptr, event_ms, now_ms), std::back_inserter(findings));
    return told(judge(schema, {&op, 1}, std::move(findings), event_ms));
  }
  std::string said(std::string_view collection, const Values& values, std::int64_t event_ms = now_ms) {
    Op op = create(collection, values);
    return said(op, event_ms);
  }

  static std::string told(const std::vector<Finding>& findings) {
    std::string all;
    for (const Finding& f : findings) {
      all += (all.empty() ? "" : " ") + f.field + ":" + f.code;
      if (f.weight != Weight::refused) all += f.weight == Weight::asked ? "?" : "!";
    }
    return all;
  }

  std::string stored(const Op& op, std::string_view name) const {
    const auto field = schema.collection(op.record.collection)->field(name);
    const auto at = std::ranges::find(op.changes, *field, &FieldChange::field);
    if (at == op.changes.end()) return "(none)";
    const auto* text = std::get_if<std::string>(&at->value);
    return text ? *text : "(null)";
  }

  Schema schema = *Schema::parse(default_schema_text());
  Site site{"GB", [](std::string_view name) -> std::optional<std::string> {
              for (const char* zone : {"Europe/London", "Asia/Kolkata"})
                if (std::ranges::equal(
                        name, std::string_view(zone), {}, [](char c) { return std::tolower(c); },
                        [](char c) { return std::tolower(c); }))
                  return zone;
              return std::nullopt;
            }};
};

TEST_F(FormTest, ANumberIsStoredOnceWithItsSpellingAndItsExtensionApart) {
  Op op = create("phone", {{"customer", Id{{1}}}, {"e164", "020 7946 0018 ext. 5"}});
  EXPECT_EQ(said(op), "");
  EXPECT_EQ(stored(op, "e164"), "+442079460018");
  EXPECT_EQ(stored(op, "as_typed"), "020 7946 0018 ext. 5");
  EXPECT_EQ(stored(op, "extension"), "5");
  op = create("phone", {{"customer", Id{{1}}}, {"e164", " +442079460018 "}});
  EXPECT_EQ(said(op), "");
  EXPECT_EQ(stored(op, "as_typed"), "(none)") << "it is spelled as it is stored";
  op = create("manual_entry", {{"kind", "message"}, {"phone", "07700 900123"}});
  EXPECT_EQ(said(op), "phone:number-not-in-use!") << "possible is enough";
  EXPECT_EQ(stored(op, "phone"), "+447700900123");
}

// As an export writes it and an import reads it again: nobody's spelling is replaced by it.
TEST_F(FormTest, TheFormOfAnExportIsNoSpelling) {
  Op op = create("phone", {{"e164", "+442075518700 ext. 12"}});
  said(op);
  EXPECT_EQ(stored(op, "e164"), "+442075518700");
  EXPECT_EQ(stored(op, "extension"), "12");
  EXPECT_EQ(stored(op, "as_typed"), "(none)");
}

TEST_F(FormTest, AReferenceThatASpreadsheetShortenedIsAskedAbout) {
  EXPECT_EQ(said("customer", {{"ref", "4.42079E+11"}, {"given", "Ada"}}), "ref:shortened-number?");
  EXPECT_EQ(said("customer", {{"ref", "1E2"}, {"given", "Ada"}}), "");
}

TEST_F(FormTest, APostcodeWithoutACountryThatIsNoneOfTheSitesIsTold) {
  EXPECT_EQ(said("customer", {{"family", "Ott"}, {"postcode", "20121"}}), "postcode:postcode-of-elsewhere!");
  EXPECT_EQ(said("customer", {{"family", "Ott"}, {"postcode", "sw1y4jh"}}), "");
  EXPECT_EQ(said("customer", {{"family", "Ott"}, {"postcode", "20121"}, {"country", "Italy"}}), "");
}

TEST_F(FormTest, ATelephoneFieldIsJudgedAsATelephone) {
  Op op = create("manual_entry", {{"kind", "message"}, {"phone", "4917604069006"}});
  EXPECT_EQ(said(op), "") << "a German mobile, and no payment card";
  EXPECT_EQ(stored(op, "phone"), "+4917604069006");
  EXPECT_EQ(stored(op, "phone_as_typed"), "4917604069006");
  EXPECT_EQ(said("manual_entry", {{"kind", "message"}, {"phone", "4111 1111 1111 1111"}}), "phone:card-number");
  EXPECT_EQ(said("manual_entry", {{"kind", "message"}, {"note", "4917604069006"}}), "note:card-number");
  EXPECT_EQ(said("customer", {{"family", "Ott"}, {"ref", "4111111111111111"}}), "ref:card-number?");
}

// Somebody inside the house, or who withheld their number.
TEST_F(FormTest, APromiseWithoutANumberFromOutsideSaysHowElseToReachThem) {
  Op op = create("callback_request", {{"name", "Ada"}, {"reason", "bill"}, {"phone", "4021"}});
  EXPECT_EQ(said(op), "phone:inside-only! phone:nowhere-to-call");
  op = create("callback_request",
              {{"name", "Ada"}, {"reason", "bill"}, {"phone", "4021"}, {"reach", " by the porter "}});
  EXPECT_EQ(said(op), "phone:inside-only!");
  EXPECT_EQ(stored(op, "phone"), "(none)");
  EXPECT_EQ(stored(op, "extension"), "4021");
  EXPECT_EQ(stored(op, "reach"), "by the porter");
  EXPECT_EQ(said("callback_request", {{"name", "Ada"}, {"reason", "bill"}}), "phone:nowhere-to-call");
  EXPECT_EQ(said("callback_request", {{"name", "Ada"}, {"reason", "bill"}, {"phone", "withheld"}}),
            "phone:not-a-phone");
}

TEST_F(FormTest, BlanksAreTrimmedAndWhatIsBlankIsNoValue) {
  Op op =
      create("customer", {{"family", " Trim\u200b "}, {"given", "  "}, {"city", "\u00a0Leeds "}, {"tier", " gold"}});
  EXPECT_EQ(said(op), "");
  EXPECT_EQ(stored(op, "family"), "Trim");
  EXPECT_EQ(stored(op, "given"), "(none)");
  EXPECT_EQ(stored(op, "city"), "Leeds");
  EXPECT_EQ(stored(op, "tier"), "gold");
  op = create("email", {{"customer", Id{{1}}}, {"addr", " SP@Example.COM "}});
  EXPECT_EQ(said(op), "");
  EXPECT_EQ(stored(op, "addr"), "SP@example.com");
}

TEST_F(FormTest, CountriesAndZonesAreThoseThereAre) {
  Op op = create("customer", {{"family", "Ott"}, {"country", "uk"}, {"tz", "europe/london"}});
  EXPECT_EQ(said(op), "");
  EXPECT_EQ(stored(op, "country"), "GB");
  EXPECT_EQ(stored(op, "tz"), "Europe/London");
  EXPECT_EQ(said("customer", {{"family", "Ott"}, {"country", "ZZ"}}), "country:no-such-country");
  EXPECT_EQ(said("customer", {{"family", "Ott"}, {"tz", "Mars/Base"}}), "tz:no-such-time-zone");
}

TEST_F(FormTest, SomebodyIsNamedByANameOrAnOrganisation) {
  EXPECT_EQ(said("customer", {{"city", "Leeds"}}), "given:nobody-named");
  EXPECT_EQ(said("customer", {{"city", "Leeds"}, {"org", "Ott Ltd"}}), "");
  EXPECT_EQ(said("customer", {{"family", "07700900123"}}), "family:looks-like-phone?");
  EXPECT_EQ(said("customer", {{"given", "a@b.example"}}), "given:looks-like-email?");
  EXPECT_EQ(said("customer", {{"org", "118 118"}}), "") << "too few digits for a number";
}

TEST_F(FormTest, APromiseEndsAfterItBeginsAndNotInThePast) {
  const auto promise = [&](std::int64_t start, std::int64_t end, std::int64_t event_ms = now_ms) {
    return said("callback_request",
                {{"name", "Ada"}, {"reason", "x"}, {"reach", "y"}, {"promise_start", start}, {"promise_end", end}},
                event_ms);
  };
  EXPECT_EQ(promise(now_ms + hour_ms, now_ms + 2 * hour_ms), "");
  EXPECT_EQ(promise(now_ms + 2 * hour_ms, now_ms + hour_ms), "promise_end:promise-ends-before-it-begins");
  EXPECT_EQ(promise(now_ms - 2 * hour_ms, now_ms - hour_ms), "promise_end:promise-in-the-past");
  // Written down on paper this morning, and late now.
  EXPECT_EQ(promise(now_ms - 2 * hour_ms, now_ms - hour_ms, now_ms - 3 * hour_ms), "promise_end:passed-already?");
  // A year mistyped; a week to reach somebody, and months.
  EXPECT_EQ(promise(now_ms + 100 * 8'766 * hour_ms, now_ms + 100 * 8'766 * hour_ms + hour_ms),
            "promise_end:far-ahead?");
  EXPECT_EQ(promise(now_ms + hour_ms, now_ms + 8 * 24 * hour_ms), "");
  EXPECT_EQ(promise(now_ms + hour_ms, now_ms + 150 * 24 * hour_ms), "promise_end:long-window?");
  const auto begins = [&](std::int64_t start, Value end = Null{}) {
    return said("callback_request",
                {{"name", "Ada"}, {"reason", "x"}, {"reach", "y"}, {"promise_start", start}, {"promise_end", end}});
  };
  EXPECT_EQ(begins(now_ms - hour_ms), "promise_start:promise-in-the-past");
  EXPECT_EQ(begins(now_ms + hour_ms), "");
  EXPECT_EQ(begins(now_ms - hour_ms, now_ms + hour_ms), "") << "between nine and eleven, said at ten";
}

TEST_F(FormTest, LengthsAreThoseThatPeopleCount) {
  std::string name;
  for (int i = 0; i < 80; ++i) name += "மி";  // one letter, two code points, six bytes
  EXPECT_EQ(said("customer", {{"family", name}}), "");
  EXPECT_EQ(said("customer", {{"family", name + "a"}}), "family:too-long");
  EXPECT_EQ(said("customer", {{"family", std::string(81, 'x')}}), "family:too-long");
  std::string heap = "a";
  for (int i = 0; i < 600; ++i) heap += "\u0301";  // one letter as well, and more than can be kept
  EXPECT_EQ(said("customer", {{"family", heap}}), "family:too-long");
}

class EditTest : public FormTest {
 protected:
  Record customer(const Values& values) {
    Record record;
    record.fields.resize(of("customer").fields.size());
    for (const auto& [name, value] : values) record.fields[*of("customer").field(name)] = value;
    return record;
  }
  std::string edited(const Record& record, const Values& values) {
    std::vector<FieldChange> changes;
    for (const auto& [name, value] : values) {
      const auto field = *of("customer").field(name);
      changes.push_back({field, make_base(record.fields[field]), value, {}, {}});
    }
    std::ranges::sort(changes, {}, &FieldChange::field);
    auto findings = put_right(of("customer"), site, &record, changes);
    std::ranges::move(look_over(of("customer"), changes, &record, now_ms, now_ms), std::back_inserter(findings));
    return told(findings);
  }
};

TEST_F(EditTest, TheRecordAsItWillBeKeepsItsRules) {
  const Record named = customer({{"family", std::string("Ott")}, {"city", std::string("Leeds")}});
  EXPECT_EQ(edited(named, {{"family", Null{}}}), "given:nobody-named");
  EXPECT_EQ(edited(named, {{"family", std::string(" ")}}), "given:nobody-named");
  EXPECT_EQ(edited(named, {{"family", Null{}}, {"org", std::string("Ott Ltd")}}), "");
}

// What was stored before there was such a rule stays, and keeps nobody from changing something else.
TEST_F(EditTest, WhatStandsMayStand) {
  const Record old = customer({{"city", std::string("Leeds")}, {"country", std::string("UK")}});
  EXPECT_EQ(edited(old, {{"city", std::string("York")}}), "");
  EXPECT_EQ(edited(old, {{"country", std::string("UK")}}), "");
  EXPECT_EQ(edited(old, {{"country", std::string("QQ")}}), "country:no-such-country");
}

TEST_F(EditTest, APromiseIsNotMovedIntoThePast) {
  const Collection& callback = of("callback_request");
  Record record;
  record.fields.resize(callback.fields.size());
  const auto end = *callback.field("promise_end");
  record.fields[end] = now_ms - 2 * hour_ms;
  const auto moved_to = [&](std::int64_t to) {
    const std::vector<FieldChange> changes{{end, make_base(record.fields[end]), to, {}, {}}};
    return told(look_over(callback, changes, &record, now_ms, now_ms));
  };
  EXPECT_EQ(moved_to(now_ms - hour_ms), "promise_end:promise-in-the-past");
  EXPECT_EQ(moved_to(now_ms - 2 * hour_ms), "") << "it was not touched";
  EXPECT_EQ(moved_to(now_ms + hour_ms), "");
}

TEST_F(EditTest, ANewNumberTakesItsSpellingAlong) {
  const Collection& entry = of("manual_entry");
  Record record;
  record.fields.resize(entry.fields.size());
  record.fields[*entry.field("phone")] = std::string("+442079460018");
  record.fields[*entry.field("phone_as_typed")] = std::string("020 7946 0018 ext. 5");
  record.fields[*entry.field("extension")] = std::string("5");
  std::vector<FieldChange> changes{
      {*entry.field("phone"), make_base(std::string("+442079460018")), std::string("+442079460019"), {}, {}}};
  EXPECT_EQ(told(put_right(entry, site, &record, changes)), "");
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[1].base, make_base(std::string("020 7946 0018 ext. 5")));
  EXPECT_TRUE(is_null(changes[1].value) && is_null(changes[2].value));
}

TEST(AnswerTest, KeepsWhatWasAskedAndAccepted) {
  const std::vector<Finding> findings{{"family", "looks-like-phone", "", Weight::asked},
                                      {"phone", "number-not-in-use", "", Weight::told}};
  EXPECT_EQ(unanswered(findings, std::nullopt).size(), 1u);
  const Acceptance accepted{{"same-customer", "looks-like-phone"}, "it is her name"};
  EXPECT_TRUE(unanswered(findings, accepted).empty());
  EXPECT_EQ(answered(findings, accepted), (Acceptance{{"looks-like-phone"}, "it is her name"}));
  EXPECT_EQ(answered(std::vector<Finding>{}, accepted), std::nullopt);
  EXPECT_EQ(unanswered({{"family", "looks-like-phone", "", Weight::refused}}, accepted).size(), 1u);
}

}  // namespace
}  // namespace holdline::sync
