// A promise to call somebody back as it was taken at a desk, and what is known about who is called. Values: the
// promise is never changed here, and what the ledger's records say is turned into these by the adapter at the hub.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/base/id.hpp"

namespace holdline::contingency {

// What a call is for decides which refusals and consents count (service: the customer asked for it).
enum class Purpose : std::uint8_t { service, complaint, courtesy, survey, marketing };
inline constexpr std::array<std::string_view, 5> purpose_names{"service", "complaint", "courtesy", "survey",
                                                               "marketing"};
inline std::string_view name_of(Purpose purpose) { return purpose_names[static_cast<std::size_t>(purpose)]; }

// Bit of a purpose, in sets of refused or consented ones.
using PurposeSet = std::uint8_t;
constexpr PurposeSet bit_of(Purpose purpose) { return static_cast<PurposeSet>(1U << static_cast<unsigned>(purpose)); }
inline constexpr PurposeSet every_purpose = 0x1f;
// What the customer did not ask for: registers of people who want no advertising refuse these.
inline constexpr PurposeSet unasked_purposes =
    bit_of(Purpose::courtesy) | bit_of(Purpose::survey) | bit_of(Purpose::marketing);

// One promise. Times are Unix milliseconds, 0: not told.
struct CallbackRequest {
  sync::Id id;
  std::string scope;       // the part before the first slash is the client: never one case across two
  sync::Id customer = {};  // nil: nobody knew who it was
  std::string name;        // as typed
  std::string number;      // E.164; empty: see `reach`
  std::string reach = {};  // another way to reach them
  std::string reason;
  std::string context = {};
  std::string language = {};  // empty: any
  std::string skill = {};     // empty: anybody can
  Purpose purpose = Purpose::service;
  std::int64_t promise_start_ms = 0, promise_end_ms = 0;
  std::string promise_zone = {};
  std::int64_t contact_ms = 0;  // when the customer spoke with us: the clock of every promise starts here
  std::string taken_by = {};
  bool cancelled = false;  // the customer, or whoever took it, has called it off
};

inline std::string_view client_of(const CallbackRequest& request) {
  return std::string_view(request.scope).substr(0, request.scope.find('/'));
}

// What is known about a customer. What is missing is not known.
struct CustomerFacts {
  sync::Id customer = {};
  sync::Id merged_into = {};  // the customer is the same as this one
  std::string client = {};
  std::string name = {};
  std::vector<std::string> numbers = {};     // E.164
  std::vector<std::string> not_to_use = {};  // of these: the customer asked for another one
  std::string zone = {}, country = {}, tier = {};
  bool vulnerable = false;
  bool restricted = false;  // data may be stored only
  bool deceased = false;
  std::uint8_t severity = 0;      // of their worst open complaint: 0 none, 4 critical
  std::int64_t legal_due_ms = 0;  // by when the law wants an answer to it; 0: it does not
  PurposeSet consented = 0;       // purposes to which they agreed, by telephone
  PurposeSet refused = 0;         // or refused, or withdrew
};

// A number on the do-not-call list. Of two that differ both hold: refusals add up.
struct NumberRefusal {
  std::string client, number;
  PurposeSet purposes = every_purpose;
};

}  // namespace holdline::contingency
