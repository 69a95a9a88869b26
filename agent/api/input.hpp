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

#include "agent/view/view.hpp"
#include "platform/http/http.hpp"
#include "platform/text/json_object.hpp"
#include "sync/action/action.hpp"
#include "sync/action/validate.hpp"
#include "sync/form/form.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// ?limit=N within 1 and `most`; `otherwise` when it is not given.
std::size_t limit_of(const platform::HttpFields& query, std::size_t otherwise, std::size_t most);
// ?before=ID or ?after=ID, from where a list goes on; nil when it is not given, nothing when it is not an id.
std::optional<sync::Id> id_of(const platform::HttpFields& query, std::string_view name);
// ?practice=only (what was for practice, apart), with or without; `otherwise` when it is not given, nothing for
// anything else.
std::optional<Practice> practice_of(const platform::HttpFields& query, Practice otherwise);
platform::HttpResponse wrong_practice();  // what is answered to another word
// "LANE/NUMBER"; nothing for anything else.
std::optional<sync::ActionRef> action_ref_of(std::string_view text);

// What a person types is put right by what the site says, and judged at the time it is typed.
struct Desk {
  sync::Site site;
  std::int64_t now_ms = 0;
  std::string person = {}, workstation = {};  // by name, for fields that are filled with them
  std::int64_t clock_behind_ms = 0;           // how far its clock may be behind the right time
};

// A time at which something is said to have happened cannot be one that is yet to come. Of the changed fields that hold
// such times.
std::vector<sync::Finding> times_to_come(const sync::Collection& collection, const Desk& desk,
                                         const std::vector<sync::FieldChange>& changes);

// A new record with the children told beside it: the ops of one action, ids still to be filled in.
struct Addition {
  std::vector<sync::Op> ops;
  std::int64_t event_ms = 0;            // the desk's now when it is not told
  std::vector<sync::Finding> findings;  // of every weight
  std::optional<sync::Acceptance> accept;
  bool real = false;  // "real": true; see Saving
};
Result<Addition> addition_of(const sync::Schema& schema, const sync::Collection& collection,
                             const std::string& default_scope, const Desk& desk, std::string_view body);

// A new child of a record that is there; the scope is still to be filled in.
Result<Addition> child_addition_of(const sync::Collection& collection, const sync::Id& parent, const Desk& desk,
                                   std::string_view body);

// Texts as typed: they are put right against the record that they change.
struct Edit {
  nlohmann::json typed;  // of fields, for read_changes()
  std::vector<sync::FieldChange> changes;
  std::optional<sync::ChangeNumber> cn;  // of the record as it was displayed, when the client tells it
  std::vector<sync::Finding> findings;
  std::optional<sync::Acceptance> accept;
};
Result<Edit> edit_of(std::string_view body);
// The changes that were typed for a record as it is shown.
void read_changes(const sync::Collection& collection, const Desk& desk, const sync::Record& shown, Edit& edit);

// `"accept": {"hints": ["looks-like-phone"], "because": "…"}` of a body: what the person was asked about and says is
// meant so. Nothing without it. "invalid" without hints or reason.
Result<std::optional<sync::Acceptance>> acceptance_of(platform::JsonObject& json);

// How a conflict is decided.
struct Resolution {
  bool take_other = false;
  std::string reason;
};
// Besides "malformed": "invalid" when the choice is neither or the reason is missing.
Result<Resolution> resolution_of(std::string_view body);

}  // namespace holdline::agent
