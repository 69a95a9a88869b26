#include "agent/api/forms.hpp"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "platform/config/units.hpp"
#include "platform/text/json_object.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/form/promise.hpp"
#include "sync/form/words.hpp"
#include "sync/text/text.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;
using sync::FieldType;
using sync::Value;

Value wrong(const sync::Field& field, const char* wanted, std::vector<sync::Finding>& findings) {
  findings.push_back({field.name, "wrong-type", field.label + " must be " + wanted + "."});
  return sync::Null{};
}

Value integer_from(const sync::Field& field, const Json& json, std::vector<sync::Finding>& findings) {
  if (const auto whole = platform::whole_number(json)) return *whole;
  if (json.is_string()) {
    const auto& text = json.get_ref<const std::string&>();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && !text.empty()) return value;
  }
  return wrong(field, "a whole number", findings);
}

Value boolean_from(const sync::Field& field, const Json& json, std::vector<sync::Finding>& findings) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_string())
    if (const auto says = sync::yes_or_no(json.get_ref<const std::string&>())) return *says;
  return wrong(field, "yes or no", findings);
}

Value time_from(const sync::Field& field, const Json& json, std::vector<sync::Finding>& findings) {
  if (const auto whole = platform::whole_number(json)) return *whole;
  if (json.is_string())
    if (const auto time = sync::parse_time(json.get_ref<const std::string&>())) return *time;
  return wrong(field, "a time like 2026-03-01T09:30:00Z", findings);
}

Value id_from(const sync::Field& field, const Json& json, std::vector<sync::Finding>& findings) {
  if (json.is_string())
    if (const auto id = sync::Id::parse(json.get_ref<const std::string&>())) return *id;
  return wrong(field, "the id of a record", findings);
}

// Texts of a JSON list, or the one text given in its place.
std::vector<std::string> texts_from(const sync::Field& field, const Json& json, std::vector<sync::Finding>& findings) {
  std::vector<std::string> texts;
  const auto add = [&](const Json& element) {
    if (element.is_string())
      texts.push_back(element.get<std::string>());
    else
      wrong(field, "a list of texts", findings);
  };
  if (json.is_array())
    for (const Json& element : json) add(element);
  else
    add(json);
  return texts;
}

// What makes a set or list that shows `stands` hold the texts of `wanted` and no others.
void hold_only(const sync::Field& field, const Json& wanted, const Value* stands, sync::FieldChange& change,
               std::vector<sync::Finding>& findings) {
  change.adds = texts_from(field, wanted, findings);
  const auto* elements = stands ? std::get_if<sync::Elements>(stands) : nullptr;
  if (!elements) return;
  for (const sync::Element& element : *elements)
    if (!element.removed && std::erase(change.adds, element.text) == 0) change.removes.push_back(element.tag);
}

bool has_elements(const sync::Field& field) { return field.type == FieldType::set || field.type == FieldType::list; }

// ". Did you mean city?"
std::string meant(std::string_view name, const std::vector<std::string>& known) {
  const std::string_view nearest = platform::nearest(name, known);
  return nearest.empty() ? "." : ". Did you mean " + std::string(nearest) + "?";
}

std::vector<std::string> names_of(const sync::Collection& collection) {
  std::vector<std::string> names;
  for (const sync::Field& field : collection.fields) names.push_back(field.name);
  return names;
}

// Calls `each` with every known field an object names; complains about the others.
template <class F>
void for_fields(const sync::Collection& collection, const Json& object, std::vector<sync::Finding>& findings,
                F&& each) {
  if (!object.is_object()) {
    findings.push_back({"", "wrong-type", "The fields must be a JSON object."});
    return;
  }
  for (const auto& [name, json] : object.items()) {
    if (const auto index = collection.field(name))
      each(*index, collection.fields[*index], json);
    else
      findings.push_back(
          {name, "unknown-field",
           "There is no field '" + name + "' in " + collection.name + meant(name, names_of(collection))});
  }
}

