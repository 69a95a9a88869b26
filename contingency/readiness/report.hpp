// What a workstation tells the hub of itself, so that supervisors and IT see which desks could work by hand before they
// have to, and what the hub tells of all of them. No customer data. Values and their JSON; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contingency/readiness/readiness.hpp"
#include "sync/base/id.hpp"
#include "sync/base/result.hpp"

namespace holdline::contingency {

inline constexpr std::size_t seat_bytes = 40;  // each part of it
inline constexpr std::size_t actions_bytes = 300;
inline constexpr std::size_t report_bytes = 4 * 1024;
inline constexpr std::size_t fleet_bytes = 8 * 1024 * 1024;
inline constexpr std::size_t fleet_most = 10'000;  // workstations of one answer

// Where it stands, for whoever walks there.
struct Seat {
  std::string site, row, seat;
  auto operator<=>(const Seat&) const = default;
};

struct WorkstationReport {
  Seat seat;
  std::int64_t copy_as_of_ms = 0;      // of its customer data, by the hub's clock; 0: it has none
  std::uint64_t waiting = 0;           // saved there and not at the hub
  std::int64_t oldest_waiting_ms = 0;  // age of the oldest of them
  std::uint64_t needs_attention = 0;   // refused, and nobody has decided
  std::int64_t disk_free_bytes = 0;
  std::int64_t clock_off_ms = 0;  // hub minus its own
  bool unlocks_offline = false;
  bool store_sound = true;
  // Of its outbox: which one it is, and how many actions it has numbered. Nothing: an earlier program told this.
  std::optional<sync::Id> outbox;
  std::uint64_t issued = 0;
  // The change number at which its copy was compared with the ledger last, and equal.
  std::optional<std::uint64_t> equal_at;
  // Of what a site may do without: nothing where this workstation cannot tell.
  std::optional<bool> prints;
  std::optional<std::int64_t> form_numbers;
  std::optional<std::int64_t> templates;
  std::optional<std::uint32_t> plan_version;
  std::optional<std::string> actions_not_runnable;  // at most actions_bytes
  bool operator==(const WorkstationReport&) const = default;
};

struct WorkstationState {
  sync::Id device;
  std::string name;
  std::vector<std::string> scopes;
  bool revoked = false;
  std::int64_t heard_ms = 0;     // of the latest request, by the hub's clock; 0: of none that it knows of
  std::int64_t reported_ms = 0;  // of `report`
  std::optional<WorkstationReport> report;
  bool operator==(const WorkstationState&) const = default;
};

struct Fleet {
  std::int64_t hub_wall_ms = 0;  // when this was so
  std::vector<WorkstationState> workstations;
  bool operator==(const Fleet&) const = default;
};

std::string encode_json(const WorkstationReport& report);
std::string encode_json(const Fleet& fleet);
// ask_person "malformed-report", "malformed-fleet": a member is missing, of another form, too long or too many.
Result<WorkstationReport> decode_report(std::string_view json);
Result<Fleet> decode_fleet(std::string_view json);

// As the hub knows it at `hub_now_ms`; of one that is silent, what it told last.
ReadinessFacts facts_of(const WorkstationState& state, std::int64_t hub_now_ms);

}  // namespace holdline::contingency
