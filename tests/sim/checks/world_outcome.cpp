#include "tests/sim/checks/world_outcome.hpp"

#include <algorithm>

#include "sync/merge/conflicts.hpp"
#include "tests/sim/checks/ledger_reading.hpp"

namespace holdline::sim {

namespace {

// Every text of a record, elements included.
template <class Each>
void each_text(const sync::Record& record, const Each& each) {
  for (const sync::Value& value : record.fields) {
    if (const auto* text = std::get_if<std::string>(&value)) each(*text);
    if (const auto* elements = std::get_if<sync::Elements>(&value))
      for (const sync::Element& element : *elements)
        if (!element.removed) each(element.text);
  }
}

}  // namespace

sync::Bytes value_of(const sync::RecordKey& key, const sync::Value& value) {
  return sync::Bytes(key.id.view()) + sync::encode_value(value);
}

WorldOutcome::WorldOutcome(const Stage& stage, HubNode& hub) : conflict_(*stage.setting.schema.collection("conflict")) {
  read_results(stage);
  read_records(stage, hub);
}

void WorldOutcome::read_results(const Stage& stage) {
  for (const hub::Device& device : stage.setting.devices) {
    std::map<ActionPlace, Fate> last;
    for (const sync::ActionResult& result : stage.history.results(device.id)) {
      const ActionPlace place{device.id, result.incarnation, {result.lane, result.number}};
      // Merge is idempotent, so an action taken again hardly shows in the records; it shows in the stream.
      if (const auto before = last.find(place);
          before != last.end() && before->second.verdict != sync::Verdict::waiting)
        throw Violation("an effect happens once", "entry " + std::to_string(result.entry) +
                                                      " is about an action that had "
                                                      "its result");
      last[place] = {place, result.verdict};
    }
    for (const auto& [place, fate] : last) {
      const auto deed = stage.deeds.places().find(place);
      if (deed == stage.deeds.places().end())
        throw Violation("no phantom", "the hub has a result of an action that was never sent");
      fates_[deed->second].push_back(fate);
    }
  }
}

void WorldOutcome::read_records(const Stage& stage, HubNode& hub) {
  const auto reader = must_read(hub.ledger().reader(), "opening");
  for (const sync::Collection& collection : stage.setting.schema.collections())
    for (auto& row : must_read(reader->rows(collection.no, all_scopes, sync::Id{}, endless), "rows"))
      records_.push_back(as_last(stage.setting, std::move(row.stored.record)));
  for (const sync::Record& record : records_) {
    if (record.key.collection != conflict_.no) {
      each_text(record, [&](const std::string& text) {
        for (const DeedNo no : tokens_in(text)) ++spoken_of_[no];
      });
      continue;
    }
    const auto values = must_read(sync::conflict_values(stage.setting.schema, record), "a conflict");
    asked_about_deletion_ += values.about_deletion ? 1 : 0;
    for (const auto* list : {&values.current, &values.other})
      for (const sync::Value& value : *list) conflict_values_.insert(value_of(values.record, value));
  }
}

bool WorldOutcome::has_effect(DeedNo no) const {
  const auto fates = fates_.find(no);
  return fates != fates_.end() &&
         std::ranges::any_of(fates->second, [](const Fate& fate) { return took_effect(fate.verdict); });
}

std::size_t WorldOutcome::resolved_conflicts() const {
  const sync::Value resolved = std::string("resolved");
  const auto state = *conflict_.field("state");
  return static_cast<std::size_t>(std::ranges::count_if(records_, [&](const sync::Record& record) {
    return is_conflict(record.key) && record.fields[state] == resolved;
  }));
}

}  // namespace holdline::sim
