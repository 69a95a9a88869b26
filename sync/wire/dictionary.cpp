#include "sync/wire/dictionary.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

// For training with parameters that are chosen already, which zstd calls experimental: any dictionary is as valid.
#define ZDICT_STATIC_LINKING_ONLY
#include <zdict.h>

#include "sync/wire/batch.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t dictionary_bytes = 112'640;
// Batches of one are what an urgent lane sends; of ten, what a moment offline leaves behind.
constexpr std::size_t rounds = 250;
constexpr std::size_t small_batch = 10;

// Words that people in a contact centre type. Generic on purpose: nothing here is about anybody.
constexpr auto words = std::to_array<std::string_view>({
    "customer",  "called",    "about",     "the",      "invoice",   "asked",        "for",        "a",
    "callback",  "on",        "Monday",    "Tuesday",  "Wednesday", "Thursday",     "Friday",     "before",
    "after",     "noon",      "morning",   "evening",  "contract",  "renewal",      "wants",      "to",
    "change",    "address",   "phone",     "number",   "email",     "is",           "not",        "reachable",
    "left",      "voicemail", "complaint", "delivery", "missing",   "late",         "order",      "payment",
    "promised",  "by",        "please",    "send",     "written",   "confirmation", "technician", "appointment",
    "moved",     "cancelled", "escalate",  "second",   "level",     "reference",    "ticket",     "line",
    "outage",    "slow",      "password",  "reset",    "name",      "spelling",     "corrected",  "new",
    "old",       "account",   "and",       "with",     "was",       "friendly",     "annoyed",    "prefers",
    "speaks",    "will",      "we",        "have",     "check",     "again",        "until",      "next",
    "week",      "today",     "tomorrow",  "amount",   "credit",    "refund",       "double",     "charge",
    "tariff",    "upgrade",   "discount",  "meter",    "reading",   "form",         "signed",     "received",
    "regarding", "problem",   "solved",    "open",     "question",  "information",
});

constexpr auto phone_heads =
    std::to_array<std::string_view>({"+44", "+4420", "+4915", "+4930", "+4366", "+4179", "+331"});

// SplitMix64 (Steele, Lea and Flood, 2014): a fixed sequence, so that everyone trains the same dictionary.
class Draws {
 public:
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(list.size())];
  }
  Id id(std::int64_t ms) {
    Origin origin;
    origin.number = next();
    origin.wall_ms = ms;
    return derive_id(origin, 0);
  }

 private:
  std::uint64_t state_ = 1;
};

// Makes up actions of every collection that people write.
class Samples {
 public:
  explicit Samples(const Schema& schema) : schema_(schema) {
    for (const Collection& collection : schema.collections())
      if (!collection.built_in) collections_.push_back(&collection);
    for (std::size_t round = 0; round < rounds; ++round)
      for (const Collection* collection : collections_) {
        add(*collection, 1);
        if (round % small_batch == 0) add(*collection, small_batch);
      }
  }
  const Bytes& bytes() const { return bytes_; }
  const std::vector<std::size_t>& sizes() const { return sizes_; }

