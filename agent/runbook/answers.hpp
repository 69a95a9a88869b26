// What systems answer to a runbook, as it is kept and understood. Pure. Internal to agent/runbook.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "contingency/plan/plan.hpp"

namespace holdline::agent {

inline constexpr std::size_t kept_output_bytes = 4'096;

// As much of it as is kept: valid UTF-8 without control characters but line ends, its digits blotted out where they
// look like a payment card's.
std::string kept_output(std::string_view answer);

// One call of JSON-RPC 2.0. A request without "jsonrpc" and a batch are answered by Kamailio as if they were done.
std::string rpc_body(const std::string& method, const std::vector<std::string>& params);

struct RpcAnswer {
  bool good = false;  // it has a result and no error
  std::string said;   // the error's text, or the answer as it came
};
RpcAnswer read_rpc(std::string_view body);

// Whether the answer to a check holds what it expects; a missing value is another one. Nothing: it says neither.
std::optional<bool> holds(const contingency::ReadBack& check, int status, std::string_view body);

// https, or http to this computer: what goes there may be somebody's words, and whoever sits between could change it.
bool is_protected(std::string_view url);

}  // namespace holdline::agent
