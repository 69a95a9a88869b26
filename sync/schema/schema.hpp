// The schema as data: collections, fields and what holds for each. Parsed once from schema.toml by the hub, handed
// versioned to every agent; tables, validation, forms, search and the wire codec all follow it. Immutable after
// parsing, so it may be shared between threads.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/base/hash.hpp"
#include "sync/base/id.hpp"
#include "sync/base/result.hpp"

namespace holdline::sync {

enum class FieldType : std::uint8_t { text, integer, boolean, time, picklist, phone, email, reference, set, list };

// Who decides when a field's current value is neither the base nor the new value (design of the merge: LAWS.md).
enum class MergePolicy : std::uint8_t {
  review,      // current stays, the other value opens a conflict for a person
  latest,      // the later effective time wins
  central,     // what the central database last said stays
  transition,  // the state table says whether current -> new is a legal step
  strictest,   // the stricter of the two by the declared order
  unite,       // set: adds and removes, always applied
  append,      // list: always applied
};

enum class SearchKind : std::uint8_t {
  none,
  name,
  phone,
  reference,
  place,  // where somebody lives: found by postcode and house number, alone or beside a name
};
enum class Replication : std::uint8_t { full, masked, never };
// What a text stands for, beyond being one.
enum class TextFormat : std::uint8_t {
  none,
  country,    // ISO 3166-1, two capital letters
  time_zone,  // a name of the time zone database, "Europe/London"
  reference,  // what is read out to a caller (sync/reference/reference.hpp)
};

// What the desk itself puts into a field of a new record that nobody gave.
enum class Filling : std::uint8_t {
  none,
  person,        // text: the sign-in name of who saved it
  workstation,   // text: the name of the workstation
  event_time,    // time: when it happened
  first_option,  // picklist: the first one, where everything begins
  reference,     // text of format reference: the next of this workstation's numbers; the hub fills in what has none
  form_version,  // integer: the version of the form that it was taken down with
  incident,      // text: the name of the incident that was in force there
  drill,         // boolean: that was for practice; not given otherwise
};
// What is given when it is saved, and neither typed nor changed by people.
constexpr bool is_given_by_desk(Filling filling) {
  return filling == Filling::reference || filling == Filling::incident || filling == Filling::drill;
}

using CollectionNo = std::uint16_t;  // stable number of a collection, from the file
using FieldIndex = std::uint8_t;     // position in Collection::fields, 0..63

struct Field {
  std::string name;      // snake_case, unique in its collection
  std::uint16_t no = 0;  // stable number, from the file; fields are ascending by it
  FieldType type = FieldType::text;
  std::string label;  // for forms; defaults to the name in words
  bool required = false;
  bool read_only = false;  // set by the hub only; an op that changes it is refused
  // Not asked for any more. What stands in it, and what still comes in it from forms and workstations of the version
  // before, is kept and shown.
  bool retired = false;
  std::size_t max_length = 0;                    // text, set and list elements: characters as people count them
  std::size_t max_bytes = 0;                     // what of it can be kept, in bytes of UTF-8; follows from max_length
  std::optional<std::int64_t> minimum, maximum;  // integer, time
  std::vector<std::string> options;              // picklist, set; for `strictest` in ascending strictness
  std::map<std::string, std::vector<std::string>> transitions;  // `transition`: state -> allowed next states
  CollectionNo target = 0;               // reference: which collection; 0: any (built-in ones only)
  TextFormat format = TextFormat::none;  // text
  // A text that is a number of somebody's own (a loyalty card) and may look like a payment card's: a person can say so.
  bool may_look_like_card = false;
  // text of a root record: two records of one scope with the same value are a conflict "duplicate", and both stay.
  bool unique = false;
  std::optional<FieldIndex> as_typed, extension;  // phone: text fields that keep how it was typed, and its extension
  std::optional<FieldIndex> spelling_of;          // text: the phone field whose spelling it keeps
  // time: the text field with the time zone that a time without one is typed in, and that the calling hours are of
  std::optional<FieldIndex> zone;
  SearchKind search = SearchKind::none;
  Filling filled_with = Filling::none;
  MergePolicy policy = MergePolicy::review;
  std::string merge_group;      // empty: merges alone
  std::uint8_t visibility = 0;  // visibility group 0..7
  Replication replication = Replication::full;
  bool sensitive = false;            // never in exports and lists by default
  std::uint32_t retention_days = 0;  // 0: kept with the record
  std::uint32_t form_position = 0;   // 0: not on the form
  std::vector<std::string> columns;  // what tables of others call it, see columns.hpp
};

// Fields that merge as one value, with one policy: a merge group, or a single field.
struct MergeUnit {
  std::string name;  // group or field name
  MergePolicy policy = MergePolicy::review;
  std::vector<FieldIndex> fields;  // ascending
};

// What a picklist or yes-or-no field says: one of these options, or "yes" or "no".
struct Condition {
  FieldIndex field = 0;
  std::vector<std::string> is;
  bool operator==(const Condition&) const = default;
};

// What must hold between the fields of a record. It binds whoever makes or changes a record under this schema; records
// that are there already, and what merging makes of two people's changes, stay as they are.
struct Rule {
  enum class Kind : std::uint8_t {
    any_of,       // at least one of the fields has a value
    ascending,    // two times or numbers: the first is less than the second, where both are given
    after_event,  // the first of these times that is given lies after what it was promised in; asked of what is typed,
                  // and of new records
    refused,      // never, where `when` holds: its fields are those of the condition
  };
  std::string name;  // snake_case; with dashes it is the code of the finding
  Kind kind = Kind::any_of;
  std::vector<FieldIndex> fields;
  std::vector<Condition> when;  // asked only where all of these hold; empty: always
  std::string text;             // what to do, for the person at the form
};

// How long records of a collection are kept, from when on, and what becomes of them then.
struct Retention {
  std::uint32_t days = 0;  // 0: not said
  std::string after;       // created | last_contact | closed | withdrawn | ended
  bool anonymise = false;  // else deleted
  bool operator==(const Retention&) const = default;
};

struct Collection {
  std::string name;
  CollectionNo no = 0;
  std::string label;
  // For the register of processing: what the data are for, on which ground of Article 6, and for how long. Text of a
  // person's decision; nothing here acts on it.
  std::string purpose, basis;
  Retention retention;
  Lane lane = 3;
  bool built_in = false;                  // conflict: made by the hub only
  std::optional<FieldIndex> parent;       // child collection: the reference field to its root
  std::optional<FieldIndex> natural_key;  // the id derives from this field, and the parent when there is one
  // Lists go by this time, newest first. The hub sets it when a record is made, by its own clock: one workstation whose
  // clock is wrong cannot put what it saves before or behind everything.
  std::optional<FieldIndex> sort_by;
  // A reference to another record of the same collection: who has a value here was merged into that one, and stays as
  // its alias (see sync/action/merged.hpp).
  std::optional<FieldIndex> merged_into;
  std::optional<FieldIndex> reference;  // what is read out to a caller, unlike every other one; see Filling
  std::optional<FieldIndex> form;       // picklist: which form template it was taken down with
  bool append_only = false;             // nothing in it is changed or removed by people: what is wrong is said anew
  bool folded_key = false;              // without regard to the case of A to Z
  std::vector<Rule> rules;              // ascending by name
  std::vector<Field> fields;            // ascending by no, at most 64
  std::vector<MergeUnit> units;         // every field is in exactly one
  std::vector<std::uint8_t> unit_of;    // field index -> unit index

