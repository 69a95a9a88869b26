#include "tests/sim/checks/value_checks.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "sync/merge/conflicts.hpp"

namespace holdline::sim {

namespace {

// Every scalar value of an action that took effect.
template <class Each>
void each_settled_change(const Stage& stage, const WorldOutcome& outcome, const Each& each) {
  for (const Deed& deed : stage.deeds.all()) {
    if (!outcome.has_effect(deed.no)) continue;
    std::size_t creates = 0;
    for (const sync::Op& op : deed.draft.ops) {
      sync::RecordKey key = op.record;
      if (op.kind == sync::OpKind::create && creates < deed.created.size()) key.id = deed.created[creates];
      creates += op.kind == sync::OpKind::create ? 1 : 0;
      for (const sync::FieldChange& change : op.changes) each(deed, op, key, change);
    }
  }
}

// The texts among values of value_of().
std::string described(const std::set<sync::Bytes>& values) {
  std::string texts;
  for (const sync::Bytes& value : values) {
    sync::ByteReader in(std::string_view(value).substr(sizeof(sync::Id)));
    const sync::Value read = sync::decode_value(in, value.size());
    texts += (texts.empty() ? "'" : ", '") + sync::display(read) + "'";
  }
  return texts;
}

}  // namespace

void losing_values_are_kept(const Stage& stage, const WorldOutcome& outcome) {
  std::map<std::pair<sync::Id, sync::Id>, DeedNo> last_added;  // (person, record with a natural key)
  for (const Deed& deed : stage.deeds.all())
    for (const sync::Op& op : deed.draft.ops)
      if (op.kind == sync::OpKind::create && !op.record.id.is_nil() && outcome.has_effect(deed.no))
        last_added[{deed.draft.person, op.record.id}] = deed.no;
  std::set<sync::Bytes> findable = outcome.conflict_values();
  for (const sync::Record& record : outcome.records())
    for (const sync::Value& value : record.fields) findable.insert(value_of(record.key, value));
  for (const sync::Record& seen : stage.model.erased())
    for (const sync::Value& value : seen.fields) findable.insert(value_of(seen.key, value));
  each_settled_change(stage, outcome,
                      [&](const Deed&, const sync::Op&, const sync::RecordKey& key, const sync::FieldChange& change) {
                        if (const auto* base = std::get_if<sync::Value>(&change.base))
                          findable.insert(value_of(key, *base));
                      });
  // Nobody was told the ids of what a save made that seemed to fail: it is looked for in every record.
  const auto is_findable = [&](const sync::RecordKey& key, const sync::Value& value) {
    const sync::Bytes wanted = value_of(key, value);
    if (!key.id.is_nil()) return findable.contains(wanted);
    const auto same = [&](const sync::Bytes& one) {
      return one.substr(sizeof(sync::Id)) == wanted.substr(sizeof(sync::Id));
    };
    return std::ranges::any_of(findable, same);
  };
  each_settled_change(
      stage, outcome,
      [&](const Deed& deed, const sync::Op& op, const sync::RecordKey& key, const sync::FieldChange& change) {
        const auto* text = std::get_if<std::string>(&change.value);
        if (text == nullptr || tokens_in(*text).empty() || outcome.is_conflict(op.record)) return;
        // The same number added again by the same person: what they said last joins the conflict in its place.
        const auto last = last_added.find({deed.draft.person, op.record.id});
        if (last != last_added.end() && last->second != deed.no) return;
        if (!is_findable(key, change.value))
          throw Violation("losing values are kept", token_of(deed.no) +
                                                        " neither stands, nor is in a conflict, nor was it "
                                                        "changed or deleted by somebody who saw it");
      });
}

// Two people changed one field from the same value to different ones: all but one of these are in conflicts.
void overlapping_edits_conflict(Stage& stage, const WorldOutcome& outcome) {
  std::map<sync::Bytes, std::set<sync::Bytes>> overlapping;  // (record, field, base) -> new values
  std::map<sync::Bytes, std::set<sync::Bytes>> made_from;    // value -> what was made from it
  std::set<sync::Bytes> rewritten;                           // values that resolving a conflict wrote again
  each_settled_change(
      stage, outcome,
      [&](const Deed&, const sync::Op& op, const sync::RecordKey& key, const sync::FieldChange& change) {
        const auto* base = std::get_if<sync::Value>(&change.base);
        const auto* text = std::get_if<std::string>(&change.value);
        if (op.kind != sync::OpKind::edit || base == nullptr || text == nullptr || outcome.is_conflict(op.record))
          return;
        if (tokens_in(*text).empty()) return;
        const sync::Bytes value = value_of(key, change.value);
        sync::Bytes place = value_of(key, *base);
        made_from[place].insert(value);
        place += static_cast<char>(change.field);
        if (!overlapping[place].insert(value).second) rewritten.insert(value);
      });
  // A later change of a value in a conflict joins the conflict in its place.
  const std::function<bool(const sync::Bytes&)> is_kept = [&](const sync::Bytes& value) {
    if (outcome.conflict_values().contains(value)) return true;
    const auto later = made_from.find(value);
    return later != made_from.end() && std::ranges::any_of(later->second, is_kept);
  };
  for (const auto& [place, values] : overlapping) {
    std::size_t kept = 0;
    bool again = false;
    for (const sync::Bytes& value : values) {
      kept += is_kept(value) ? 1 : 0;
      again = again || rewritten.contains(value);
    }
    const sync::Bytes base = place.substr(0, place.size() - 1);
    if (outcome.conflict_values().contains(base)) continue;  // it may have stood twice, with a resolution in between
    if (!again && kept + 1 < values.size())
      throw Violation("overlapping edits conflict", described(values) + " were made from " + described({base}) + ", " +
                                                        std::to_string(kept) + " of them are in conflicts");
    if (values.size() > 1) stage.count("edits overlapped");
  }
}

}  // namespace holdline::sim
