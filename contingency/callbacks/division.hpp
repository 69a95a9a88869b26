// What is connected, divided into cases: a function of the requests, facts, decisions and calls in it. Internal to
// contingency/callbacks.
#pragma once

#include <string>
#include <vector>

#include "contingency/callbacks/cases.hpp"

namespace holdline::contingency {

// Keys by which requests are connected.
std::string customer_key(std::string_view client, const sync::Id& customer);
std::string number_key(std::string_view client, std::string_view number);

class CaseDivision {
 public:
  // `members`: of everything that is connected, as they are held.
  CaseDivision(const Cases& of, std::vector<std::uint32_t> members);
  std::vector<CallbackCase> cases();

 private:
  // Who calls: a known customer, or a name at a number.
  struct Caller {
    sync::Id customer;
    bool guarded = false;
    std::vector<const std::vector<std::string>*> names;  // as words; those that differ, the first eight
    std::vector<std::size_t> requests;                   // of members_
  };
  struct Hint {
    std::size_t a = 0, b = 0;  // of members_: the first request of each caller
    CaseHint::Why why;
  };

  const CallbackRequest& request(std::size_t member) const { return of_.held_[members_[member]].request; }
  void find_callers();
  void join_at_numbers();
  void join_at(const std::vector<std::size_t>& callers);
  bool fit(const Caller& a, const Caller& b) const;
  void decide();
  std::vector<std::vector<std::size_t>> groups() const;
  std::vector<std::vector<std::size_t>> by_skill(const std::vector<std::size_t>& group) const;
  CallbackCase make(const std::vector<std::size_t>& group) const;
  void tell_facts(const std::vector<std::size_t>& group, CallbackCase& made) const;
  void tell_numbers(const std::vector<std::size_t>& group, CallbackCase& made) const;
  void tell_standing(const std::vector<std::size_t>& group, CallbackCase& made) const;
  void join(std::size_t a, std::size_t b);
  void hint(std::vector<CallbackCase>& made) const;

  const Cases& of_;
  std::vector<std::uint32_t> members_;  // ascending by contact, then id
  std::vector<std::size_t> label_;      // of each member: which group
  std::vector<Caller> callers_;
  std::vector<Hint> hints_;
  std::vector<const CaseDecision*> decisions_;  // in their order
};

}  // namespace holdline::contingency