  std::optional<FieldIndex> field(std::string_view field_name) const;
  std::optional<FieldIndex> field_by_no(std::uint16_t no) const;
};

// A form with a name of its own: some fields of a collection in an order, what has to be given, and what is said to the
// caller first.
struct FormTemplate {
  // Said before anything is typed further, as soon as `when` holds: "this is an emergency: tell them to ring 112".
  struct Stop {
    std::string name;
    std::vector<Condition> when;  // empty: at once
    std::string text, call;       // what to say or do; the number to give, if any
  };
  std::string name, label;
  CollectionNo collection = 0;
  std::uint32_t version = 0;             // of the form, counted by whoever approves it
  std::string approved_by, approved_on;  // who answers for its wording, and since when (2026-11-28)
  std::vector<FieldIndex> fields;        // in the order of the form
  std::vector<FieldIndex> required;      // beside those that the collection requires; kept by rules of the collection
  std::vector<std::pair<FieldIndex, std::string>> sets;  // options that follow from the form
  std::vector<Stop> stops;
};

// When people of a place may be called, from a day on.
struct CallingHours {
  static constexpr std::size_t days = 7;
  struct Span {
    std::int32_t from = 0, until = 0;  // minutes of the day, local time of who is called; the same: not at all
    bool operator==(const Span&) const = default;
  };
  std::string name;
  std::vector<std::string> countries;  // ISO 3166; empty: where no others are for
  std::int32_t from_day = 0;           // days since 1970-01-01
  std::array<Span, days> on{};         // Monday first
  std::string source;                  // the rule it comes from
};

// What a person at a desk does or says in a case, to be read there with the centre away.
struct Guide {
  std::string name, title;
  std::string text;                // lines; one that begins with "- " is a step of a list
  std::vector<std::string> forms;  // collections whose forms lead to it; empty: found in the list of guides alone
  std::vector<std::string> kinds;  // options of their field `kind` that it is for; empty: all
};

class Schema {
 public:
  // The syntax is explained in schema.toml. Errors: ask_person "invalid-schema"; the message has a line
  // "line L: key: text" for every error of the text (for the first alone when the text is not valid TOML).
  static Result<Schema> parse(std::string_view toml);

  std::uint32_t version() const { return version_; }  // from the file; a changed schema has a higher one
  const Hash& hash() const { return hash_; }          // SHA-256 of the text
  const std::string& text() const { return text_; }
  std::span<const Collection> collections() const { return collections_; }
  // Null when there is none. The pointer lives as long as the schema.
  const Collection* collection(std::string_view name) const;
  const Collection* collection(CollectionNo no) const;
  std::span<const FormTemplate> forms() const { return forms_; }  // ascending by name
  const FormTemplate* form(std::string_view name) const;
  // The hours for calling in a country on a day; null: none are known.
  const CallingHours* calling_hours(std::string_view country, std::int32_t day) const;
  std::span<const CallingHours> all_calling_hours() const { return calling_hours_; }
  std::span<const Guide> guides() const { return guides_; }  // ascending by name

 private:
  std::uint32_t version_ = 0;
  Hash hash_;
  std::string text_;
  std::vector<Collection> collections_;  // ascending by no
  std::vector<FormTemplate> forms_;
  std::vector<CallingHours> calling_hours_;  // ascending by name
  std::vector<Guide> guides_;
};

// The field of the conflict collection that keeps `part` (base, current, other, current_raw, other_raw) of the values
// of a field like `of`: a losing value is seen by whom the field is seen by. Values that workstations get masked or
// never stay at the hub. Schemas do not declare these fields; they follow from the visibility groups that are in use.
std::string conflict_value_field(std::string_view part, const Field& of);

// The schema this build ships (schema.toml in this folder).
std::string_view default_schema_text();

// What a trade adds to it: fields, forms and rules, a text to be put behind that of the schema (packs/NAME.toml).
struct SchemaPack {
  std::string_view name, text;
};
std::span<const SchemaPack> schema_packs();

}  // namespace holdline::sync
