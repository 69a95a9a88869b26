// What can be typed at this workstation, told from the schema: whoever draws a form needs no list of fields of its own.

#include <algorithm>

#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/api/words/words.hpp"
#include "sync/action/record.hpp"
#include "sync/action/rights.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

const char* type_name(sync::FieldType type) {
  switch (type) {
    case sync::FieldType::text:
      return "text";
    case sync::FieldType::integer:
      return "integer";
    case sync::FieldType::boolean:
      return "boolean";
    case sync::FieldType::time:
      return "time";
    case sync::FieldType::picklist:
      return "picklist";
    case sync::FieldType::phone:
      return "phone";
    case sync::FieldType::email:
      return "email";
    case sync::FieldType::reference:
      return "reference";
    case sync::FieldType::set:
      return "set";
    case sync::FieldType::list:
      return "list";
  }
  return "text";
}

Json conditions_json(const sync::Collection& collection, const std::vector<sync::Condition>& when) {
  Json json = Json::object();
  for (const sync::Condition& one : when) json[collection.fields[one.field].name] = one.is;
  return json;
}

Json form_json(const sync::Schema& schema, const sync::FormTemplate& form) {
  const sync::Collection& collection = *schema.collection(form.collection);
  const auto names = [&](const std::vector<sync::FieldIndex>& fields) {
    Json list = Json::array();
    for (const sync::FieldIndex field : fields) list.push_back(collection.fields[field].name);
    return list;
  };
  Json sets = Json::object(), stops = Json::array();
  sets[collection.fields[*collection.form].name] = form.name;
  for (const auto& [field, option] : form.sets) sets[collection.fields[field].name] = option;
  for (const sync::FormTemplate::Stop& stop : form.stops)
    stops.push_back({{"name", stop.name},
                     {"when", conditions_json(collection, stop.when)},
                     {"text", stop.text},
                     {"call", stop.call}});
  return {{"name", form.name},
          {"label", form.label},
          {"collection", collection.name},
          {"version", form.version},
          {"approved_by", form.approved_by},
          {"approved_on", form.approved_on},
          {"fields", names(form.fields)},
          {"required", names(form.required)},
          {"sets", std::move(sets)},
          {"stops", std::move(stops)}};
}

Json typed_field_json(const sync::Schema& schema, const sync::Collection& collection, const sync::Field& field) {
  Json json{{"name", field.name},
            {"label", field.label},
            {"type", type_name(field.type)},
            {"required", field.required},
            {"read_only", field.read_only || field.policy == sync::MergePolicy::central ||
                              sync::is_given_by_desk(field.filled_with)},
            {"position", field.retired ? 0 : field.form_position}};
  if (field.retired) json["retired"] = true;
  if (field.max_length != 0) json["max_length"] = field.max_length;
  if (!field.options.empty()) json["options"] = field.options;
  if (!field.transitions.empty()) json["transitions"] = field.transitions;
  if (!field.merge_group.empty()) json["group"] = field.merge_group;
  if (field.format == sync::TextFormat::country) json["format"] = "country";
  if (field.format == sync::TextFormat::time_zone) json["format"] = "time_zone";
  if (field.zone) json["zone"] = collection.fields[*field.zone].name;
  if (const sync::Collection* target = schema.collection(field.target)) json["target"] = target->name;
  return json;
}

Json guides_json(const sync::Schema& schema) {
  Json guides = Json::array();
  for (const sync::Guide& guide : schema.guides())
    guides.push_back({{"name", guide.name},
                      {"title", guide.title},
                      {"text", guide.text},
                      {"forms", guide.forms},
                      {"kinds", guide.kinds}});
  return guides;
}

// Only what this workstation may hold and the person may read; fields in the order of the schema.
void show_forms(Workstation& station, Call call) {
  const sync::Schema& schema = station.schema();
  const sync::VisibilitySet profile = station.grant().profile;
  Json collections = Json::array();
  for (const sync::Collection& collection : schema.collections()) {
    if (collection.built_in) continue;
    const sync::FieldMask readable = sync::readable_fields(call.rights(), collection, sync::Reading::one);
    Json fields = Json::array();
    for (std::size_t i = 0; i < collection.fields.size(); ++i)
      if ((readable >> i & 1) != 0 && sync::may_hold(collection.fields[i], profile))
        fields.push_back(typed_field_json(schema, collection, collection.fields[i]));
    collections.push_back({{"name", collection.name}, {"label", collection.label}, {"fields", std::move(fields)}});
  }
  Json forms = Json::array();
  for (const sync::FormTemplate& form : schema.forms()) forms.push_back(form_json(schema, form));
  call.respond(json_response(200, {{"schema", "holdline.forms/1"},
                                   {"version", schema.version()},
                                   {"collections", std::move(collections)},
                                   {"forms", std::move(forms)},
                                   {"guides", guides_json(schema)},
                                   {"words", shipped_words()}}));
}

// The text itself, for programs that read files by it.
void show_schema(Workstation& station, Call call) {
  const sync::Schema& schema = station.schema();
  call.respond(json_response(
      200, {{"schema", "holdline.schema-text/1"}, {"version", schema.version()}, {"text", schema.text()}}));
}

}  // namespace

std::span<const Route> form_routes() {
  static constexpr Route table[] = {{"GET", "/forms", show_forms}, {"GET", "/schema", show_schema}};
  return table;
}

}  // namespace holdline::agent
