// Whether workstations could work by hand now, and if not, why not and what to do: before anything happens, and as the
// score of a drill. What is not known counts as not ready. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace holdline::contingency {

// As the workstation reported it, or as the hub knows it. Nothing: not known.
struct ReadinessFacts {
  std::string desk;
  std::optional<std::int64_t> silent_ms;     // since the hub heard of it
  std::optional<std::int64_t> copy_age_ms;   // of its customer data
  std::optional<bool> locked;                // the lease ended, or it was revoked
  std::optional<bool> unlocks_offline;       // somebody of its roster has signed in with no hub, lately enough
  std::optional<bool> prints;                // the pages that were asked for last were drawn, or not
  std::optional<std::int64_t> form_numbers;  // of its blocks that are left
  std::optional<std::int64_t> templates;     // forms that can be printed
  std::optional<std::uint32_t> plan_version;
  // Of a workstation that performs the plan: what cannot be performed at it, in words; empty: everything can.
  std::optional<std::string> actions_not_runnable;
  std::optional<std::int64_t> disk_free_bytes;
  std::optional<std::int64_t> clock_off_ms;
  std::optional<std::size_t> entries_stuck;  // need attention, or wait although the hub answers
  std::optional<bool> store_sound;           // the last integrity check
};

struct ReadinessOptions {
  std::int64_t silent_ms = 24LL * 3'600'000;   // switched off overnight is no failure
  std::int64_t copy_age_ms = 4LL * 3'600'000;  // since it was last heard of, if it is silent
  std::int64_t form_numbers = 20;
  std::uint32_t plan_version = 1;  // the newest
  std::int64_t disk_free_bytes = 1LL << 30;
  std::int64_t clock_off_ms = 60'000;
  // What a site may do without; false: its checks are left out.
  bool uses_paper = true, uses_plan = true;
  bool has_printed = false;  // every workstation has to have printed; else only one that could not is not ready
};

struct ReadinessCheck {
  std::string id;  // kebab-case, stable: "fresh", "unlock", …
  bool passed = false;
  bool known = true;
  std::uint32_t weight = 1;
  std::string why;     // for a person; empty when passed
  std::string remedy;  // what to do
};

struct DeskReadiness {
  std::string desk;
  std::uint32_t score = 0;  // 0 to 100: the weight of what passed
  bool ready = false;       // every check passed
  std::vector<ReadinessCheck> checks;
};

struct SiteReadiness {
  std::size_t ready = 0, all = 0;
  std::uint32_t score = 0;               // mean of the desks
  std::vector<DeskReadiness> not_ready;  // the lowest score first
  std::string summary;                   // "571 of 600 ready; 29 are not: 21 fresh, 5 print, 3 disk"
};

DeskReadiness readiness(const ReadinessFacts& facts, const ReadinessOptions& options);
SiteReadiness site_readiness(std::span<const ReadinessFacts> desks, const ReadinessOptions& options);

}  // namespace holdline::contingency
