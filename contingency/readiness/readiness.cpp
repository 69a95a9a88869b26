#include "contingency/readiness/readiness.hpp"

#include <algorithm>
#include <map>

namespace holdline::contingency {

namespace {

std::string hours(std::int64_t ms) {
  const std::int64_t minutes = ms / 60'000;
  return minutes < 120 ? std::to_string(minutes) + " min" : std::to_string(minutes / 60) + " h";
}

// One check: passed when the value is known and good.
template <class T, class Good, class Why>
ReadinessCheck checked(std::string id, std::uint32_t weight, const std::optional<T>& value, Good good, Why why,
                       std::string remedy) {
  ReadinessCheck check{std::move(id), false, value.has_value(), weight, {}, {}};
  check.passed = value && good(*value);
  if (check.passed) return check;
  check.why = value ? why(*value) : "not known: the workstation has not reported it";
  check.remedy = std::move(remedy);
  return check;
}

ReadinessCheck flag(std::string id, std::uint32_t weight, const std::optional<bool>& value, bool wanted,
                    std::string why, std::string remedy) {
  return checked(
      std::move(id), weight, value, [wanted](bool is) { return is == wanted; }, [&why](bool) { return why; },
      std::move(remedy));
}

bool is_asked(const ReadinessCheck& check, const ReadinessOptions& options) {
  if (check.id == "print") return options.uses_paper && (check.known || options.has_printed);
  if (check.id == "forms") return options.uses_paper;
  if (check.id == "templates") return options.uses_paper && check.known;  // a hub of before does not pass it on
  if (check.id == "actions") return options.uses_plan && check.known;     // of those that perform it
  return check.id != "plan" || options.uses_plan;
}

std::vector<ReadinessCheck> desk_checks(const ReadinessFacts& facts, const ReadinessOptions& options) {
  std::vector<ReadinessCheck> checks{
      checked(
          "heard", 2, facts.silent_ms, [&](std::int64_t ms) { return ms <= options.silent_ms; },
          [](std::int64_t ms) { return "not heard of for " + hours(ms); }, "Switch it on, or take it off the list."),
      checked(
          "fresh", 3, facts.copy_age_ms, [&](std::int64_t ms) { return ms <= options.copy_age_ms; },
          [](std::int64_t ms) { return "its customer data is " + hours(ms) + " old"; },
          "Look why it does not pull: holdline status at the desk."),
      flag("admitted", 3, facts.locked, false, "it is locked out", "Renew its lease or enrol it again."),
      flag("unlock", 3, facts.unlocks_offline, true, "nobody can sign in at it without the hub",
           "Have somebody of its roster sign in once."),
      flag("print", 1, facts.prints, true, "it does not print", "Print the test page; mend the printer."),
      checked(
          "forms", 1, facts.form_numbers, [&](std::int64_t left) { return left >= options.form_numbers; },
          [](std::int64_t left) { return std::to_string(left) + " form numbers are left"; },
          "Let it reach the hub: it is given another block of numbers."),
      checked(
          "templates", 1, facts.templates, [](std::int64_t forms) { return forms > 0; },
          [](std::int64_t) { return std::string("it has no forms to print"); },
          "Give the centre forms: holdline-hub schema apply."),
      checked(
          "plan", 1, facts.plan_version, [&](std::uint32_t version) { return version >= options.plan_version; },
          [&](std::uint32_t version) {
            return "it has version " + std::to_string(version) + " of the plan, and " +
                   std::to_string(options.plan_version) + " is the newest";
          },
          "Let it reach the hub: it fetches the plan with its data."),
      checked(
          "actions", 1, facts.actions_not_runnable, [](const std::string& missing) { return missing.empty(); },
          [](const std::string& missing) { return "not every action of the plan can be performed at it: " + missing; },
          "See what is missing there: holdline runbook dry-run."),
      checked(
          "disk", 2, facts.disk_free_bytes, [&](std::int64_t bytes) { return bytes >= options.disk_free_bytes; },
          [](std::int64_t bytes) { return std::to_string(bytes >> 20) + " MiB are free"; }, "Make room on its disk."),
      checked(
          "clock", 1, facts.clock_off_ms,
          [&](std::int64_t ms) { return ms <= options.clock_off_ms && ms >= -options.clock_off_ms; },
          [](std::int64_t ms) { return "its clock is " + std::to_string(ms / 1'000) + " s off"; },
          "Set its clock, and let it follow a time server."),
      checked(
          "queue", 2, facts.entries_stuck, [](std::size_t stuck) { return stuck == 0; },
          [](std::size_t stuck) { return std::to_string(stuck) + " entries are stuck"; },
          "Decide on what needs attention: holdline outbox list."),
      flag("store", 3, facts.store_sound, true, "a file of it is damaged", "Follow the page on damaged databases."),
  };
  std::erase_if(checks, [&options](const ReadinessCheck& check) { return !is_asked(check, options); });
  return checks;
}

// "21 fresh, 5 print", the most frequent first.
std::string reasons(const std::vector<DeskReadiness>& desks) {
  std::map<std::string, std::size_t> counts;
  for (const DeskReadiness& desk : desks)
    for (const ReadinessCheck& check : desk.checks)
      if (!check.passed) ++counts[check.id];
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater{}, &std::pair<std::string, std::size_t>::second);
  std::string text;
  for (const auto& [id, count] : sorted) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + id;
  return text;
}

}  // namespace

DeskReadiness readiness(const ReadinessFacts& facts, const ReadinessOptions& options) {
  DeskReadiness desk;
  desk.desk = facts.desk;
  desk.checks = desk_checks(facts, options);
  std::uint32_t passed = 0, all = 0;
  for (const ReadinessCheck& check : desk.checks) {
    all += check.weight;
    if (check.passed) passed += check.weight;
  }
  desk.score = passed * 100 / all;
  desk.ready = passed == all;
  return desk;
}

SiteReadiness site_readiness(std::span<const ReadinessFacts> desks, const ReadinessOptions& options) {
  SiteReadiness site;
  site.all = desks.size();
  std::size_t sum = 0;
  for (const ReadinessFacts& facts : desks) {
    DeskReadiness desk = readiness(facts, options);
    sum += desk.score;
    if (desk.ready)
      ++site.ready;
    else
      site.not_ready.push_back(std::move(desk));
  }
  site.score = site.all == 0 ? 0 : static_cast<std::uint32_t>(sum / site.all);
  std::ranges::sort(site.not_ready, {}, [](const DeskReadiness& desk) { return std::pair(desk.score, desk.desk); });
  site.summary = std::to_string(site.ready) + " of " + std::to_string(site.all) + " ready";
  if (!site.not_ready.empty())
    site.summary += "; " + std::to_string(site.not_ready.size()) + " are not: " + reasons(site.not_ready);
  return site;
}

}  // namespace holdline::contingency
