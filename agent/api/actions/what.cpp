#include "agent/api/actions/what.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <map>
#include <optional>
#include <string_view>

namespace holdline::agent {

namespace {

const sync::FieldChange* change_of(const sync::Op& op, std::optional<sync::FieldIndex> field) {
  const auto found = std::ranges::find_if(op.changes, [&](const sync::FieldChange& one) { return one.field == field; });
  return field && found != op.changes.end() ? &*found : nullptr;
}

std::string text_of(const sync::Collection& collection, const sync::Op& op, std::string_view field) {
  const sync::FieldChange* change = change_of(op, collection.field(field));
  const auto* text = change ? std::get_if<std::string>(&change->value) : nullptr;
  return text ? *text : std::string();
}

std::string in_small_letters(std::string label) {
  std::ranges::transform(label, label.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return label;
}

// Why, as the note says that is saved beside a deletion or a merge: "Customer … merged into this one: same person".
std::string noted_reason(const sync::Schema& schema, const sync::Action& action) {
  for (const sync::Op& op : action.ops) {
    const sync::Collection& collection = *schema.collection(op.record.collection);
    if (op.kind != sync::OpKind::create || collection.name != "manual_entry") continue;
    const std::string note = text_of(collection, op, "note");
    const auto colon = note.find(": ");
    return colon == std::string::npos ? note : note.substr(colon + 2);
  }
  return {};
}

std::string in_plain_words(std::string option) {
  std::ranges::replace(option, '_', ' ');
  std::ranges::replace(option, '-', ' ');
  return option;
}

// With those of the texts that say something.
What made_of(std::string act, std::string of, std::initializer_list<std::string> about) {
  What what{std::move(act), std::move(of), {}};
  for (const std::string& text : about)
    if (!text.empty()) what.about.push_back(text);
  return what;
}

// Records that are for programs; what was decided or done with them is for people. Nothing: it is another record.
std::optional<What> deed_of(const sync::Collection& collection, const sync::Op& op) {
  const auto text = [&](std::string_view field) { return text_of(collection, op, field); };
  const auto words = [&](std::string_view field) { return in_plain_words(text(field)); };
  if (collection.name == "conflict") return made_of("decision", "", {text("resolution")});
  if (collection.name == "posting") return made_of("posting", "", {words("state"), text("posted_as"), text("reason")});
  if (collection.name == "form_use") return made_of("paper-used", "", {text("number"), words("kind"), text("reason")});
  if (op.kind != sync::OpKind::create) return std::nullopt;
  if (collection.name == "incident") return made_of("declared", "", {text("title")});
  if (collection.name == "incident_link") return made_of("outages-linked", "", {text("reason")});
  if (collection.name == "runbook_event")
    return made_of("plan-step", "", {words("kind"), words("action"), text("reason")});
  if (collection.name == "callback_attempt") return made_of("call", "", {words("outcome")});
  if (collection.name == "form_pad") return made_of("paper-printed", "", {text("held_by")});
  if (collection.name != "incident_step") return std::nullopt;
  const std::string kind = text("kind");
  if (kind == "estimate") return made_of("estimate", "", {text("reason")});
  if (kind == "exception") return made_of("exception", "", {words("point")});
  return made_of("outage-step", "", {words("trigger"), text("reason")});
}

What change_or_new(const sync::Collection& collection, const sync::Op& op) {
  const bool is_new = op.kind == sync::OpKind::create;
  What what{is_new ? "new" : "change", collection.label, {}};
  for (const sync::FieldChange& change : op.changes) {
    const sync::Field& field = collection.fields[change.field];
    const auto* text = std::get_if<std::string>(&change.value);
    const bool tells =
        field.search == sync::SearchKind::name || field.name == "kind" || collection.natural_key == change.field;
    if (is_new && (!text || !tells || sync::Id::parse(*text))) continue;
    std::string part = is_new ? *text : field.label;
    if (field.type == sync::FieldType::picklist) std::ranges::replace(part, '_', ' ');
    what.about.push_back(std::move(part));
  }
  return what;
}

}  // namespace

What what_of(const sync::Schema& schema, const sync::Action& action) {
  if (action.ops.empty()) return {"given-up", "", {}};
  for (const sync::Op& op : action.ops) {
    const sync::Collection& collection = *schema.collection(op.record.collection);
    if (op.kind == sync::OpKind::erase_row)
      return made_of("deletion", collection.label, {noted_reason(schema, action)});
    if (const sync::FieldChange* merging = change_of(op, collection.merged_into))
      return made_of(sync::is_null(merging->value) ? "parting" : "merging", collection.label,
                     {noted_reason(schema, action)});
    if (collection.name == "conflict") return *deed_of(collection, op);
  }
  const sync::Op& first = action.ops.front();
  const sync::Collection& collection = *schema.collection(first.record.collection);
  if (auto deed = deed_of(collection, first)) return *std::move(deed);
  return change_or_new(collection, first);
}

std::string in_words(const What& what) {
  static const std::map<std::string_view, std::string_view> acts{
      {"new", "New {}"},
      {"change", "Change of {}"},
      {"deletion", "Deletion of {}"},
      {"merging", "Merging of two {}s"},
      {"parting", "Parting of two {}s"},
      {"decision", "Decision on a conflict"},
      {"given-up", "Given up: an entry that was refused"},
      {"declared", "Outage declared"},
      {"outages-linked", "Whether two outages are one"},
      {"estimate", "When an outage is expected to end"},
      {"exception", "Signed for in an outage"},
      {"outage-step", "Outage"},
      {"plan-step", "Plan"},
      {"posting", "Posting of an entry"},
      {"paper-printed", "Paper forms printed"},
      {"paper-used", "Paper form"},
      {"call", "Call back"},
  };
  std::string text(acts.at(what.act));
  if (const auto place = text.find("{}"); place != std::string::npos) text.replace(place, 2, in_small_letters(what.of));
  for (std::size_t i = 0; i < what.about.size(); ++i) text += (i == 0 ? ": " : ", ") + what.about[i];
  return text;
}

}  // namespace holdline::agent
