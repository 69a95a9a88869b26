#include "contingency/forms/pads.hpp"

#include "contingency/forms/page.hpp"
#include "sync/reference/reference.hpp"

namespace holdline::contingency {
namespace {

std::string number(std::uint64_t n) { return sync::reference_text(1'000 + n); }

Pad pad(std::uint8_t id, std::size_t sheets, std::string incident = {}) {
  Pad made;
  made.id.bytes[0] = id;
  made.scope = "acme/london";
  made.form = "manual_entry";
  made.incident = std::move(incident);
  made.at_ms = id;
  for (std::size_t i = 0; i < sheets; ++i) made.numbers.push_back(number(id * 200 + i));
  return made;
}

SheetUse use(std::string of, SheetUse::Kind kind, std::string incident = {}) {
  SheetUse said;
  said.number = std::move(of);
  said.kind = kind;
  said.person = "ada";
  said.station = "desk 7";
  said.incident = std::move(incident);
  return said;
}

TEST(Pads, EverySheetIsAccountedForOrOutstanding) {
  Pads pads;
  pads.take(pad(1, 5));
  pads.take(pad(1, 5));  // told again
  pads.take(use(number(200), SheetUse::Kind::entered));
  pads.take(use(number(202), SheetUse::Kind::voided));
  pads.take(use(number(204), SheetUse::Kind::missing));
  const auto all = pads.balance();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].entered + all[0].voided + all[0].missing, 3u);
  EXPECT_EQ(sheet_ranges(all[0].outstanding), "2, 4");
  EXPECT_EQ(sheet_ranges({1, 2, 3, 7, 9, 10}), "1-3, 7, 9-10");
  EXPECT_EQ(pads.pad_of(number(203)).second, 4u);
}

TEST(Pads, OneNumberIsEnteredOnceAndWhatIsMissingMayTurnUp) {
  Pads pads;
  pads.take(pad(1, 3));
  pads.take(use(number(200), SheetUse::Kind::entered));
  pads.take(use(number(201), SheetUse::Kind::missing));
  const auto code = [&](std::uint64_t n, SheetUse::Kind kind, bool elsewhere = false) {
    const auto checked = pads.check(number(n), kind, elsewhere);
    return checked ? std::string() : checked.error().code;
  };
  for (const auto kind : {SheetUse::Kind::entered, SheetUse::Kind::voided, SheetUse::Kind::missing})
    EXPECT_EQ(code(200, kind, true), "form-number-taken");
  EXPECT_EQ(code(201, SheetUse::Kind::entered), "");
  EXPECT_EQ(code(201, SheetUse::Kind::missing), "form-number-taken");
  EXPECT_EQ(code(202, SheetUse::Kind::voided), "");
  EXPECT_EQ(code(900, SheetUse::Kind::entered), "form-number-unknown");
  EXPECT_EQ(code(900, SheetUse::Kind::entered, true), "");
}

// What hangs in the cupboard unopened keeps nothing from being closed.
TEST(Pads, AnIncidentCountsItsOwnPadsAndThoseOpenedInIt) {
  Pads pads;
  pads.take(pad(1, 10, "one"));
  pads.take(pad(2, 10));
  pads.take(pad(3, 10));
  pads.take(pad(4, 10, "other"));
  EXPECT_EQ(pads.outstanding("one"), 10u);
  pads.take(use(number(400), SheetUse::Kind::entered, "one"));
  EXPECT_EQ(pads.outstanding("one"), 19u);
  EXPECT_EQ(pads.outstanding("other"), 10u);
  EXPECT_EQ(pads.outstanding(""), 39u);
}

TEST(Pads, ANumberIsReadAsTypedAsPrintedAndAsScanned) {
  const std::string printed = number(1);
  std::string typed = printed;
  std::erase(typed, '-');
  for (char& c : typed) c = static_cast<char>(std::tolower(c));
  for (const std::string& text : {printed, typed, form_code(printed, "manual_entry", 3)})
    EXPECT_EQ(read_form_number(text).value_or("none"), printed) << text;
  std::string mistyped = printed;
  mistyped[0] = mistyped[0] == 'K' ? 'M' : 'K';
  EXPECT_EQ(read_form_number(mistyped).error().code, "form-number-mistyped");
  for (const char* text : {"", "42", "HOLDLINE-FORM ", "Ada Lovelace"})
    EXPECT_EQ(read_form_number(text).error().code, "form-number-malformed") << text;
}

constexpr const char* gas = R"(
[form.gas]
label = "Smell of gas"
collection = "manual_entry"
version = 3
approved_by = "the network's engineer"
fields = ["phone", "name", "note"]
required = ["phone"]
[form.gas.stop.out]
text = "Say: leave the house."
call = "112"
)";

TEST(FormPages, SayWhatTheTemplateSays) {
  const auto schema = sync::Schema::parse(std::string(sync::default_schema_text()) + gas);
  ASSERT_TRUE(schema) << schema.error().message;
  const auto form = paper_form(*schema, "gas");
  ASSERT_TRUE(form);
  Pad made = pad(1, 2, "kdpaem");
  made.form = "gas";
  made.version = 3;
  const FormPage page = form_page(*schema, *form, made, 2, {"today", "KDPAEM", "noon", {{"name", "Ada"}}});
  EXPECT_EQ(page.number, number(201));
  EXPECT_EQ(page.code, "HOLDLINE-FORM " + number(201) + " gas 3");
  EXPECT_NE(page.subtitle.find("version 3, approved by the network's engineer"), std::string::npos);
  EXPECT_EQ(page.first.front(), "Say: leave the house. Call: 112");
  ASSERT_EQ(page.fields.size(), 5u) << "when, by whom, and its own three";
  EXPECT_TRUE(page.fields[2].required);
  EXPECT_EQ(page.fields[3].filled, "Ada");
  EXPECT_EQ(page.fields[4].rows, 8u);
  EXPECT_EQ(page.foot, "Sheet 2 of 2");
}

TEST(FormPages, AreOfWhatBearsAReferenceAndOfNothingElse) {
  const auto schema = sync::Schema::parse(sync::default_schema_text());
  ASSERT_TRUE(schema);
  EXPECT_EQ(paper_forms(*schema),
            (std::vector<std::string>{"manual_entry", "callback_request", "complaint", "rights_request"}));
  EXPECT_FALSE(paper_form(*schema, "customer"));
  const auto entry = paper_form(*schema, "manual_entry");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->collection->fields[entry->fields.front()].name, "kind") << "in the order of the form";
}

}  // namespace
}  // namespace holdline::contingency
