// What a request to the local API asks for, read from its query, path and body into plain values. Pure: knows neither
// sessions nor stores. Errors are ask_person "malformed" for a body of another form than docs/api.md says; findings are
// about single fields and leave nothing to be saved.
// Internal to agent/api.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http/http.hpp"
#include "sync/action/action.hpp"
#include "sync/action/validate.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// ?limit=N within 1 and `most`; `otherwise` when it is not given.
std::size_t limit_of(const platform::HttpFields& query, std::size_t otherwise, std::size_t most);
// ?before=ID, from where a list goes on; nil when it is not given, nothing when it is not an id.
std::optional<sync::Id> before_of(const platform::HttpFields& query);
// "LANE/NUMBER"; nothing for anything else.
std::optional<sync::ActionRef> action_ref_of(std::string_view text);

// A new record with the children told beside it: the ops of one action, ids still to be filled in.
struct Addition {
  std::vector<sync::Op> ops;
  std::int64_t event_ms = 0;  // 0: not told
  std::vector<sync::Finding> findings;
};
Result<Addition> addition_of(const sync::Schema& schema, const sync::Collection& collection,
                             const std::string& default_scope, std::string_view body);

struct Edit {
  std::vector<sync::FieldChange> changes;
  std::vector<sync::Finding> findings;
};
Result<Edit> edit_of(const sync::Collection& collection, std::string_view body);

// How a conflict is decided.
struct Resolution {
  bool take_other = false;
  std::string reason;
};
// Besides "malformed": "invalid" when the choice is neither or the reason is missing.
Result<Resolution> resolution_of(std::string_view body);

}  // namespace holdline::agent
