// From requests to cases (docs/callbacks.md has the rules in words). Requests are connected by keys that do not depend
// on the order in which they came: the customer, the number within one client, what a decision names. What is connected
// is then divided into cases by a function of all that is in it, so that the cases are the same for every order, and
// one request more costs only what is connected with it. Pure. Not thread-safe; the owner steps it.
#pragma once

#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "contingency/callbacks/case.hpp"
#include "sync/text/name.hpp"

namespace holdline::contingency {

struct CaseOptions {
  // What one agent can do at once, each a set of skills. A matter that none of them covers is several linked cases.
  // Empty: nobody told, and one case it is.
  std::vector<std::vector<std::string>> skills = {};
  std::size_t hints = 5;  // of one case
};

class Cases {
 public:
  explicit Cases(CaseOptions options = {}) : options_(std::move(options)) {}

  // Each may come at any time, in any order, and again; the latest copy of one id (customer, number) counts. A decision
  // about two clients' requests connects nothing.
  void take(CallbackRequest request);
  void take(CaseDecision decision);
  void take(CallAttempt attempt);
  void take(CustomerFacts facts);
  void take(const NumberRefusal& refusal);
  // Divides what changed anew. Answers the cases that are new or may be different; to be called before reading.
  std::vector<sync::Id> settle();

  // The case a request is in; null: no such request is known.
  const CallbackCase* find(const sync::Id& request) const;
  const CallbackRequest* request(const sync::Id& id) const;
  const std::unordered_map<sync::Id, CallbackCase>& all() const { return cases_; }
  std::size_t requests() const { return known_; }
  // With those of the same name at another number.
  std::vector<CaseHint> hints(const CallbackCase& of) const;

 private:
  // A request, or a key that connects requests. `next` makes a ring of all that are connected.
  struct Node {
    std::uint32_t parent = 0, next = 0, size = 1, held = 0;
  };
  struct Held {
    CallbackRequest request;
    std::string folded;
    std::vector<std::string> words;
    std::vector<std::uint32_t> decisions, attempts;  // that name it
    sync::Id in = {};                                // its case
    bool known = false;                              // false: only a decision or a call named it so far
  };
  friend class CaseDivision;

  std::uint32_t add_node(std::uint32_t held);
  std::uint32_t key_node(std::string key);
  std::uint32_t request_node(const sync::Id& id);
  std::uint32_t root_of(std::uint32_t node);
  void connect(std::uint32_t a, std::uint32_t b);
  void connect_named(const CaseDecision& decision);
  bool told_apart(const Held& a, const Held& b) const;
  void touch(std::uint32_t node) { dirty_.push_back(node); }
  const CustomerFacts* facts_of(const sync::Id& customer) const;
  sync::Id known_as(sync::Id customer) const;
  void divide(std::uint32_t root, std::vector<sync::Id>& changed);

  CaseOptions options_;
  sync::NameNormalizer normalizer_;
  std::vector<Node> nodes_;
  std::vector<Held> held_;
  std::vector<CaseDecision> decisions_;
  std::vector<CallAttempt> attempts_;
  std::unordered_map<sync::Id, std::uint32_t> of_decision_, of_attempt_, of_request_;
  std::unordered_map<std::string, std::uint32_t> keys_;
  std::unordered_map<sync::Id, CustomerFacts> facts_;
  std::unordered_map<std::string, PurposeSet> refused_;                  // by key
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_name_;  // client and folded name: held
  std::unordered_map<sync::Id, CallbackCase> cases_;
  std::unordered_map<std::uint32_t, std::vector<sync::Id>> divided_;  // by root
  std::vector<std::uint32_t> dirty_;
  std::size_t known_ = 0;
};

}  // namespace holdline::contingency
