// Who asks the hub something from a workstation, by the signature of their sign-in.
#pragma once

#include <string>
#include <vector>

#include "hub/ledger/ledger.hpp"
#include "sync/session/person_question.hpp"

namespace holdline::hub {

// The person, when they may work; `sign_in_ms`: how old a sign-in may be, 0 any. Their role is for the caller to judge.
// ask_person "unknown-person", "bad-sign-in", "person-disabled", "sign-in-too-old". On the ledger's thread.
Result<Person> asking_person(Ledger& ledger, const Device& device, const sync::PersonQuestion& question,
                             std::int64_t sign_in_ms, std::int64_t now_ms);

// What both the person and the workstation have.
std::vector<std::string> common_scopes(const Person& person, const Device& device);

}  // namespace holdline::hub
