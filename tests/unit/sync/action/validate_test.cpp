#include "sync/action/validate.hpp"

#include "sync/action/groups.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "sync/base/limits.hpp"

namespace holdline::sync {
namespace {

class ValidateTest : public testing::Test {
 protected:
  Schema schema = *Schema::parse(default_schema_text());
  const Id id = *Id::parse("0190c0de-7abc-7def-8123-456789abcdef");

  // An op of a collection; changes are put into the order of the schema.
  Op op(std::string_view collection, OpKind kind, std::vector<std::pair<std::string_view, Value>> values) const {
    const Collection& c = *schema.collection(collection);
    Op made;
    made.kind = kind;
    made.record = {c.no, id};
    made.scope = "acme/berlin";
    for (auto& [name, value] : values) made.changes.push_back({*c.field(name), {}, std::move(value), {}, {}});
    std::ranges::sort(made.changes, {}, &FieldChange::field);
    return made;
  }
  Op entry() const {
    return op("manual_entry", OpKind::create,
              {{"kind", std::string("call")}, {"note", std::string("Called about it.")}});
  }
  Op phone(const std::string& number) const {
    Op made = op("phone", OpKind::create, {{"customer", id}, {"e164", number}});
    made.record.id = natural_id(made.record.collection, id, number);
    return made;
  }
  Op elements(std::string_view collection, std::string_view field, std::vector<std::string> adds,
              std::vector<Id> removes = {}) const {
    Op made = op(collection, OpKind::edit, {{field, Null{}}});
    made.changes[0].adds = std::move(adds);
    made.changes[0].removes = std::move(removes);
    return made;
  }
  Action action(std::vector<Op> ops) const {
    Action made;
    made.header.lane = 2;
    made.header.number = 5;
    made.header.schema = schema.version();
    made.ops = std::move(ops);
    return made;
  }

