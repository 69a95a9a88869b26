// Two customers who are one, while others go on working with both.
#include <gtest/gtest.h>

#include "tests/process/support/centre.hpp"

namespace holdline::process {
namespace {

// Whichever arrives first, the merge or what a colleague did to the merged one without knowing.
class Merging : public ::testing::TestWithParam<bool> {};

TEST_P(Merging, WhatAColleagueDidToTheOtherOneIsDoneToTheOneThatStays) {
  Centre centre;
  Desk &first = centre.add_desk("desk-1"), &second = centre.add_desk("desk-2");
  const auto add = [&](const std::string& given, const std::string& number) -> std::string {
    return first.ask({"customer", "add", "given=" + given, "family=Miller", "phone=" + number})["created"][0];
  };
  const std::string ann = add("Ann", "+442079460018"), other = add("Anne", "+442079460019");
  first.wait_for("drained");
  second.until("both", [&] { return second.run({"customer", "show", other}).status == 0; });

  centre.hub().daemon().suspend();
  first.ask({"customer", "merge", other, ann, "--reason", "the same person"});
  second.ask({"customer", "edit", other, "lang=fr"});
  second.ask({"entry", "add", "kind=note", "note=typed about Anne", "customer=" + other});
  Desk &early = GetParam() ? first : second, &late = GetParam() ? second : first;
  late.daemon().stop();
  centre.hub().daemon().resume();
  early.wait_for("drained");
  late.start();
  late.sign_in(centre.hub());
  late.wait_for("drained");

  for (const Desk* desk : {&first, &second}) {
    desk->wait_until_equal_to(centre.hub());
    const Json shown = desk->ask({"customer", "show", ann});
    EXPECT_EQ(shown["fields"]["lang"], "fr");
    EXPECT_EQ(shown["children"]["phone"].size(), 2U);
    EXPECT_EQ(desk->ask({"customer", "show", other})["merged_into"]["id"], ann);
    EXPECT_EQ(desk->ask({"customer", "search", "Anne"})["items"][0]["id"], ann);
    EXPECT_EQ(desk->ask({"conflicts", "list"})["items"].size(), 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Order, Merging, ::testing::Bool(),
                         [](const auto& order) { return order.param ? "TheMergeFirst" : "TheChangeFirst"; });

}  // namespace
}  // namespace holdline::process