// Who did it, where, by which form, and what is read out: nobody says so of themselves. What the form asks for, as who
// is to do something, is only proposed.
void refuse_the_desks(const sync::Collection& collection, const sync::Field& field,
                      std::vector<sync::Finding>& findings) {
  if (collection.merged_into && &collection.fields[*collection.merged_into] == &field)
    findings.push_back(
        {field.name, "set-by-merging", field.label + " is set by merging two records: leave it out, and merge them."});
  switch (field.filled_with) {
    case sync::Filling::none:
    case sync::Filling::event_time:
    case sync::Filling::first_option:
      return;
    case sync::Filling::reference:
      findings.push_back(
          {field.name, "given-by-desk",
           field.label + " is given when it is saved: leave it out, and read out the one you are told."});
      return;
    case sync::Filling::incident:
    case sync::Filling::drill:
      findings.push_back({field.name, "given-by-desk", field.label + " is given when it is saved: leave it out."});
      return;
    case sync::Filling::person:
    case sync::Filling::workstation:
    case sync::Filling::form_version:
      if (field.form_position != 0) return;
      findings.push_back({field.name, "given-by-desk",
                          field.label + " is filled in when it is saved, from who is signed in here: leave it out."});
      return;
  }
}

void sort(std::vector<sync::FieldChange>& changes) { std::ranges::sort(changes, {}, &sync::FieldChange::field); }

}  // namespace

Value value_from(const sync::Field& field, const Json& typed, std::vector<sync::Finding>& findings) {
  if (typed.is_null()) return sync::Null{};
  // Texts are put right later; blanks around a number or a time mean nothing.
  const Json json = typed.is_string() && field.type != FieldType::text
                        ? Json(sync::tidy_line(typed.get_ref<const std::string&>()))
                        : typed;
  switch (field.type) {
    case FieldType::text:
    case FieldType::picklist:
    case FieldType::email:
    case FieldType::phone:
      return json.is_string() ? Value(json.get<std::string>()) : wrong(field, "a text", findings);
    case FieldType::integer:
      return integer_from(field, json, findings);
    case FieldType::boolean:
      return boolean_from(field, json, findings);
    case FieldType::time:
      return time_from(field, json, findings);
    case FieldType::reference:
      return id_from(field, json, findings);
    case FieldType::set:
    case FieldType::list:
      return wrong(field, "given as add and remove", findings);
  }
  return sync::Null{};
}

std::vector<sync::FieldChange> created_fields(const sync::Collection& collection, const Json& fields,
                                              std::vector<sync::Finding>& findings) {
  std::vector<sync::FieldChange> changes;
  for_fields(collection, fields, findings, [&](sync::FieldIndex index, const sync::Field& field, const Json& json) {
    if (json.is_null()) return;
    refuse_the_desks(collection, field, findings);
    sync::FieldChange change{index, Value(sync::Null{}), {}, {}, {}};
    if (has_elements(field))
      change.adds = texts_from(field, json, findings);
    else
      change.value = value_from(field, json, findings);
    changes.push_back(std::move(change));
  });
  sort(changes);
  return changes;
}

std::vector<sync::FieldChange> edited_fields(const sync::Collection& collection, const Json& changes,
                                             const sync::Record* shown, std::vector<sync::Finding>& findings) {
  std::vector<sync::FieldChange> edits;
  for_fields(collection, changes, findings, [&](sync::FieldIndex index, const sync::Field& field, const Json& json) {
    sync::FieldChange change{index, sync::BaseUnknown{}, {}, {}, {}};
    if (!sync::is_given_by_desk(field.filled_with))
      refuse_the_desks(collection, field, findings);  // those never change
    if (!json.is_object()) {
      findings.push_back({field.name, "wrong-type", "A change is given as {\"base\":…,\"value\":…}."});
      return;
    }
    static const std::vector<std::string> elements{"add", "remove", "value", "base"}, single{"base", "value"};
    const auto& known = has_elements(field) ? elements : single;
    for (const auto& [name, value] : json.items())
      if (std::ranges::find(known, name) == known.end())
        findings.push_back({field.name, "unknown-member", "A change of it has no `" + name + "`" + meant(name, known)});
    if (has_elements(field)) {
      if (json.contains("value"))
        hold_only(field, json["value"].is_null() ? Json::array() : json["value"],
                  shown ? &shown->fields[index] : nullptr, change, findings);
      if (json.contains("add")) change.adds = texts_from(field, json["add"], findings);
      for (const Json& tag : json.value("remove", Json::array())) {
        const auto id = tag.is_string() ? sync::Id::parse(tag.get_ref<const std::string&>()) : std::nullopt;
        if (id)
          change.removes.push_back(*id);
        else
          wrong(field, "removed by the tags of its elements", findings);
      }
    } else {
      change.value = value_from(field, json.value("value", Json()), findings);
      if (json.contains("base")) change.base = sync::make_base(value_from(field, json["base"], findings));
    }
    edits.push_back(std::move(change));
  });
  sort(edits);
  return edits;
}

