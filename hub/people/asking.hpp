// Who asks the hub something from a workstation, by the signature of their sign-in.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "hub/ledger/ledger.hpp"
#include "sync/session/person_question.hpp"

namespace holdline::hub {

// Sign-ins whose signature was found good, by everything that was checked: the same one stands under every question of
// a shift. The latest ones; one thread.
class GoodSignIns {
 public:
  static sync::Hash of(const Id& device, const Person& person, const sync::Assertion& sign_in);
  bool has(const sync::Hash& hash) const { return good_.contains(hash); }
  void keep(const sync::Hash& hash);

 private:
  static constexpr std::size_t most = 5'000;
  std::set<sync::Hash> good_;
};

// The person, when they may work; `sign_in_ms`: how old a sign-in may be, 0 any. Their role is for the caller to judge.
// ask_person "unknown-person", "bad-sign-in", "person-disabled", "sign-in-too-old". On the ledger's thread. `good` may
// be null.
Result<Person> asking_person(Ledger& ledger, const Device& device, const sync::PersonQuestion& question,
                             std::int64_t sign_in_ms, std::int64_t now_ms, GoodSignIns* good = nullptr);

// What both the person and the workstation have.
std::vector<std::string> common_scopes(const Person& person, const Device& device);

}  // namespace holdline::hub
