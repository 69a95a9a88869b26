// Both machines driven at random through virtual time until every row of the table was taken; the table is printed with
// how often.
#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <random>

#include "contingency/link/link.hpp"
#include "contingency/service/service.hpp"
#include "tests/unit/contingency/support/probing.hpp"

namespace holdline::contingency {
namespace {

// For a while something fails, is slow, takes no writes, or all is well.
std::optional<std::int64_t> weather(unsigned kind, Target target) {
  if (kind == 1 && target != Target::network) return std::nullopt;
  if (kind == 2 && target == Target::hub_write) return std::nullopt;
  if (kind == 3 && target == Target::hub) return 3'000;
  if (kind == 4 && target == Target::crm) return std::nullopt;
  return 20;
}

struct Walk {
  Coverage coverage;
  std::mt19937_64 random{7};
  Link link{{}, {}, LinkState::online};
  Service service{{}, with_auto_declare()};
  LinkState link_state = LinkState::online;
  ServiceState service_state = ServiceState::normal;
  unsigned kind = 0;
  std::size_t refused = 0;

  static StateOptions with_auto_declare() {
    StateOptions with;
    with.auto_declare_after_ms = 15 * minute_ms;
    return with;
  }

  void took(const std::vector<LinkAction>& actions) {
    for (const LinkAction& a : actions) {
      if (const auto* changed = std::get_if<action::LinkChanged>(&a)) {
        EXPECT_EQ(changed->row->from, link_state);
        link_state = changed->row->to;
        ++coverage.link[changed->row];
      } else if (const auto* no = std::get_if<action::LinkRefused>(&a)) {
        EXPECT_FALSE(no->why.empty());
        ++refused;
      }
    }
  }
  void took(const std::vector<ServiceAction>& actions) {
    for (const ServiceAction& a : actions) {
      if (const auto* changed = std::get_if<action::ServiceChanged>(&a)) {
        EXPECT_EQ(changed->row->from, service_state);
        service_state = changed->row->to;
        ++coverage.service[changed->row];
      } else {
        EXPECT_FALSE(std::get<action::ServiceRefused>(a).error.message.empty());
        ++refused;
      }
    }
    EXPECT_EQ(service.standing().state, service_state);
  }
  void somebody_acts(std::int64_t now_ms) {
    const auto draw = random();
    if (draw % 7 == 0) took(link.step(draw & 8 ? LinkEvent(event::ShutOut{}) : LinkEvent(event::LetIn{}), now_ms));
    if (draw % 7 == 1) took(service.step(event::DesksCounted{draw / 7 % 3 == 0 ? 60u : 0u, 600}, now_ms));
    if (draw % 7 != 2) return;
    event::Asked asked;
    asked.trigger = static_cast<ServiceTrigger>(draw / 7 % 14);
    asked.ask = {std::array{by_supervisor, by_it, by_schedule, by_code}[draw / 98 % 4], "Because.", true, true, true};
    asked.facts.checklist_left = draw / 400 % 2;
    took(service.step(asked, now_ms));
  }
};

TEST(Coverage, ARandomWalkTakesEveryRowAndLeavesTheTableNowhere) {
  Walk walk;
  Probing probing({Target::network, Target::hub, Target::hub_write, Target::crm},
                  [&walk](Target target, std::int64_t at_ms) {
                    if (at_ms / (7 * minute_ms) % 2 == 0 || at_ms / (6 * hour_ms) % 2 == 0) return weather(0, target);
                    return weather(walk.kind, target);
                  });
  std::int64_t acted_ms = 0;
  probing.run(25 * 24 * hour_ms, [&](const Probe& probe, std::int64_t now_ms) {
    walk.took(walk.link.step(probe, now_ms));
    walk.took(walk.service.step(probe, now_ms));
    if (now_ms - acted_ms < minute_ms) return;
    acted_ms = now_ms;
    walk.kind = static_cast<unsigned>(walk.random() % 5);
    walk.somebody_acts(now_ms);
  });
  std::cout << transitions_as_text(&walk.coverage);
  for (const auto& row : link_transitions())
    EXPECT_GT(walk.coverage.link[&row], 0U) << name_of(row.from) << " " << name_of(row.trigger);
  for (const auto& row : service_transitions())
    EXPECT_GT(walk.coverage.service[&row], 0U) << name_of(row.from) << " " << name_of(row.trigger);
  EXPECT_GT(walk.refused, 0U);
}

}  // namespace
}  // namespace holdline::contingency
