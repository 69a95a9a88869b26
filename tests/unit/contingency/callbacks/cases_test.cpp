// Five desks promise one customer a call: it is one case, whatever order their promises arrive in.
#include "contingency/callbacks/cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "contingency/callbacks/order.hpp"
#include "tests/unit/contingency/callbacks/support.hpp"

namespace holdline::contingency {
namespace {

// What a person sees of all cases, in one text, to be compared.
std::string seen(const Cases& cases) {
  std::vector<std::string> all;
  for (const auto& [id, one] : cases.all()) {
    std::string text = std::to_string(one.id.bytes[15]) + ":";
    for (const sync::Id& request : one.requests) text += " " + std::to_string(request.bytes[15]);
    for (const CaseNumber& number : one.numbers)
      text += " " + number.number + "/" + std::to_string(number.refused) + std::to_string(number.given);
    for (const std::string& reason : one.reasons) text += " " + reason;
    for (const CaseHint& hint : cases.hints(one))
      text += " " + std::string(name_of(hint.why)) + std::to_string(hint.other.bytes[15]);
    text += " " + std::string(name_of(one.need)) + " " + std::to_string(one.promise_end_ms) + " " +
            std::to_string(one.contact_ms) + " after " + std::to_string(one.after.bytes[15]);
    all.push_back(std::move(text));
  }
  std::ranges::sort(all);
  std::string text;
  for (const std::string& one : all) text += one + "\n";
  return text;
}

// Everything is told in every order; what comes of it must not depend on it. Answers it.
std::string in_every_order(const std::vector<std::function<void(Cases&)>>& told, CaseOptions options = {}) {
  std::vector<std::size_t> order(told.size());
  std::iota(order.begin(), order.end(), 0);
  std::string first;
  std::size_t orders = 0;
  do {
    Cases cases(options);
    for (const std::size_t at : order) {
      told[at](cases);
      if (orders % 3 != 0) cases.settle();
    }
    cases.settle();
    if (orders++ == 0) first = seen(cases);
    EXPECT_EQ(seen(cases), first);
  } while (!testing::Test::HasFailure() && std::ranges::next_permutation(order).found);
  std::printf("%zu orders, one outcome\n", orders);
  return first;
}

auto tells(CallbackRequest request) {
  return [request](Cases& cases) { cases.take(request); };
}

const std::string home = "+442079460018", mobile = "+447700900123";

TEST(CasesTest, FiveRequestsOfOneCustomerAreOneCaseInEachOfTheirOrders) {
  auto one = asked(1, "Ada Lovelace", home, "delivery", 1'000);
  auto two = asked(2, "Ada Lovelace", mobile, "delivery", 2'000);
  auto three = asked(3, "A Lovelace", home, "invoice", 3'000);
  auto four = asked(4, "Lovelace", home, "delivery", 500);
  auto five = asked(5, "Mrs Ada Lovelace", mobile, "invoice", 4'000);
  one.customer = two.customer = sync_id(100);
  one.promise_end_ms = 90'000;
  two.promise_end_ms = 70'000;
  const NumberRefusal refusal{"acme", mobile};
  const auto text = in_every_order({tells(one), tells(two), tells(three), tells(four), tells(five)});
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
  Cases cases;
  for (const auto& request : {five, four, three, two, one}) cases.take(request);
  cases.take(refusal);
  cases.settle();
  const CallbackCase& whole = *cases.find(five.id);
  EXPECT_EQ(whole.id, four.id) << "the earliest contact leads: the clock runs from there";
  EXPECT_EQ(whole.contact_ms, 500);
  EXPECT_EQ(whole.promise_end_ms, 70'000) << "the earliest promise";
  EXPECT_EQ(whole.numbers.front().number, home);
  EXPECT_EQ(whole.numbers.back().refused, every_purpose) << "do not call my mobile";
  EXPECT_EQ(whole.reasons, (std::vector<std::string>{"delivery", "invoice"}));
}

TEST(CasesTest, OneNumberIsNotOneCustomerWhenAnythingSpeaksAgainstIt) {
  auto anna = asked(1, "Anna Smith", home, "x", 1), adam = asked(2, "Adam Smith", home, "x", 2);
  auto smith = asked(3, "Smith", home, "x", 3), other_client = asked(4, "Anna Smith", home, "x", 4);
  other_client.scope = "globex/leeds";
  auto text = in_every_order({tells(anna), tells(adam), tells(smith), tells(other_client)});
  EXPECT_EQ(std::ranges::count(text, '\n'), 4) << text;
  EXPECT_NE(text.find("unclear-name1"), std::string::npos) << "a person says which Smith it was: " << text;

  anna.customer = sync_id(100);
  adam.customer = sync_id(101);
  text = in_every_order({tells(anna), tells(adam)});
  EXPECT_NE(text.find("two-customers"), std::string::npos) << text;

  CustomerFacts facts{.customer = anna.customer, .client = "acme", .vulnerable = true};
  text = in_every_order({tells(anna), tells(smith), [&](Cases& cases) { cases.take(facts); }});
  EXPECT_NE(text.find("guarded"), std::string::npos) << text;
  facts.vulnerable = false;
  text = in_every_order({tells(anna), tells(smith), [&](Cases& cases) { cases.take(facts); }});
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
}

TEST(CasesTest, ACustomersOtherNumberAndWhoTheyWereMergedIntoLeadToTheSameCase) {
  auto known = asked(1, "Ada Lovelace", home, "x", 1), alias = asked(2, "Ada King", home, "y", 2);
  auto loose = asked(3, "Ada Lovelace", mobile, "z", 3);
  known.customer = sync_id(100);
  alias.customer = sync_id(101);
  const CustomerFacts facts{.customer = sync_id(100), .client = "acme", .numbers = {mobile}};
  const CustomerFacts merged{.customer = sync_id(101), .merged_into = sync_id(100), .client = "acme"};
  const auto text = in_every_order(
      {tells(known), tells(alias), tells(loose), [&](Cases& c) { c.take(facts); }, [&](Cases& c) { c.take(merged); }});
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
}

TEST(CasesTest, PeopleMergeAndUnmergeAndTheLatestWordHolds) {
  const auto anna = asked(1, "Anna Smith", home, "x", 1), nan = asked(2, "Nan Smith", home, "x", 2);
  const auto more = asked(3, "Anna Smith", home, "y", 3);
  const auto together = decided(50, CaseDecision::Kind::together, {1}, {2}, 10);
  const auto apart = decided(51, CaseDecision::Kind::apart, {2}, {1, 3}, 20);
  const auto tell = [](CaseDecision decision) { return [decision](Cases& cases) { cases.take(decision); }; };
  auto text = in_every_order({tells(anna), tells(nan), tells(more), tell(together)});
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
  text = in_every_order({tells(anna), tells(nan), tells(more), tell(together), tell(apart)});
  EXPECT_EQ(std::ranges::count(text, '\n'), 2) << text;
  EXPECT_EQ(text.find("same-number"), std::string::npos) << "it was decided: nobody is asked again";
  text = in_every_order({tells(anna), tells(nan), tell(together), tell(apart),
                         tell(decided(52, CaseDecision::Kind::together, {2}, {1}, 30))});
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
}

TEST(CasesTest, WhatOneAgentCannotDoAtOnceIsTwoCasesOneAfterTheOther) {
  auto billing = asked(1, "Ada", home, "invoice", 1), technical = asked(2, "Ada", home, "fault", 2),
       both = asked(3, "Ada", home, "other", 3);
  billing.skill = "billing";
  technical.skill = "technical";
  const auto text =
      in_every_order({tells(billing), tells(technical), tells(both)}, {.skills = {{"billing"}, {"technical"}}});
  EXPECT_EQ(std::ranges::count(text, '\n'), 2) << text;
  EXPECT_NE(text.find("after 1"), std::string::npos) << text;
}

TEST(CasesTest, ARequestThatComesInAfterTheCallIsAskedAboutOrOpensTheCaseAgain) {
  const auto first = asked(1, "Ada", home, "delivery", 1'000);
  const auto late_same = asked(2, "Ada", home, "delivery", 2'000), late_other = asked(3, "Ada", home, "invoice", 2'000);
  const CallAttempt call{.id = sync_id(60), .requests = {first.id}, .started_ms = 5'000, .outcome = "resolved"};
  Cases cases;
  cases.take(first);
  cases.take(call);
  cases.settle();
  EXPECT_EQ(cases.find(first.id)->need, CaseNeed::done);
  cases.take(late_same);
  cases.settle();
  EXPECT_EQ(cases.find(first.id)->asked, std::vector{late_same.id});
  cases.take(decided(50, CaseDecision::Kind::covered, {2}, {}, 6'000));
  cases.settle();
  EXPECT_EQ(cases.find(first.id)->need, CaseNeed::done);
  cases.take(late_other);
  cases.settle();
  EXPECT_EQ(cases.find(first.id)->need, CaseNeed::call);
  EXPECT_EQ(cases.find(first.id)->open, std::vector{late_other.id});
  cases.take(decided(51, CaseDecision::Kind::settled, {1}, {}, 7'000));
  cases.settle();
  EXPECT_TRUE(cases.find(first.id)->open.empty()) << "they rang in themselves";
  cases.take(asked(4, "Ada", home, "delivery", 8'000));
  cases.settle();
  EXPECT_EQ(cases.find(first.id)->need, CaseNeed::call) << "a new promise is a new need";
}

TEST(OrderTest, UrgentFirstThenMissedThenNearThenTheRestAndEachSaysWhy) {
  constexpr std::int64_t hour = 3'600'000, now = 1'000 * hour;
  Cases cases;
  auto add = [&](std::uint8_t number, std::int64_t promise_end, CustomerFacts facts = {}) {
    auto request =
        asked(number, "N" + std::to_string(number), "+4420794600" + std::to_string(10 + number), "x", now - number);
    request.promise_end_ms = promise_end;
    request.customer = facts.customer = sync_id(static_cast<std::uint8_t>(100 + number));
    facts.client = "acme";
    cases.take(request);
    cases.take(facts);
  };
  add(1, now + 5 * hour);
  add(2, now + 5 * hour, {.tier = "vip"});
  add(3, now + 5 * hour, {.severity = 3});
  add(4, now + hour);
  add(5, now - hour);
  add(6, 0, {.vulnerable = true});
  cases.settle();
  std::string order;
  for (const CallbackCase* one : in_order(cases, now)) order += std::to_string(one->id.bytes[15]);
  EXPECT_EQ(order, "654321");
  EXPECT_EQ(why_here(*cases.find(sync_id(5)), now).front(), (WhyHere{WhyHere::Why::promise_missed, now - hour}));
  EXPECT_EQ(why_here(*cases.find(sync_id(1)), now).front().why, WhyHere::Why::first_come);
}

// A vulnerable customer every hour, one call an hour: the one nobody hurries for is called all the same.
TEST(OrderTest, NobodyStarves) {
  constexpr std::int64_t hour = 3'600'000;
  Cases cases;
  cases.take(asked(1, "Patient", "+442079460001", "x", 1));
  std::int64_t called = 0;
  for (std::uint8_t number = 2; number < 200 && called == 0; ++number) {
    const std::int64_t now = number * hour;
    auto urgent = asked(number, "U", "", "x", now);
    urgent.customer = sync_id(number);
    cases.take(urgent);
    cases.take(CustomerFacts{.customer = urgent.customer, .client = "acme", .vulnerable = true});
    cases.settle();
    const sync::Id next = in_order(cases, now).front()->id;
    if (next == sync_id(1)) called = now;
    cases.take(CallAttempt{.id = sync_id(number), .requests = {next}, .started_ms = now, .outcome = "resolved"});
    cases.settle();
  }
  EXPECT_GT(called, 0);
  EXPECT_LE(called, 73 * hour);
}

}  // namespace
}  // namespace holdline::contingency
