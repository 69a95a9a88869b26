// Who is called first, and why. Bands by urgency, within them by the earliest deadline; whoever waits climbs a band a
// day, and in the uppermost the earliest deadline wins, so nobody waits for ever behind those who came later. Pure;
// times are Unix milliseconds.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "contingency/callbacks/cases.hpp"

namespace holdline::contingency {

struct OrderOptions {
  std::int64_t near_ms = 2 * 3'600'000;         // a promise that ends within this goes before those that do not
  std::int64_t legal_near_ms = 48 * 3'600'000;  // the same, of what the law wants answered
  std::int64_t unpromised_ms = 24 * 3'600'000;  // who was promised no time is to be called within this
  std::int64_t climb_ms = 24 * 3'600'000;       // waiting this long is worth a band
  std::vector<std::string> tiers{"vip", "gold", "silver", "standard"};
};

enum class Band : std::uint8_t { by_hand, urgent, missed, near, others };

struct Place {
  Band band = Band::others;
  std::int64_t due_ms = 0;              // 0 in the last band, where other things decide
  std::int32_t severity = 0, tier = 0;  // the less the sooner
  std::int64_t contact_ms = 0;
  sync::Id id;
  auto operator<=>(const Place&) const = default;
};
Place place_of(const CallbackCase& of, std::int64_t now_ms, const OrderOptions& options = {});

struct WhyHere {
  enum class Why : std::uint8_t {
    by_hand,
    vulnerable,
    legal_deadline,
    promise_missed,
    promise_near,
    waited,  // climbed a band, or was promised no time and waits longer than anybody should
    complaint,
    tier,
    first_come,
  };
  Why why = Why::first_come;
  std::int64_t at_ms = 0;  // the deadline, the contact, or when it was put first
  std::string text = {};   // by_hand: the reason; complaint: how grave; tier: which
  bool operator==(const WhyHere&) const = default;
};
std::string_view name_of(WhyHere::Why why);
// What put it where it is, what decides most first; at least one.
std::vector<WhyHere> why_here(const CallbackCase& of, std::int64_t now_ms, const OrderOptions& options = {});

// Those that need a call, the first to be called first.
std::vector<const CallbackCase*> in_order(const Cases& cases, std::int64_t now_ms, const OrderOptions& options = {});

}  // namespace holdline::contingency
