// Histories of up to three devices on one record, with every policy, and two orders in which they arrive. At every step
// the laws of sync/merge/LAWS.md that speak of one step hold; at the end, those about the order of arrival. Of the
// first byte the lowest bit says whether every value is written once, which law 5 needs.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "sync/merge/stamps.hpp"
#include "tests/fuzz/choices.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/unit/sync/merge/rules.hpp"

using namespace holdline;
using namespace holdline::sync;
using namespace holdline::sync::merge_world;

namespace {

constexpr int devices = 3;
constexpr std::size_t max_ops = 12;
constexpr std::array singles = {note, lang, tier, state, use, tags, log, street, city, seat, desk};

bool is_picklist(FieldIndex field) { return things().fields[field].type == FieldType::picklist; }
bool has_elements(FieldIndex field) { return field == tags || field == log; }

// Which of a device's ops comes next, by device.
using Order = std::vector<int>;

class History {
 public:
  explicit History(fuzz::Choices& choices) : choices_(choices), once_(choices.coin()) {
    begin();
    State now = initial_;
    while (!choices_.done() && order_.size() < max_ops) {
      const int device = static_cast<int>(choices_.below(devices));
      Step step = make(device, now);
      now = arrive(now, step);
      scripts_[static_cast<std::size_t>(device)].push_back(std::move(step));
      order_.push_back(device);
    }
    first_end_ = now;
  }

  void check() {
    const State other_end = arrive_in(shuffled());
    if (!deletes_) {
      for (const FieldIndex field : {tags, log})
        fuzz::require(value_in(first_end_, field) == value_in(other_end, field), "law 5: elements");
      check_strictness(first_end_);
      check_strictness(other_end);
    }
    if (!once_) return;
    for (const FieldIndex field : {lang, seat, desk})
      fuzz::require(value_in(first_end_, field) == value_in(other_end, field), "law 5: latest");
    fuzz::require(value_in(first_end_, use) == value_in(other_end, use), "law 5: strictest");
  }

 private:
  // --- what happens ---

  void begin() {
    if (!once_ && choices_.below(3) == 0) return;
    std::vector<std::pair<FieldIndex, Value>> values;
    for (const FieldIndex field : singles)
      if (!has_elements(field) && (once_ || choices_.coin())) values.emplace_back(field, text("d"));
    mix_ = choices_.below(256);
    initial_.stored = standing(std::move(values));
    Record& record = initial_.stored->record;
    record.deleted = !once_ && choices_.below(4) == 1;
    record.deletion_asked = !once_ && !record.deleted && choices_.below(4) == 1;
    deletes_ = record.deleted;
    written_.insert("d");
  }

  Step make(int device, const State& now) {
    const int number = static_cast<int>(scripts_[static_cast<std::size_t>(device)].size()) + 1;
    Step step;
    const std::size_t kind = once_ ? 2 : choices_.below(8);
    if (kind == 0) {
      const State& seen = choices_.coin() ? now : initial_;
      step.arrived = erase(device, number, seen.stored ? seen.stored->record : standing({}).record);
      deletes_ = true;
    } else {
      const OpKind made = kind == 1 ? OpKind::create : OpKind::edit;
      step.arrived = arrival(made, device, number, changes(device, made, now));
    }
    step.arrived.at_ms = 1'000 + static_cast<std::int64_t>(choices_.below(8));
    step.arrived.op.seen = choices_.below(3);
    if (choices_.below(4) == 1) step.arrived.header.depends_on = {{3, 1}};
    return step;
  }

  std::vector<FieldChange> changes(int device, OpKind kind, const State& now) {
    std::vector<FieldChange> made;
    FieldMask fields = 0;
    for (std::size_t i = 1 + choices_.below(3); i > 0; --i) fields |= FieldMask{1} << choices_.pick(singles);
    // Law 5 speaks of ops on a group that mention all of it.
    if (once_ && (fields >> seat & 3) != 0) fields |= FieldMask{3} << seat;
    for (const FieldIndex field : singles) {
      if ((fields >> field & 1) == 0) continue;
      if (has_elements(field)) {
        const auto& others = scripts_[choices_.below(devices)];
        if (others.empty() || choices_.coin())
          made.push_back(add(field, "element"));
        else
          made.push_back(take(field, others[choices_.below(others.size())].arrived.tag(field)));
      } else if (auto change = once_ ? written_once(device, field) : any_change(device, kind, field, now)) {
        made.push_back(std::move(*change));
      }
    }
    return made;
  }

  std::optional<FieldChange> any_change(int device, OpKind kind, FieldIndex field, const State& now) {
    Value value = any_value(field);
    note_written(field, value);
    if (kind == OpKind::create) return change(field, Value{}, std::move(value));
    switch (choices_.below(6)) {
      case 0:
        return change(field, make_base(value_in(now, field)), std::move(value));
      case 1:
        return change(field, make_base(value_in(initial_, field)), std::move(value));
      case 2:
        return change(field, make_base(own_value(device, field)), std::move(value));
      case 3:
        return change(field, unknown, std::move(value));
      case 4:
        return change(field, Value{}, std::move(value));
      default:
        return change(field, make_base(any_value(field)), std::move(value));
    }
  }

