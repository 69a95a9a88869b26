#include "agent/outbox/action_draft.hpp"

#include <gtest/gtest.h>

#include "sync/action/translate.hpp"
#include "tests/unit/agent/view/overlay_fixture.hpp"

namespace holdline::agent {
namespace {

sync::FieldChange set(std::string_view collection, std::string_view field, sync::Value value) {
  return {collection_of(collection).field(field).value(), sync::Value(sync::Null{}), std::move(value), {}, {}};
}
sync::Op create(std::string_view collection, std::vector<sync::FieldChange> changes) {
  sync::Op op{sync::OpKind::create, {collection_of(collection).no, {}}, test_scope, 0, std::move(changes), {}};
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return op;
}
sync::Action action_of(std::uint64_t number, std::vector<sync::Op> ops) {
  sync::Action action;
  action.header.lane = 3;
  action.header.number = number;
  action.header.made.wall_ms = 1'763'700'000'000;
  action.ops = std::move(ops);
  return action;
}
// A customer with a phone, whose id follows from the customer's, and an entry that refers to the customer.
sync::Action family_of_records(std::uint64_t number) {
  return action_of(
      number,
      {create("customer", {set("customer", "given", text("Ada"))}),
       create("phone", {set("phone", "customer", created_here(0)), set("phone", "e164", text("+442075518700"))}),
       create("manual_entry",
              {set("manual_entry", "customer", created_here(0)), set("manual_entry", "kind", text("message"))})});
}
sync::Value value_in(const sync::Op& op, std::string_view collection, std::string_view field) {
  const auto index = collection_of(collection).field(field).value();
  return std::ranges::find(op.changes, index, &sync::FieldChange::field)->value;
}

TEST(ActionDraft, TheMostUrgentCollectionGivesTheLane) {
  const auto lane = [](std::vector<sync::Op> ops) { return lane_of_ops(test_schema(), ops); };
  const auto customer = create("customer", {}), entry = create("manual_entry", {});
  EXPECT_EQ(must(lane({customer})), collection_of("customer").lane);
  EXPECT_EQ(must(lane({customer, entry})),
            std::min(collection_of("customer").lane, collection_of("manual_entry").lane));
  EXPECT_EQ(must(lane({})), 3);
  sync::Op unknown;
  unknown.record.collection = 999;
  EXPECT_EQ(code_of(lane({unknown})), "invalid");
}

TEST(ActionDraft, CreatesGetTheirIdsAndReferencesFollow) {
  auto action = family_of_records(1);
  must(fill_created(test_schema(), test_maker, action));
  const sync::Id customer = action.ops[0].record.id;
  EXPECT_EQ(customer, sync::created_id(sync::origin_of(test_maker, action), 0));
  EXPECT_EQ(value_in(action.ops[1], "phone", "customer"), sync::Value(customer));
  EXPECT_EQ(action.ops[1].record.id, sync::natural_id(collection_of("phone").no, customer, "+442075518700"));
  EXPECT_EQ(value_in(action.ops[2], "manual_entry", "customer"), sync::Value(customer));
  EXPECT_EQ(created_ids(action),
            (std::vector{customer, action.ops[1].record.id, sync::created_id(sync::origin_of(test_maker, action), 2)}));
}

TEST(ActionDraft, AnEditMayNameWhatTheSameActionCreates) {
  auto action = action_of(1, {create("customer", {}), edit_of("customer", 1, {{"given", text("Ada")}})});
  action.ops[1].record.id = created_here(0);
  must(fill_created(test_schema(), test_maker, action));
  EXPECT_EQ(action.ops[1].record.id, action.ops[0].record.id);
}

TEST(ActionDraft, AReferenceToWhatIsNotCreatedIsRefused) {
  for (const std::uint32_t index : {1u, 7u}) {
    auto action = action_of(1, {create("manual_entry", {set("manual_entry", "customer", created_here(index))}),
                                edit_of("customer", 1, {{"given", text("Ada")}})});
    EXPECT_EQ(code_of(fill_created(test_schema(), test_maker, action)), "invalid") << index;
  }
}

TEST(ActionDraft, CreatedIdsSurviveTheirShortForm) {
  auto action = family_of_records(1);
  must(fill_created(test_schema(), test_maker, action));
  const auto bytes = encode_created(test_maker, action);
  EXPECT_EQ(decode_created(sync::origin_of(test_maker, action), bytes), created_ids(action));
  EXPECT_LT(bytes.size(), 3 * sizeof(sync::Id));
}

// The schema of the next version has one more field in front.
TEST(ActionDraft, AnOlderActionIsReadWithTheFieldsOfTheNewSchema) {
  std::string text_of_next(sync::default_schema_text());
  const std::string header = "[collection.customer.field]\n";
  const auto at = text_of_next.find(header);
  ASSERT_NE(at, std::string::npos);
  text_of_next.insert(at + header.size(), "nickname = { no = 60, type = \"text\", max_length = 40 }\n");
  const auto next = must(sync::Schema::parse(text_of_next));
  const auto action =
      must(translate(test_schema(), next, action_of(1, {edit_of("customer", 1, {{"given", text("Ada")}})})));
  EXPECT_EQ(action.ops[0].changes[0].field, next.collection("customer")->field("given").value());
  const auto back = translate(next, test_schema(), action);
  EXPECT_EQ(must(back).ops[0].changes[0].field, collection_of("customer").field("given").value());
}

TEST(ActionDraft, AFieldThatIsGoneIsAnErrorAndNotLost) {
  std::string text_of_next(sync::default_schema_text());
  const std::string header = "[collection.customer.field]\n";
  text_of_next.insert(text_of_next.find(header) + header.size(),
                      "nickname = { no = 60, type = \"text\", max_length = 40 }\n");
  const auto next = must(sync::Schema::parse(text_of_next));
  auto action = action_of(1, {edit_of("customer", 1, {})});
  action.ops[0].changes.push_back({next.collection("customer")->field("nickname").value(), {}, text("Addie"), {}, {}});
  EXPECT_EQ(code_of(translate(next, test_schema(), action)), "unknown-field");
}

}  // namespace
}  // namespace holdline::agent
