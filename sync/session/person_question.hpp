// What a workstation asks the hub in the name of the person who is signed in at it: beside the feed, answered at once.
// The sign-in goes along, so that the hub knows whose question it is from the person's own signature.
#pragma once

#include <string>
#include <string_view>

#include "sync/wire/message.hpp"

namespace holdline::sync {

struct PersonQuestion {
  Assertion sign_in;
  std::string what;  // the request's name: "next"
  std::string body;  // a JSON object in the words of who answers it
  bool operator==(const PersonQuestion&) const = default;
};

std::string encode_json(const PersonQuestion&);
// ask_person "malformed-message".
Result<PersonQuestion> decode_person_question(std::string_view);

}  // namespace holdline::sync