  Value any_value(FieldIndex field) {
    static const std::array<Value, 4> words = {text("d"), text("a"), text("b"), text("c")};
    switch (choices_.below(8)) {
      case 0:
        return Value{};
      case 1:
        return is_picklist(field) ? text("g") : Value{std::string(100, 'x')};  // its base travels as a hash
      default:
        return choices_.pick(words);
    }
  }

  // A value nobody wrote, made from the device's own or the first one. Nothing when there is none left.
  std::optional<FieldChange> written_once(int device, FieldIndex field) {
    Value value;
    if (is_picklist(field)) {
      if (left_.empty() || field != use) return std::nullopt;
      const std::size_t at = choices_.below(left_.size());
      value = std::string(1, left_[at]);
      left_.erase(at, 1);
    } else {
      value = "value " + std::to_string(next_value_++);
    }
    note_written(field, value);
    const Base base = make_base(choices_.coin() ? own_value(device, field) : text("d"));
    return change(field, base, std::move(value));
  }

  // What the device wrote last, or stood at first.
  Value own_value(int device, FieldIndex field) const {
    const auto& script = scripts_[static_cast<std::size_t>(device)];
    for (auto step = script.rbegin(); step != script.rend(); ++step)
      for (const FieldChange& made : step->arrived.op.changes)
        if (made.field == field) return made.value;
    return value_in(initial_, field);
  }

  void note_written(FieldIndex field, const Value& value) {
    if (const auto* word = std::get_if<std::string>(&value); word && field == use) written_.insert(*word);
  }

  // --- how it arrives ---

  Order shuffled() {
    Order order = order_;
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[mixed() % i]);
    return order;
  }

  State arrive_in(const Order& order) {
    std::array<std::size_t, devices> next{};
    State now = initial_;
    for (const int device : order) {
      auto& at = next[static_cast<std::size_t>(device)];
      now = arrive(now, scripts_[static_cast<std::size_t>(device)][at++]);
    }
    return now;
  }

  State arrive(const State& before, const Step& step) {
    const StoredRecord* stored = before.stored ? &*before.stored : nullptr;
    const bool joins = !once_ && mixed() % 4 == 0;
    const auto join = [joins](std::uint8_t unit) { return joins && unit != use; };
    MergeOutcome outcome = apply(stored, step.arrived, join);
    fuzz::require(outcome == apply(stored, step.arrived, join), "law 1: one outcome");
    if (outcome.joined.empty()) {
      fuzz::require(nothing_vanished(before, step, outcome), "law 2: nothing vanishes");
      fuzz::require(idempotent(step, outcome), "law 3: again changes nothing");
    }
    check_outcome(before, outcome);
    State after{std::nullopt, 0};
    if (stored != nullptr || outcome.created) after.stored = std::move(outcome.next);
    return after;
  }

  // Knuth's linear congruential generator: what comes of it needs no bytes of the input.
  std::uint64_t mixed() {
    mix_ = mix_ * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return mix_ >> 33;
  }

  // --- what must hold ---

  static void check_outcome(const State& before, const MergeOutcome& outcome) {
    const auto& fields = outcome.next.record.fields;
    fuzz::require(fields.size() == things().fields.size(), "a record has every field");
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const bool differs = fields[i] != value_in(before, static_cast<FieldIndex>(i));
      fuzz::require(differs == ((outcome.changed >> i & 1) != 0), "what changed is told, and nothing else");
    }
    for (const LosingValue& losing : outcome.losing_values) {
      const std::size_t wide = losing.about_deletion ? 0 : things().units[losing.unit].fields.size();
      fuzz::require(losing.value.size() == wide && losing.winner.size() == wide && losing.base.size() == wide,
                    "a losing has every field of its unit");
    }
    const bool both = outcome.next.record.deleted && outcome.next.record.deletion_asked;
    fuzz::require(!both, "what is deleted is not asked about");
    check_meta(outcome.next.meta);
  }

  static void check_meta(const RecordMeta& meta) {
    const auto again = decode_meta(encode_meta(meta));
    fuzz::require(again.has_value() && *again == meta, "what is remembered survives the store");
    std::array<std::size_t, 64> of_unit{};
    for (const Stamp& stamp : meta.stamps) ++of_unit[stamp.unit];
    for (const std::size_t count : of_unit) fuzz::require(count <= stamps_per_unit, "little is remembered");
  }

  bool seen_and_changed(const Value& value) const {
    for (const auto& script : scripts_)
      for (const Step& step : script)
        for (const FieldChange& made : step.arrived.op.changes)
          if (made.field == use && base_matches(made.base, value)) return true;
    return false;
  }

  // Law 6. A value that joined a conflict was not written.
  void check_strictness(const State& end) const {
    for (const std::string& word : written_) {
      if (seen_and_changed(word)) continue;
      const auto* stands = std::get_if<std::string>(&value_in(end, use));
      const bool ever = word != "d" || !is_null(value_in(initial_, use));
      fuzz::require(!ever || (stands != nullptr && *stands >= word), "law 6: not looser than what nobody has changed");
    }
  }

  fuzz::Choices& choices_;
  const bool once_;
  State initial_;
  std::array<Script, devices> scripts_;
  Order order_;
  State first_end_;
  bool deletes_ = false;
  std::set<std::string> written_;  // to the unit of policy `strictest`
  std::string left_ = "abcefg";    // letters nobody has written there yet
  int next_value_ = 1;
  std::uint64_t mix_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices(data, size);
  History(choices).check();
  return 0;
}
