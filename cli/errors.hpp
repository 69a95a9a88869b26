// What a person reads when something went wrong: what happened — what to do.
#pragma once

#include <ostream>
#include <string>

#include "platform/http/client.hpp"
#include "sync/base/result.hpp"

namespace holdline::cli {

bool is_success(const platform::HttpClientResponse& answer);

// The error of an answer that is no success: what the agent says about it, its code, and the fields it names, one a
// line. Codes are those of exit_code.hpp.
Error error_of(const platform::HttpClientResponse& answer);

// The error of a request that got no answer.
Error without_answer(const Error& error, const std::string& socket);
// The same for something that may have been saved all the same.
Error unknown_outcome(const std::string& idempotency_key);
// The same, when the agent answers again and asks for something else first.
Error unknown_outcome(const std::string& idempotency_key, const Error& first);

inline auto usage(std::string message) { return fail(ErrorKind::ask_person, "usage", std::move(message)); }
inline auto not_understood() {
  return fail(
      ErrorKind::ask_person, "not-understood",
      "The agent's answer is not understood — is holdline as new as holdlined? Compare: holdline version, status");
}

// `holdline: …` and the further lines indented, everything from outside escaped.
void complain(std::ostream& err, const Error& error);

}  // namespace holdline::cli
