#include "contingency/states/transitions.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "contingency/states/decide.hpp"
#include "contingency/states/mode.hpp"

namespace holdline::contingency {
namespace {

template <class State, class Trigger>
void expect_row_or_reason(int states, int triggers) {
  for (int from = 0; from < states; ++from)
    for (int trigger = 0; trigger < triggers; ++trigger) {
      const auto state = static_cast<State>(from);
      const auto pulled = static_cast<Trigger>(trigger);
      EXPECT_NE(find(state, pulled) != nullptr, !why_not(state, pulled).empty())
          << name_of(state) << " " << name_of(pulled);
    }
}

TEST(Transitions, EveryPairIsInTheTableOrRefusedWithAReason) {
  expect_row_or_reason<LinkState, LinkTrigger>(4, 7);
  expect_row_or_reason<ServiceState, ServiceTrigger>(4, 14);
}

TEST(Transitions, NoPairStandsTwice) {
  std::set<std::pair<int, int>> link, service;
  for (const auto& row : link_transitions())
    EXPECT_TRUE(link.emplace(static_cast<int>(row.from), static_cast<int>(row.trigger)).second) << name_of(row.trigger);
  for (const auto& row : service_transitions())
    EXPECT_TRUE(service.emplace(static_cast<int>(row.from), static_cast<int>(row.trigger)).second)
        << name_of(row.trigger);
}

TEST(Transitions, MachinesNeverTouchTelephonesByThemselves) {
  for (const auto& row : service_transitions())
    if (row.who == by_machine && row.effects & run_enter) {
      EXPECT_TRUE(row.effects & hold_telephony);
    }
}

TEST(Transitions, NothingGetsBetterWithoutAGuard) {
  for (const auto& row : service_transitions())
    if (row.to == ServiceState::normal || row.to == ServiceState::recovery) {
      EXPECT_TRUE(row.guard != Guard::none || row.to == row.from) << name_of(row.trigger);
    }
}

TEST(Transitions, ThePageShowsTheTableOfTheCode) {
  std::ifstream file(std::string(HOLDLINE_SOURCE_DIR) + "/docs/contingency.md");
  const std::string page((std::istreambuf_iterator<char>(file)), {});
  std::string row;
  for (const char c : transitions_as_text()) {
    if (c != '\n') {
      row += c;
      continue;
    }
    EXPECT_NE(page.find(row), page.npos) << row;
    row.clear();
  }
}

// Every trigger × role × fact that a guard looks at: the decision is the row's, or a refusal that names its code.
TEST(Decide, AnswersEveryCombinationAsTheTableSays) {
  const std::set<std::string> known{"not-now",         "role-refused",     "reason-missing",
                                    "type-to-confirm", "copies-not-fresh", "actions-not-undone",
                                    "gate-closed",     "checklist-open",   "other-incident-open"};
  std::set<std::string> seen;
  for (int state = 0; state < 4; ++state)
    for (int trigger = 0; trigger < 14; ++trigger)
      for (const Who role : {by_machine, by_supervisor, by_it, by_schedule, by_code})
        for (unsigned bits = 0; bits < 1024; ++bits) {
          const auto bit = [bits](int at) { return (bits >> at & 1) != 0; };
          const Ask ask{role, bit(0) ? "The CRM hangs." : " ", bit(1), bit(2), bit(3)};
          const Facts facts{bit(4), bit(5), bit(6), bit(7), bit(8), bit(9)};
          const auto from = static_cast<ServiceState>(state);
          const auto pulled = static_cast<ServiceTrigger>(trigger);
          const auto row = decide(from, pulled, ask, facts);
          if (row) {
            ASSERT_EQ(*row, find(from, pulled));
            ASSERT_TRUE((*row)->who & role);
            if ((*row)->guard == Guard::checklist_done) {
              ASSERT_FALSE(bit(7) || bit(8) || bit(9));
            }
            if ((*row)->guard == Guard::healthy_gate) {
              ASSERT_TRUE(bit(5) || (bit(2) && bit(0)));
            }
          } else {
            ASSERT_TRUE(known.contains(row.error().code)) << row.error().code;
            ASSERT_FALSE(row.error().message.empty());
            seen.insert(row.error().code);
          }
        }
  EXPECT_EQ(seen, known);
}

TEST(Decide, AReasonIsPlainTextOfASentenceOrTwo) {
  EXPECT_TRUE(check_reason("Überlastung der Datenbank"));
  EXPECT_EQ(check_reason("\t ").error().code, "reason-missing");
  EXPECT_EQ(check_reason(std::string(501, 'x')).error().code, "reason-malformed");
  EXPECT_EQ(check_reason("a\x1b[2J").error().code, "reason-malformed");
  EXPECT_EQ(check_reason("\xff").error().code, "reason-malformed");
}

TEST(Mode, IsTheWorseOfLinkAndService) {
  EXPECT_EQ(mode_of(LinkState::offline, ServiceState::normal), Mode::contingency) << "alone, without an incident";
  EXPECT_EQ(mode_of(LinkState::online, ServiceState::recovery), Mode::recovering);
  EXPECT_EQ(mode_of(LinkState::slow, ServiceState::recovery), Mode::recovering);
  EXPECT_EQ(mode_of(LinkState::locked_out, ServiceState::contingency), Mode::locked_out);
  EXPECT_EQ(mode_of(LinkState::online, ServiceState::normal), Mode::online);
}

}  // namespace
}  // namespace holdline::contingency