void read_zoned_times(const sync::Collection& collection, const sync::Site& site, const sync::Record* shown, bool edits,
                      Json& fields, std::vector<sync::Finding>& findings) {
  if (!fields.is_object()) return;
  const auto typed = [&](const sync::Field& field) -> Json* {
    const auto at = fields.find(field.name);
    if (at == fields.end()) return nullptr;
    if (!edits) return &*at;
    return at->is_object() && at->contains("value") ? &(*at)["value"] : nullptr;
  };
  for (const sync::Field& field : collection.fields) {
    if (!field.zone) continue;
    Json* time = typed(field);
    if (time == nullptr || !time->is_string() || time->get_ref<const std::string&>().empty()) continue;
    const Json* given = typed(collection.fields[*field.zone]);
    const auto* stands = shown ? std::get_if<std::string>(&shown->fields[*field.zone]) : nullptr;
    std::string zone = given && given->is_string() ? sync::tidy_line(given->get<std::string>())
                       : !given && stands          ? *stands
                                                   : std::string();
    // What is no zone is said of the field of the zone.
    if (site.time_zone) zone = site.time_zone(zone).value_or(zone);
    const auto moment = sync::read_zoned_time(field, site, zone, sync::tidy_line(time->get<std::string>()), findings);
    *time = moment ? Json(*moment) : Json();
  }
}

Json to_json(const sync::Field& field, const Value& value) {
  struct Writer {
    const sync::Field& field;
    Json operator()(sync::Null) const { return nullptr; }
    Json operator()(bool v) const { return v; }
    Json operator()(std::int64_t v) const {
      return field.type == FieldType::time ? Json(sync::format_time(v)) : Json(v);
    }
    Json operator()(const std::string& v) const { return v; }
    Json operator()(const sync::Id& v) const { return v.text(); }
    Json operator()(const sync::Elements& v) const {
      Json list = Json::array();
      for (const sync::Element& element : v)
        if (!element.removed) list.push_back({{"tag", element.tag.text()}, {"text", element.text}});
      return list;
    }
  };
  return std::visit(Writer{field}, value);
}

Json to_json(const sync::Collection& collection, const sync::Record& record) {
  Json fields = Json::object();
  const std::size_t known = std::min(collection.fields.size(), record.fields.size());
  for (std::size_t i = 0; i < known; ++i)
    if (!sync::is_null(record.fields[i]))
      fields[collection.fields[i].name] = to_json(collection.fields[i], record.fields[i]);
  return fields;
}

static const char* name_of(sync::Weight weight) {
  switch (weight) {
    case sync::Weight::refused:
      return "refused";
    case sync::Weight::asked:
      return "asked";
    case sync::Weight::told:
      return "told";
  }
  return "refused";
}

Json to_json(const std::vector<sync::Finding>& findings) {
  Json list = Json::array();
  for (const sync::Finding& finding : findings)
    list.push_back({{"field", finding.field},
                    {"code", finding.code},
                    {"message", finding.message},
                    {"weight", name_of(finding.weight)}});
  return list;
}

}  // namespace holdline::agent
