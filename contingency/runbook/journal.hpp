// The record of a run that every desk has: events that only ever get more, so that those of two stations without
// contact merge, and the run is read from them the same way everywhere. A station that holds a run (a claim) tells how
// each of its actions stands and which wishes it has taken in; people ask. The highest claim holds the run. It goes on
// from what it knew of the claim before (its lineage); what that one told afterwards counts only as a warning: it may
// have had effects that have to be undone as well. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "contingency/runbook/runbook.hpp"
#include "sync/action/record_fields.hpp"

namespace holdline::contingency {

// Who holds a run; of two the higher one does. Station and device decide only between two that claimed at once.
struct RunClaim {
  std::uint64_t fence = 0;
  std::string station;
  sync::Id device;
  auto operator<=>(const RunClaim&) const = default;
};

inline constexpr std::size_t plan_hash_digits = 16;

// What holds for the whole run.
struct RunHead {
  std::uint32_t plan_version = 0;
  std::string plan_hash = {};  // the beginning of the hash of its text
  std::string scenario = {};
  bool drill = false, confirmed = true, entered = false, exiting = false;
  // The phase of the declared incident that was followed last; nothing: of none, somebody only started the run.
  std::optional<IncidentPhase> followed = {};
  std::optional<RunClaim> from = {};  // the claim that this one goes on from, and
  std::uint64_t from_number = 0;      // the last of its tellings that was known
  bool operator==(const RunHead&) const = default;
};

// A wish was taken in; with a code: refused, and why.
struct Heard {
  sync::Id wish;
  std::string code, text;
};

// What a station says of a run that it holds.
struct Telling {
  RunClaim claim;
  std::uint64_t number = 0;  // of this claim, from 1; the first is a head
  std::variant<RunHead, ActionRun, Heard> what;
};

enum class WishKind : std::uint8_t { enter, exit, confirm, approve, tick, skip, want, undo, except, take_over };

// What a person asks of a run. Its reason stands in the signature.
struct Wish {
  WishKind kind = WishKind::enter;
  std::string action = {};    // enter, exit, confirm, take_over: none; undo: none is everything that is left
  std::string station = {};   // take_over: who shall
  std::string scenario = {};  // enter
  bool drill = false;         // enter: practice
  bool confirmed = true;      // enter: a person stands behind it
  Signature by = {};
};

struct JournalEntry {
  sync::Id id;
  std::int64_t at_ms = 0;  // by the clock of the desk it was made at
  std::variant<Telling, Wish> what;
};

struct AskedOf {
  sync::Id id;
  Wish wish;
};
struct RefusedWish {
  Wish wish;
  std::string code, text;
};

// A run as its events say.
struct Journal {
  sync::Id run;
  std::optional<RunClaim> holder;  // nothing: no station has taken it yet
  RunHead head;
  std::map<std::string, ActionRun> actions;      // those told of; the others have not begun
  std::int64_t told_ms = 0;                      // when the holder said something last, by its clock
  std::uint64_t number = 0;                      // of the holder's last telling
  std::vector<AskedOf> unheard;                  // oldest first
  std::optional<sync::Id> latest_takeover;       // of the wishes to take over; those before count no more
  std::vector<RefusedWish> refused;              // oldest first
  std::vector<event::BegunElsewhere> elsewhere;  // by other claims, and not by the holder
  std::optional<Wish> entered;                   // who wanted it first
  std::int64_t begun_ms = 0;                     // the first event
};

// `now_ms`: wall time; what is left of a wait is counted from when it was told. The order of the events does not
// matter.
Journal read_journal(const sync::Id& run, std::span<const JournalEntry> entries, std::int64_t now_ms);

// What a runbook goes on with: the actions of the plan in its order.
RunRecord record_of(const Journal& journal, const Plan& plan);
// Nothing is under way, asked or left to be undone, and systems are back.
bool is_over(const Journal& journal, const Plan& plan);
// For a wish of any kind but take_over.
RunEvent event_of(const Wish& wish);

// An event as the fields of a record.
struct JournalRecord {
  std::string kind, action;
  std::uint64_t fence = 0, number = 0;
  std::string station, device, detail, output, about, reason, person, role;
};
JournalRecord to_record(const JournalEntry& entry);
// Nothing: it is malformed, or of a kind that a later version knows.
std::optional<std::variant<Telling, Wish>> read_record(const JournalRecord& record, std::int64_t at_ms);

// Of a record of collection runbook_event. Nothing: as read_record.
std::optional<JournalEntry> entry_of(const sync::Collection& events, const sync::Record& record);

// Roles as sign-ins have them.
std::string_view role_of(Who who);
Who who_of(std::string_view role);
std::string_view name_of(WishKind kind);
std::optional<WishKind> wish_named(std::string_view name);

}  // namespace holdline::contingency
