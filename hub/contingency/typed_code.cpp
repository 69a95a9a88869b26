#include "hub/contingency/typed_code.hpp"

#include <algorithm>
#include <set>

#include "contingency/code/short_code.hpp"
#include "contingency/incident/name.hpp"

namespace holdline::hub {

namespace {

// read_code tries an hour to either side; with these it is half a day.
constexpr std::int64_t hours_3_ms = 3 * 3'600'000;
constexpr std::int64_t looks_to_either_side = 4;

template <class T>
const T* value_of(const sync::Collection& collection, const sync::Op& op, std::string_view name) {
  const auto field = collection.field(name);
  const auto change = field ? std::ranges::find(op.changes, *field, &sync::FieldChange::field) : op.changes.end();
  return change == op.changes.end() ? nullptr : std::get_if<T>(&change->value);
}

bool says(const sync::Collection& collection, const sync::Op& op, std::string_view name, std::string_view what) {
  const auto* text = value_of<std::string>(collection, op, name);
  return text && *text == what;
}

// The record in this scope of the incident that the code declares.
std::optional<sync::Id> declared_by(const sync::Schema& schema, const std::string& site_key, const std::string& code,
                                    const std::string& scope, std::int64_t made_ms) {
  const std::string site = contingency::site_of_key(site_key);
  for (std::int64_t look = -looks_to_either_side; look <= looks_to_either_side; ++look)
    if (const auto meaning =
            contingency::read_code(site_key, site, std::span(&scope, 1), code, made_ms + look * hours_3_ms))
      return sync::child_id(*schema.collection("incident"), {}, contingency::incident_key(meaning->incident(), scope));
  return std::nullopt;
}

}  // namespace

std::optional<sync::Refusal> refuse_typed_codes(const sync::Schema& schema, const std::string& site_key,
                                                std::span<const sync::Op> ops, std::int64_t made_ms) {
  std::set<sync::Id> said, proved;  // records of incidents
  for (const sync::Op& op : ops) {
    const sync::Collection* collection = schema.collection(op.record.collection);
    if (!collection) continue;
    if (collection->name == "incident" && says(*collection, op, "how", "code")) said.insert(op.record.id);
    if (collection->name != "incident_step" || !says(*collection, op, "role", "code")) continue;
    const auto* about = value_of<sync::Id>(*collection, op, "incident");
    const auto* code = value_of<std::string>(*collection, op, "code");
    const auto declared = code ? declared_by(schema, site_key, *code, op.scope, made_ms) : std::nullopt;
    if (about) said.insert(*about);
    if (declared) proved.insert(*declared);
  }
  if (std::ranges::includes(proved, said)) return std::nullopt;
  return sync::Refusal{"code-refused",
                       "No short code of this site declares this incident. Have a supervisor declare it."};
}

}  // namespace holdline::hub
