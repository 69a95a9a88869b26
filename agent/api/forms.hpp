// Records and changes as the JSON API speaks of them: by field name, with times in RFC 3339. Texts stay as they were
// typed; what is made of them is somebody else's (sync/form/form.hpp).
// Internal to agent/api.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "sync/action/action.hpp"
#include "sync/action/validate.hpp"
#include "sync/form/form.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// A value as JSON: null, bool, number, text, id, time, or the list of live elements.
nlohmann::json to_json(const sync::Field& field, const sync::Value& value);
nlohmann::json to_json(const sync::Collection& collection, const sync::Record& record);
nlohmann::json to_json(const std::vector<sync::Finding>& findings);

// A value from JSON or from text as a person types it ("20", "yes", "2026-03-01T09:30:00Z", "020 7551 8700"). A finding
// when it cannot be one of this field; `value` is then null.
sync::Value value_from(const sync::Field& field, const nlohmann::json& json, std::vector<sync::Finding>& findings);

// `{"given":"Ada","family":"…"}` as the changes of a create: bases null, sets and lists as adds. Ascending by field;
// null values are left out.
std::vector<sync::FieldChange> created_fields(const sync::Collection& collection, const nlohmann::json& fields,
                                              std::vector<sync::Finding>& findings);

// `{"city":{"base":"Bonn","value":"Köln"}}` as the changes of an edit. A set or list takes
// `{"add":[…],"remove":[TAG…]}`, or as `value` all that it is to hold (a list of texts, one text, or null): what of
// that is missing is added, and what else is shown is removed. `shown`: the record that is changed; null: nothing is
// known of it.
std::vector<sync::FieldChange> edited_fields(const sync::Collection& collection, const nlohmann::json& changes,
                                             const sync::Record* shown, std::vector<sync::Finding>& findings);

// Of fields as created_fields() or, with `edits`, edited_fields() take them: times that people typed, read by the clock
// of the zone beside them (sync/form/promise.hpp). `shown`: the record that is changed; null for a new one.
void read_zoned_times(const sync::Collection& collection, const sync::Site& site, const sync::Record* shown, bool edits,
                      nlohmann::json& fields, std::vector<sync::Finding>& findings);

}  // namespace holdline::agent
