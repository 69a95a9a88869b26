#include "tests/sim/people/deeds.hpp"

#include <algorithm>
#include <charconv>

#include "sync/merge/conflicts.hpp"

namespace holdline::sim {

std::string token_of(DeedNo no) { return "#" + std::to_string(no) + "#"; }

std::vector<DeedNo> tokens_in(std::string_view text) {
  std::vector<DeedNo> found;
  for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at)) {
    const std::size_t end = text.find('#', at + 1);
    if (end == std::string_view::npos) break;
    DeedNo no = 0;
    const auto [stop, error] = std::from_chars(text.data() + at + 1, text.data() + end, no);
    if (error == std::errc() && stop == text.data() + end) found.push_back(no);
    at = end + 1;
  }
  return found;
}

std::optional<DeedNo> deed_of(const sync::Schema& schema, const std::vector<sync::Op>& ops) {
  // Resolving a conflict may write another deed's value; what is its own is the reason it gives.
  const auto conflicts = schema.collection("conflict")->no;
  std::optional<DeedNo> found;
  for (const sync::Op& op : ops) {
    if (found && op.record.collection != conflicts) continue;
    for (const sync::FieldChange& change : op.changes) {
      const auto* text = std::get_if<std::string>(&change.value);
      const std::string& written = text != nullptr ? *text : change.adds.empty() ? std::string() : change.adds.front();
      if (const auto tokens = tokens_in(written); !tokens.empty()) found = tokens.front();
    }
  }
  return found;
}

std::string described(const sync::Schema& schema, const std::vector<sync::Op>& ops) {
  std::string text;
  for (const sync::Op& op : ops) {
    const sync::Collection& collection = *schema.collection(op.record.collection);
    text += (text.empty() ? "" : "; ") + collection.name + " " + op.record.id.text().substr(32) + ":";
    for (const sync::FieldChange& change : op.changes) {
      const auto* base = std::get_if<sync::Value>(&change.base);
      text += " " + collection.fields[change.field].name;
      if (op.kind == sync::OpKind::edit) text += " '" + (base ? sync::display(*base) : std::string("?")) + "' ->";
      text += " '" + (change.adds.empty() ? sync::display(change.value) : change.adds.front()) + "'";
    }
  }
  return text;
}

Deed& Deeds::begin(agent::Draft draft) {
  Deed deed;
  deed.no = next();
  deed.draft = std::move(draft);
  return all_.emplace_back(std::move(deed));
}

bool Deeds::once_made(const sync::RecordKey& key) const {
  return std::ranges::any_of(places_, [&](const auto& place) {
    const Deed& deed = all_[place.second - 1];
    std::size_t creates = 0;
    return std::ranges::any_of(deed.draft.ops, [&](const sync::Op& op) {
      if (op.kind != sync::OpKind::create) return false;
      const sync::Id made = creates < deed.created.size() ? deed.created[creates] : op.record.id;
      ++creates;
      return op.record.collection == key.collection && made == key.id;
    });
  });
}

}  // namespace holdline::sim