 private:
  // One batch up and, of the same records, one down.
  void add(const Collection& collection, std::size_t count) {
    const Maker maker{draws_.id(now_ms), draws_.id(now_ms)};
    ActionBatch batch{maker, collection.lane, {}, {}};
    std::vector<Change> changes;
    const std::size_t first = 1 + draws_.below(5'000);
    header_.made = {now_ms, draws_.id(now_ms), static_cast<std::int64_t>(draws_.below(40'000'000))};
    for (std::size_t i = 0; i < count; ++i) {
      const Action action = make_action(collection, maker, first + i);
      if (auto stored = store_action(schema_, maker, action, Hash{})) batch.actions.push_back(*std::move(stored));
      changes.push_back(make_change(collection, maker, action));
    }
    keep(encode_actions(batch));
    keep(encode_changes(schema_, changes));
  }

  void keep(const Bytes& sample) {
    bytes_ += sample;
    sizes_.push_back(sample.size());
  }

  Action make_action(const Collection& collection, const Maker& maker, std::uint64_t number) {
    const auto waited = static_cast<std::int64_t>(draws_.below(600'000));
    header_.lane = collection.lane;
    header_.number = number;
    header_.schema = schema_.version();
    header_.made.wall_ms += waited;
    header_.made.boot_ms += waited;
    header_.event_ms = header_.hybrid.ms = header_.made.wall_ms;
    header_.person = draws_.id(header_.made.wall_ms);
    header_.assertion = static_cast<std::uint32_t>(1 + draws_.below(9));
    Action action{header_, {}};
    Op& op = action.ops.emplace_back();
    op.kind = draws_.chance(3) ? OpKind::edit : OpKind::create;
    const bool creates = op.kind == OpKind::create;
    op.record = {collection.no, creates ? created_id(origin_of(maker, action), 0) : draws_.id(now_ms)};
    op.scope = "main/site/team";
    op.seen = creates ? 0 : draws_.below(1'000'000);
    const std::size_t edited = draws_.below(collection.fields.size());
    for (FieldIndex f = 0; f < collection.fields.size(); ++f)
      if (creates ? is_filled_in(collection, f) : f == edited)
        op.changes.push_back(make_change(collection.fields[f], f, creates));
    return action;
  }

  // Most numbers are typed as they are stored, and have no extension.
  bool is_filled_in(const Collection& collection, FieldIndex index) {
    const bool beside = std::ranges::any_of(
        collection.fields, [&](const Field& phone) { return phone.as_typed == index || phone.extension == index; });
    return collection.fields[index].required || (beside ? draws_.chance(10) : !draws_.chance(3));
  }

  FieldChange make_change(const Field& field, FieldIndex index, bool creates) {
    FieldChange change;
    change.field = index;
    if (field.type == FieldType::set || field.type == FieldType::list) {
      change.adds = {phrase(field.max_length)};
      return change;
    }
    if (!creates) change.base = make_base(make_value(field));
    change.value = make_value(field);
    return change;
  }

  Change make_change(const Collection& collection, const Maker& maker, const Action& action) {
    const Op& op = action.ops.front();
    Change change;
    change.cn = 1 + draws_.below(1'000'000);
    change.record.key = op.record;
    change.record.scope = op.scope;
    overlay(collection, origin_of(maker, action), 0, op, change.record);
    for (const FieldChange& field : op.changes) change.mask |= FieldMask{1} << field.field;
    return change;
  }

  Value make_value(const Field& field) {
    switch (field.type) {
      case FieldType::integer:
        return static_cast<std::int64_t>(draws_.below(1'000));
      case FieldType::boolean:
        return draws_.chance(2);
      case FieldType::time:
        return now_ms + static_cast<std::int64_t>(draws_.below(1'000'000'000));
      case FieldType::reference:
        return draws_.id(now_ms);
      case FieldType::picklist:
        return field.options.empty() ? std::string() : draws_.pick(field.options);
      case FieldType::phone:
        return phone();
      case FieldType::email:
        return std::string(draws_.pick(words)) + "@example.com";
      case FieldType::text:
      case FieldType::set:
      case FieldType::list:
        break;
    }
    return field.search == SearchKind::phone ? phone() : phrase(field.max_length);
  }

  std::string phone() {
    return std::string(draws_.pick(phone_heads)) + std::to_string(10'000'000 + draws_.below(90'000'000));
  }

  // A note where there is room for one, else a word or two.
  std::string phrase(std::size_t max_length) {
    std::string text(draws_.pick(words));
    const std::size_t length = max_length >= 500 ? 40 + draws_.below(120) : draws_.below(max_length / 4 + 1);
    while (text.size() < length) text.append(" ").append(draws_.pick(words));
    return text;
  }

  static constexpr std::int64_t now_ms = 1'763'700'000'000;
  const Schema& schema_;
  std::vector<const Collection*> collections_;
  Draws draws_;
  ActionHeader header_;
  Bytes bytes_;
  std::vector<std::size_t> sizes_;
};

}  // namespace

Bytes train_dictionary(const Schema& schema) {
  const Samples samples(schema);
  Bytes dictionary(dictionary_bytes, '\0');
  // What zstd's own search of these arrives at, four trainings later.
  ZDICT_fastCover_params_t parameters{};
  parameters.k = 537;
  parameters.d = 8;
  parameters.f = 20;
  parameters.accel = 1;
  parameters.zParams.compressionLevel = ZSTD_CLEVEL_DEFAULT;
  const std::size_t size = ZDICT_trainFromBuffer_fastCover(
      dictionary.data(), dictionary.size(), samples.bytes().data(), samples.sizes().data(),
      static_cast<unsigned>(samples.sizes().size()), parameters);
  if (ZDICT_isError(size)) throw std::runtime_error(std::string("zstd: ") + ZDICT_getErrorName(size));
  dictionary.resize(size);
  return dictionary;
}

}  // namespace holdline::sync
