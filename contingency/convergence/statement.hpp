// What a hub states when an outage is over: of every workstation what it issued, what came here and what became of it,
// and whether its copy equals the ledger. It says itself what it does not prove. Values, their judgement and their
// JSON; pure.
//
// Each number of a workstation's outbox that the hub received has one latest verdict, so the verdicts of a workstation
// add up to what was received; what it told to have issued and is not received is missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/base/id.hpp"
#include "sync/base/result.hpp"

namespace holdline::contingency {

// What became of what one workstation sent; of each action the latest verdict.
struct Verdicts {
  std::uint64_t applied = 0, merged = 0, conflict = 0, quarantined = 0, waiting = 0, discarded = 0;
  std::uint64_t all() const { return applied + merged + conflict + quarantined + waiting + discarded; }
  bool operator==(const Verdicts&) const = default;
};

struct WorkstationTally {
  sync::Id device;
  std::string name;
  std::vector<std::string> scopes;
  bool revoked = false;
  std::int64_t told_ms = 0;               // when it told of itself last, by the hub's clock; 0: never
  std::optional<std::uint64_t> issued;    // as it told then; nothing: it never told
  std::uint64_t received = 0;             // of the outbox that `issued` counts
  std::uint64_t received_before = 0;      // of outboxes it had earlier
  Verdicts verdicts;                      // of all that was received
  std::optional<std::uint64_t> equal_at;  // the change number at which its copy equalled the ledger last
  std::uint64_t missing() const { return issued && *issued > received ? *issued - received : 0; }
  bool operator==(const WorkstationTally&) const = default;
};

struct ScopeDigest {
  std::string scope;
  std::string digest;  // SHA-256 over the roots of its digests in their order, hex
  bool operator==(const ScopeDigest&) const = default;
};

// A person answers for what the statement does not prove.
struct Signed {
  std::string by, reason;
  bool operator==(const Signed&) const = default;
};

// What was taken in drills that are over: it is among what was received, and nobody has to decide on it.
struct Practised {
  std::uint64_t drills = 0, taken = 0;
  std::uint64_t open_conflicts = 0;  // about it
  bool operator==(const Practised&) const = default;
};

struct ConvergenceStatement {
  sync::Id hub, epoch;
  std::string about;                   // the outage, in words; may be empty
  std::int64_t made_ms = 0;            // by the hub's clock
  std::int64_t heard_after_ms = 0;     // who told last before this may hold more than is known here
  std::uint64_t change = 0;            // the ledger's head
  std::uint64_t open_conflicts = 0;    // without those about practice
  std::optional<Practised> practised;  // nothing: no drill was ever held
  std::vector<ScopeDigest> scopes;
  std::vector<WorkstationTally> workstations;
  std::optional<Signed> accepted;
  bool operator==(const ConvergenceStatement&) const = default;
};

inline constexpr std::size_t statement_bytes = 16 * 1024 * 1024;

// What it does not prove, a sentence each, naming the workstation. Empty: everything that was issued is here and has
// one verdict that nobody has to decide on, and every copy equals the ledger.
std::vector<std::string> open_points(const ConvergenceStatement& statement);

// Indented, members in the order of their names, ending in a line end: the bytes that are signed.
std::string encode_json(const ConvergenceStatement& statement);
// ask_person "malformed-statement": a member is missing, of another form, or the points it lists are not those that
// follow from its figures.
Result<ConvergenceStatement> decode_statement(std::string_view json);

}  // namespace holdline::contingency
