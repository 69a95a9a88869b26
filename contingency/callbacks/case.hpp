// What is called: the promises of one customer as one matter, with everything that was said to whom. It follows from
// requests, decisions, calls and facts; nothing in it is edited.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contingency/callbacks/decision.hpp"
#include "contingency/callbacks/request.hpp"

namespace holdline::contingency {

// Where a case stands by what is known of requests, decisions and calls; batches and claims come on top.
enum class CaseNeed : std::uint8_t {
  call,       // somebody is waiting for it
  ask,        // came in after the call: was it covered by it? Whoever called is asked
  review,     // a person decides first: we were told of a death, or they could not show who they are
  done,       // spoken with, and settled
  elsewhere,  // settled without a call
  refused,    // they want no call
  cancelled,  // called off
};
std::string_view name_of(CaseNeed need);

struct CaseNumber {
  std::string number;  // E.164
  PurposeSet refused = 0;
  bool off = false;           // not to be used: the customer asked for another, or a call showed that it is of no use
  std::uint32_t given = 0;    // in so many requests
  std::int64_t given_ms = 0;  // latest
};

// Two cases that may be one matter; a person confirms or refuses it.
struct CaseHint {
  enum class Why : std::uint8_t {
    same_number,   // and names that do not fit
    unclear_name,  // and a name that fits more than one of those who use it
    two_customers,
    guarded,    // and one of them is a customer who is vulnerable, or whose data may only be stored
    same_name,  // at another number
  };
  sync::Id other;  // a case
  Why why = Why::same_number;
  bool operator==(const CaseHint&) const = default;
};
std::string_view name_of(CaseHint::Why why);

struct CallbackCase {
  // The request with the earliest contact. Another one that comes in may be earlier still: keep the id of any request
  // instead, Cases::find takes them all.
  sync::Id id;
  std::vector<sync::Id> requests;               // by contact; at least one
  std::vector<sync::Id> open = {}, asked = {};  // of these: still to be called, and to be asked about
  std::string client, scope;                    // the scope of the first
  CustomerFacts facts;                          // facts.customer is nil when nobody knows who it is
  std::vector<std::string> names = {}, reasons = {}, languages = {}, skills = {};
  std::vector<CaseNumber> numbers = {};  // those that may be used first
  std::vector<std::string> reaches = {};
  PurposeSet purposes = 0;
  std::int64_t contact_ms = 0;  // the earliest that is still to be called
  // The earliest promise that is not kept yet; 0: no time was promised.
  std::int64_t promise_start_ms = 0, promise_end_ms = 0;
  std::string promise_zone = {};
  sync::Id after = {};                     // the same customer, other skills: not before this case had its first call
  std::vector<CallAttempt> attempts = {};  // by time
  std::optional<Signature> first = {};     // somebody put it before all others
  std::optional<Signature> settled = {};   // somebody said that it needs no call
  CaseNeed need = CaseNeed::call;
  std::vector<CaseHint> hints = {};

  // What the call is for: the strictest of what is open decides.
  Purpose purpose() const;
};

}  // namespace holdline::contingency
