// What a script learns from the end of `holdline`. Codes may be added; an unknown one means failure.
#pragma once

#include "sync/base/result.hpp"

namespace holdline::cli {

enum class ExitCode : int {
  ok = 0,
  failed = 1,
  usage = 2,      // the command line is wrong; nothing was asked of the agent
  findings = 3,   // it ran to its end and found something: rejected rows, digests that differ
  degraded = 10,  // 10 to 12: `status --exit-code` only
  contingency = 11,
  unreachable = 12,
  unavailable = 69,  // nobody listens on the socket (EX_UNAVAILABLE of sysexits.h)
  temporary = 75,    // not now; the same command may succeed later (EX_TEMPFAIL)
  permission = 77,   // sign in, or ask somebody with the right (EX_NOPERM)
};

using Outcome = Result<ExitCode>;

// Error codes of this folder, whatever the agent calls the reason: "usage", "unreachable", "permission" (this login,
// or this person), "not-now" and "not-known" (whether it happened), "refused", "not-understood".
inline ExitCode exit_code_of(const Error& error) {
  if (error.code == "usage") return ExitCode::usage;
  if (error.code == "unreachable") return ExitCode::unavailable;
  if (error.code == "permission") return ExitCode::permission;
  return error.kind == ErrorKind::retry_later ? ExitCode::temporary : ExitCode::failed;
}

}  // namespace holdline::cli
