// Whether an incident that came as declared by a short code was: the code has to be one of this site and of that
// incident. An agent declares by nothing else, and a modified workstation could say that somebody typed one. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "sync/action/rights.hpp"

namespace holdline::hub {

// Of the ops of one action. `site_key`: of the codes; `made_ms`: when it was made, by the hub's clock. "code-refused"
// where one of them says that it is by a code, and is not. A code that was old when it was typed is no matter: clocks
// of desks may have been off, and the desk has judged that.
std::optional<sync::Refusal> refuse_typed_codes(const sync::Schema& schema, const std::string& site_key,
                                                std::span<const sync::Op> ops, std::int64_t made_ms);

}  // namespace holdline::hub
