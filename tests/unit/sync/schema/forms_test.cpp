// What stands in schema.toml beside fields: forms, conditions of rules, grounds of processing, hours for calling.
#include <gtest/gtest.h>

#include "sync/action/validate.hpp"
#include "sync/schema/describe.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {
namespace {

std::string with_packs() {
  std::string text(default_schema_text());
  for (const SchemaPack& pack : schema_packs()) text.append("\n").append(pack.text);
  return text;
}

class FormsTest : public testing::Test {
 protected:
  using Values = std::vector<std::pair<std::string_view, Value>>;

  // The first finding about a new record; empty when it can be saved.
  std::string refusal(std::string_view name, const Values& values) {
    const Collection& collection = *schema.collection(name);
    Op op{OpKind::create, {collection.no, {}}, "a/b", 0, {}, {}};
    for (const auto& [field, value] : values)
      op.changes.push_back({*collection.field(field), Value(Null{}), value, {}, {}});
    std::ranges::sort(op.changes, {}, &FieldChange::field);
    auto findings = validate_fields(schema, op);
    std::ranges::move(validate_rules(schema, op, 1'000), std::back_inserter(findings));
    return findings.empty() ? "" : findings.front().code;
  }
  static Value text(std::string_view value) { return std::string(value); }

  const Schema schema = Schema::parse(with_packs()).value();
};

TEST_F(FormsTest, APackAddsItsFormsToTheCollection) {
  ASSERT_EQ(schema.forms().size(), 7u);
  const FormTemplate& fault = *schema.form("fault");
  const Collection& entries = *schema.collection(fault.collection);
  EXPECT_EQ(entries.name, "manual_entry");
  EXPECT_EQ(entries.fields[fault.fields.front()].name, "danger_now");  // asked first
  EXPECT_EQ(entries.fields[fault.sets.front().first].name, "kind");
  EXPECT_EQ(fault.stops.size(), 4u);
  const Field& form = entries.fields[*entries.form];
  EXPECT_NE(std::ranges::find(form.options, "fault"), form.options.end());
}

TEST_F(FormsTest, WhatAFormNeedsIsAskedOnThatFormOnly) {
  const Values reading{{"kind", text("reading")}, {"form", text("reading")}, {"meter_number", text("M 4")}};
  EXPECT_EQ(refusal("manual_entry", reading), "reading-needs-meter-reading");
  Values whole = reading;
  whole.emplace_back("meter_reading", std::int64_t{12});
  EXPECT_EQ(refusal("manual_entry", whole), "");
  EXPECT_EQ(refusal("manual_entry", {{"kind", text("reading")}}), "");
  EXPECT_EQ(refusal("manual_entry", {{"kind", text("reading")}, {"form", text("of another trade")}}), "unknown-option");
}

TEST_F(FormsTest, DangerIsNoCallback) {
  const Values call{{"name", text("Ada")}, {"phone", text("+442079460018")}, {"reason", text("bill")}};
  EXPECT_EQ(refusal("callback_request", call), "");
  Values danger = call;
  danger.emplace_back("danger_now", text("gas_smell"));
  EXPECT_EQ(refusal("callback_request", danger), "danger-is-no-callback");
}

TEST_F(FormsTest, RulesOfTheWholeSchemaHold) {
  EXPECT_EQ(refusal("complaint", {{"name", text("Ada")}, {"what_happened", text("rude")}}), "");
  EXPECT_EQ(refusal("complaint", {{"what_happened", text("rude")}}), "nobody-named");
  EXPECT_EQ(
      refusal("complaint", {{"name", text("Ada")}, {"what_happened", text("rude")}, {"escalation", text("manager")}}),
      "escalated-without-reason");
  EXPECT_EQ(refusal("complaint", {{"name", text("Ada")},
                                  {"what_happened", text("rude")},
                                  {"received_at", std::int64_t{9}},
                                  {"acknowledge_by", std::int64_t{8}}}),
            "acknowledged-too-early");
  const Values complaint{{"name", text("Ada")}, {"what_happened", text("rude")}};
  Values right = complaint, misheard = complaint;
  right.emplace_back("reference", text("K7M-4XR-R2M"));
  misheard.emplace_back("reference", text("K7M-4XR-R26"));
  EXPECT_EQ(refusal("complaint", right), "");
  EXPECT_EQ(refusal("complaint", misheard), "not-a-reference");
}

TEST_F(FormsTest, WhatStaysAsItWasTakenDownIsNotChanged) {
  const Collection& notes = *schema.collection("note");
  Op op{OpKind::edit, {notes.no, Id::from("aaaaaaaaaaaaaaaa")}, "a/b", 0, {}, {}};
  op.changes.push_back({*notes.field("text"), text("old"), text("new"), {}, {}});
  ASSERT_FALSE(validate_fields(schema, op).empty());
  EXPECT_EQ(validate_fields(schema, op).front().code, "append-only");
}

TEST_F(FormsTest, EveryCollectionOfPeopleSaysWhyAndHowLong) {
  for (const Collection& collection : schema.collections()) {
    if (collection.built_in) continue;
    EXPECT_FALSE(collection.purpose.empty()) << collection.name;
    EXPECT_FALSE(collection.basis.empty()) << collection.name;
    // The do-not-call list outlives everything, so that nobody is called again.
    EXPECT_EQ(collection.retention.days == 0, collection.name == "suppression") << collection.name;
  }
  const std::string page = described(schema);
  EXPECT_NE(
      page.find("For keeping the promise to call back. Lawful basis: contract. Kept 1 year after it was closed, then "
                "deleted."),
      std::string::npos);
  EXPECT_NE(page.find("**First, when Danger now is gas_smell:** Say: do not switch"), std::string::npos);
  EXPECT_NE(page.find("- GB (`united_kingdom`, from 2017-03-01): Mon 08:00–21:00"), std::string::npos);
}

TEST_F(FormsTest, CallingHoursAreThoseOfTheCountryAndTheDay) {
  EXPECT_EQ(schema.calling_hours("GB", 20'000)->name, "united_kingdom");
  EXPECT_EQ(schema.calling_hours("FR", 20'000)->name, "everywhere");
  EXPECT_EQ(schema.calling_hours("GB", 10'000), nullptr);
}

TEST(FormsText, WhatIsWrongWithAFormIsSaid) {
  const auto error = [](const std::string& more) {
    const auto schema = Schema::parse(std::string(default_schema_text()) + more);
    return schema ? std::string() : schema.error().message;
  };
  const std::string form = "\n[form.x]\nlabel = \"X\"\ncollection = \"manual_entry\"\nversion = 1\n";
  EXPECT_EQ(error(form + "fields = [\"note\"]\n"), "");
  EXPECT_NE(error(form + "fields = [\"nothing\"]\n").find("form.x.fields: there is no field 'nothing'"),
            std::string::npos);
  EXPECT_NE(error(form + "fields = [\"note\"]\nrequired = [\"name\"]\n").find("'name' is not on the form"),
            std::string::npos);
  EXPECT_NE(error(form + "fields = [\"note\"]\nsets = { kind = \"x\" }\n").find("'x' is no option of kind"),
            std::string::npos);
  EXPECT_NE(error(form + "fields = [\"note\"]\n[form.x.stop.s]\nwhen = { note = [\"x\"] }\ntext = \"t\"\n")
                .find("cannot depend on 'note'"),
            std::string::npos);
  EXPECT_NE(error("\n[form.y]\nlabel = \"Y\"\ncollection = \"customer\"\nversion = 1\nfields = [\"notes\"]\n")
                .find("'customer' has no forms"),
            std::string::npos);
  EXPECT_NE(error("\n[calling_hours.z]\nfrom = \"2026-01-01\"\nsource = \"s\"\nsunday = [\"9\", \"10:00\"]\n")
                .find("must be two times"),
            std::string::npos);
}

}  // namespace
}  // namespace holdline::sync