  template <class Checked>
  std::string codes(const Checked& checked) const {
    std::string all;
    for (const Finding& f : validate(schema, checked))
      all += (all.empty() ? "" : " ") + (f.field.empty() ? "" : f.field + ":") + f.code;
    return all;
  }
};

TEST_F(ValidateTest, AcceptsWhatPeopleTypeEveryDay) {
  EXPECT_EQ(codes(entry()), "");
  EXPECT_EQ(codes(phone("+442075518700")), "");
  EXPECT_EQ(codes(phone("+412345678901234")), "");
  EXPECT_EQ(codes(op("customer", OpKind::edit, {{"family", Null{}}})), "");
  EXPECT_EQ(codes(elements("customer", "tags", {"wants letters"}, {id})), "");
  for (const char* name : {"O'Brien", "García", "王", "Müller-Lüdenscheidt", "Þóra Jónsdóttir", "d’Artagnan"})
    EXPECT_EQ(codes(op("customer", OpKind::create, {{"family", std::string(name)}})), "") << name;
}

TEST_F(ValidateTest, FindsWhatIsWrongWithOneValue) {
  struct Case {
    const char* collection;
    const char* field;
    Value value;
    const char* findings;
  };
  const Case cases[] = {
      {"customer", "family", std::string(80, 'x'), ""},
      {"customer", "family", std::string(81, 'x'), "family:too-long"},
      {"customer", "family", std::string("\xff"), "family:not-text"},
      {"customer", "family", std::string("a\rb"), "family:control-character"},
      {"customer", "family", std::string("4111 1111 1111 1111"), "family:card-number"},
      {"customer", "notes", std::string("two\nlines\tare fine"), ""},
      {"customer", "notes", std::string("IBAN DE89 3704 0044 0532 0130 00"), ""},
      {"customer", "family", std::int64_t{1}, "family:wrong-type"},
      {"customer", "vulnerable", std::string("yes"), "vulnerable:wrong-type"},
      {"customer", "tier", std::string("gold"), ""},
      {"customer", "tier", std::string("platinum"), "tier:unknown-option"},
      {"customer", "source_version", std::int64_t{-1}, "source_version:out-of-range"},
      {"customer", "created_at", std::int64_t{1'763'700'000'000}, ""},
      {"customer", "created_at", std::numeric_limits<std::int64_t>::max(), "created_at:out-of-range"},
      {"customer", "primary_phone", Id{}, "primary_phone:no-id"},
      {"customer", "primary_phone", std::string("+491512345678"), "primary_phone:wrong-type"},
      {"customer", "tags", Elements{}, "tags:wrong-type tags:no-changes"},
      {"phone", "preference", std::int64_t{9}, ""},
      {"phone", "preference", std::int64_t{10}, "preference:out-of-range"},
      {"address", "kind", std::string("nest"), "kind:unknown-option"},
      {"callback_request", "name", Null{}, "name:required"},
      {"callback_request", "name", std::string(" "), "name:required"},
      {"suppression", "value_hash", std::string("4111111111111111") + std::string(48, 'a'), ""},
      {"suppression", "value_hash", std::string("4111111111111111") + std::string(40, 'a'), "value_hash:card-number"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(codes(op(c.collection, OpKind::edit, {{c.field, c.value}})), c.findings)
        << c.field << " " << to_hex(encode_value(c.value));
}

TEST_F(ValidateTest, ReportsEveryFindingAndNeverTheValue) {
  const Op bad =
      op("customer", OpKind::edit,
         {{"family", std::string(90, 'q')}, {"tier", std::string("qqqq")}, {"lang", std::string("\xffqqqq")}});
  EXPECT_EQ(codes(bad), "family:too-long tier:unknown-option lang:not-text");
  for (const Finding& f : validate(schema, bad)) EXPECT_EQ(f.message.find("qqqq"), std::string::npos);
}

TEST_F(ValidateTest, ANumberIsStoredInOneFormOnly) {
  for (const char* number : {"030 1234567", "0301234567", "+0301234567", "+49 30 1234567", "+49", "49301234567"})
    EXPECT_EQ(codes(phone(number)), "e164:not-a-phone") << number;
}

TEST_F(ValidateTest, TheSpellingOfANumberMayLookLikeACard) {
  Op entry = op("manual_entry", OpKind::create,
                {{"kind", std::string("call")},
                 {"phone", std::string("+4917604069006")},
                 {"phone_as_typed", std::string("4917604069006")}});
  EXPECT_EQ(codes(entry), "");
  entry.changes[1].value = std::string("+442075518700");
  EXPECT_EQ(codes(entry), "phone_as_typed:card-number") << "of another number";
}

TEST_F(ValidateTest, ACustomersOwnNumberMayLookLikeACardWhenAPersonSaysSo) {
  Action made = action({op("customer", OpKind::edit, {{"ref", std::string("4111111111111111")}})});
  made.header.lane = 3;
  EXPECT_EQ(codes(made), "ref:card-number");
  made.header.acceptance = Acceptance{{"card-number"}, "the number of her loyalty card"};
  EXPECT_EQ(codes(made), "");
  made.ops[0] = op("customer", OpKind::edit, {{"notes", std::string("4111111111111111")}});
  EXPECT_EQ(codes(made), "notes:card-number") << "never in free text";
}

TEST_F(ValidateTest, AnAcceptanceNamesHintsAndSaysWhy) {
  const auto accepted = [&](Acceptance acceptance) {
    Action made = action({entry()});
    made.header.acceptance = std::move(acceptance);
    return codes(made);
  };
  EXPECT_EQ(accepted({{"looks-like-phone"}, "it is meant so"}), "");
  EXPECT_EQ(accepted({{}, "it is meant so"}), "wrong-hints");
  EXPECT_EQ(accepted({{"Looks"}, "it is meant so"}), "wrong-hints");
  EXPECT_EQ(accepted({{"looks-like-phone"}, " "}), "reason:required");
  EXPECT_EQ(accepted({{"looks-like-phone"}, "card 4111 1111 1111 1111"}), "reason:card-number");
}

// One rule of each kind; they hold for creates as a whole, and for what an edit says of its fields.
TEST_F(ValidateTest, RulesBetweenFieldsHoldOnBothSides) {
  const auto customer = [&](std::vector<std::pair<std::string_view, Value>> values) {
    Action made = action({op("customer", OpKind::create, std::move(values))});
    made.header.lane = 3;
    return codes(made);
  };
  EXPECT_EQ(customer({{"city", std::string("Leeds")}}), "given:nobody-named");
  EXPECT_EQ(customer({{"org", std::string("Ott")}}), "");
  const auto promise = [&](OpKind kind, std::int64_t start, std::int64_t end, std::int64_t event) {
    Op made = op("callback_request", kind, {{"promise_start", start}, {"promise_end", end}, {"promise_zone", Null{}}});
    if (kind == OpKind::create)
      made = op("callback_request", kind,
                {{"name", std::string("Ada")},
                 {"reason", std::string("x")},
                 {"reach", std::string("y")},
                 {"promise_start", start},
                 {"promise_end", end}});
    Action all = action({made});
    all.header.lane = 1;
    all.header.event_ms = event;
    return codes(all);
  };
  for (const OpKind kind : {OpKind::create, OpKind::edit}) {
    EXPECT_EQ(promise(kind, 2000, 3000, 1000), "");
    EXPECT_EQ(promise(kind, 3000, 2000, 1000), "promise_end:promise-ends-before-it-begins");
  }
  EXPECT_EQ(promise(OpKind::create, 1000, 2000, 2000), "promise_end:promise-in-the-past");
  EXPECT_EQ(promise(OpKind::edit, 1000, 2000, 2000), "") << "as when a conflict about it is resolved";
}

TEST_F(ValidateTest, EmailIsCheckedAndCannotHideACard) {
  const auto email = [&](const std::string& addr) {
    Op made = op("email", OpKind::create, {{"customer", id}, {"addr", addr}});
    made.record.id = natural_id(made.record.collection, id, addr);
    return codes(made);
  };
  EXPECT_EQ(email("o'brien@example.ie"), "");
  EXPECT_EQ(email("nobody"), "addr:not-an-email");
  EXPECT_EQ(email("4111111111111111@example.com"), "addr:card-number");
}

TEST_F(ValidateTest, CreateNeedsItsRequiredFields) {
  EXPECT_EQ(codes(op("callback_request", OpKind::create, {})), "name:required reason:required");
  EXPECT_EQ(codes(op("address", OpKind::create, {{"city", std::string("Graz")}})), "customer:required");
  EXPECT_EQ(codes(op("customer", OpKind::create, {})), "");
}

// Found when one desk's street and another's city became one address, without a conflict.
TEST_F(ValidateTest, WhoeverChangesAMergeGroupSaysAllOfIt) {
  const Collection& customer = *schema.collection("customer");
  Op moved = op("customer", OpKind::edit, {{"street", std::string("Ring 1")}});
  EXPECT_EQ(codes(moved), "postcode:partial-group");
  Record shown;
  shown.fields.resize(customer.fields.size());
  shown.fields[*customer.field("city")] = std::string("4111 1111 1111 1111");
  complete_groups(customer, shown, moved.changes);
  EXPECT_EQ(codes(moved), "") << "what stands may stay, whatever it is";
  EXPECT_EQ(moved.changes.size(), 4u);
  const FieldChange& city = moved.changes[2];
  EXPECT_EQ(city.value, shown.fields[city.field]);
  EXPECT_TRUE(base_matches(city.base, city.value));
  EXPECT_EQ(codes(op("phone", OpKind::edit, {{"as_typed", std::string("020")}})), "") << "the key itself is fixed";
}

TEST_F(ValidateTest, ADecisionNamesEarlierActionsAndSaysWhy) {
  Action discard = action({});
  EXPECT_EQ(codes(discard), "no-ops");
  discard.header.lane = 3;
  discard.header.decision = Decision{Decision::Kind::discard, {{3, 4}}, "typed by mistake"};
  EXPECT_EQ(codes(discard), "");
  discard.header.decision->on = {{3, 5}};
  EXPECT_EQ(codes(discard), "wrong-decision");
  discard.header.decision = Decision{Decision::Kind::discard, {{2, 9}}, " "};
  EXPECT_EQ(codes(discard), "reason:required");
}

TEST_F(ValidateTest, NaturalKeyChildHasTheIdThatFollowsFromItsKey) {
  Op made = phone("+442075518700");
  made.record.id = id;
  EXPECT_EQ(codes(made), "wrong-id");
}

TEST_F(ValidateTest, ParentAndNaturalKeyCannotBeEdited) {
  EXPECT_EQ(codes(op("phone", OpKind::edit, {{"customer", id}, {"e164", std::string("+442075518700")}})),
            "customer:fixed e164:fixed");
}

TEST_F(ValidateTest, OnlyTheHubMakesConflictsAndFillsThem) {
  EXPECT_EQ(codes(op("conflict", OpKind::create, {})), "built-in");
  EXPECT_EQ(codes(op("conflict", OpKind::erase_row, {})), "built-in");
  EXPECT_EQ(codes(op("conflict", OpKind::edit, {{"unit", std::string("x")}})), "unit:read-only");
  EXPECT_EQ(codes(op("conflict", OpKind::edit,
                     {{"state", std::string("resolved")}, {"resolution", std::string("She moved.")}})),
            "");
}

TEST_F(ValidateTest, StateTakesOnlyStepsFromWhatWasDisplayed) {
  const auto step = [&](Base from, Value to) {
    Op made = op("conflict", OpKind::edit, {{"state", std::move(to)}});
    made.changes[0].base = std::move(from);
    return codes(made);
  };
  EXPECT_EQ(step(Value(std::string("open")), std::string("resolved")), "");
  EXPECT_EQ(step(Value(std::string("resolved")), std::string("open")), "state:not-a-step");
  EXPECT_EQ(step(Value(std::string("open")), Null{}), "state:not-a-step");
  EXPECT_EQ(step(Value(std::string("open")), std::string("open")), "");
  EXPECT_EQ(step(Value(), std::string("open")), "");
  EXPECT_EQ(step(BaseUnknown{}, std::string("open")), "");
}

TEST_F(ValidateTest, BaseHasTheTypeOfItsFieldAndIsShort) {
  const auto from = [&](Base base) {
    Op made = op("customer", OpKind::edit, {{"notes", std::string("new")}});
    made.changes[0].base = std::move(base);
    return codes(made);
  };
  EXPECT_EQ(from(Value(std::string(62, 'x'))), "");
  EXPECT_EQ(from(Value(std::string(63, 'x'))), "notes:base-too-long");
  EXPECT_EQ(from(Value(true)), "notes:wrong-type");
  EXPECT_EQ(from(Value(std::string("\xff"))), "notes:not-text");
  EXPECT_EQ(from(Value(std::string("4111111111111111"))), "");  // taking it out must be possible
  EXPECT_EQ(from(Hash{}), "");
}

TEST_F(ValidateTest, SetsAndListsTakeAdditionsAndOnlySetsRemovals) {
  EXPECT_EQ(codes(elements("customer", "tags", {})), "tags:no-changes");
  EXPECT_EQ(codes(elements("customer", "tags", {" "})), "tags:empty-element");
  EXPECT_EQ(codes(elements("customer", "tags", {std::string(121, 'x'), "4111111111111111"})),
            "tags:too-long tags:card-number");
  EXPECT_EQ(codes(elements("customer", "tags", std::vector<std::string>(limits::elements_per_value + 1, "x"))),
            "tags:too-many-elements");
  EXPECT_EQ(codes(elements("manual_entry", "follow_ups", {"called again"})), "");
  EXPECT_EQ(codes(elements("manual_entry", "follow_ups", {}, {id})), "follow_ups:append-only");
  EXPECT_EQ(codes(elements("customer", "family", {"x"})), "family:unexpected-elements");
}

TEST_F(ValidateTest, RefusesOpsOutOfShape) {
  EXPECT_EQ(codes(op("customer", OpKind::edit, {})), "no-changes");
  EXPECT_EQ(codes(op("customer", OpKind::erase_row, {})), "");
  EXPECT_EQ(codes(op("customer", OpKind::erase_row, {{"family", Null{}}})), "unexpected-changes");
  Op made = entry();
  made.record.collection = 99;
  EXPECT_EQ(codes(made), "unknown-collection");
  made = entry();
  made.record.id = Id{};
  EXPECT_EQ(codes(made), "no-id");
  made = entry();
  made.scope = "acme//berlin";
  EXPECT_EQ(codes(made), "not-a-scope");
  made = entry();
  std::swap(made.changes[0], made.changes[1]);
  EXPECT_EQ(codes(made), "field-order");
  made = entry();
  made.changes.push_back(made.changes.back());
  EXPECT_EQ(codes(made), "field-order");
  made = entry();
  made.changes.push_back({64, {}, true, {}, {}});
  EXPECT_EQ(codes(made), "unknown-field");
}

TEST_F(ValidateTest, ActionTravelsInTheMostUrgentLaneOfItsRecords) {
  const Op edit = op("customer", OpKind::edit, {{"family", std::string("Ott")}});
  EXPECT_EQ(codes(action({entry(), edit})), "");
  EXPECT_EQ(codes(action({edit})), "wrong-lane");
  const Op suppression = op("suppression", OpKind::erase_row, {});
  EXPECT_EQ(codes(action({entry(), suppression})), "wrong-lane");
}

TEST_F(ValidateTest, ActionHasOneToTwoHundredOpsOfOneTenant) {
  EXPECT_EQ(codes(action({})), "no-ops");
  EXPECT_EQ(codes(action(std::vector<Op>(limits::ops_per_action, entry()))), "");
  EXPECT_EQ(codes(action(std::vector<Op>(limits::ops_per_action + 1, entry()))), "too-many-ops");
  Op other = entry();
  other.scope = "acme/hamburg";
  EXPECT_EQ(codes(action({entry(), other})), "");
  other.scope = "acme2/berlin";
  EXPECT_EQ(codes(action({entry(), other})), "two-tenants");
}

TEST_F(ValidateTest, ActionCannotTakeAnIdThatIsComputedFromAKey) {
  Op imported = op("customer", OpKind::create, {{"family", std::string("Ott")}});
  imported.record.id = natural_id(imported.record.collection, Id{}, "acme/north\nC1");
  EXPECT_EQ(codes(imported), "") << "as the hub imports it";
  Action made = action({imported});
  made.header.lane = 3;
  EXPECT_EQ(codes(made), "wrong-id");
  made.ops = {phone("+442075518700")};
  EXPECT_EQ(codes(made), "");
}

TEST_F(ValidateTest, ActionComesAfterEarlierOnesOnly) {
  const auto after = [&](std::vector<ActionRef> refs) {
    Action made = action({entry()});
    made.header.depends_on = std::move(refs);
    return codes(made);
  };
  EXPECT_EQ(after({{2, 4}, {3, 900}}), "");
  EXPECT_EQ(after({{2, 5}}), "wrong-dependencies");
  EXPECT_EQ(after({{2, 0}}), "wrong-dependencies");
  EXPECT_EQ(after({{4, 1}}), "wrong-dependencies");
  EXPECT_EQ(after({{2, 4}, {2, 4}}), "wrong-dependencies");
  EXPECT_EQ(after({{3, 1}, {2, 4}}), "wrong-dependencies");
  std::vector<ActionRef> many;
  for (std::uint64_t i = 1; i <= limits::dependencies_per_action + 1; ++i) many.push_back({3, i});
  EXPECT_EQ(after(many), "too-many-dependencies");
}

TEST_F(ValidateTest, ActionIsOfThisSchemaNumberedAndDated) {
  Action made = action({entry()});
  made.header.schema = schema.version() + 1;
  EXPECT_EQ(codes(made), "unknown-schema");
  made = action({entry()});
  made.header.number = 0;
  EXPECT_EQ(codes(made), "no-number");
  made = action({entry()});
  made.header.event_ms = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(codes(made), "out-of-range");
}

}  // namespace
}  // namespace holdline::sync
