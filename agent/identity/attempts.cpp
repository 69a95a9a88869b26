#include "agent/identity/attempts.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "platform/text/json_object.hpp"

namespace holdline::agent {

namespace {

constexpr std::uint64_t max_attempts_bytes = 1024 * 1024;
constexpr std::uint32_t free_failures = 3;
constexpr std::int64_t first_delay_ms = 1'000, longest_delay_ms = 15ll * 60 * 1000;
// Logins and addresses beyond these are those of an attack on the table itself; the ones that failed least leave it.
constexpr std::size_t most_entries = 1'000;

std::string of_person(std::string_view name) { return "person " + std::string(name); }

}  // namespace

std::int64_t delay_after(std::uint32_t failures) {
  if (failures < free_failures) return 0;
  const std::uint32_t doublings = std::min<std::uint32_t>(failures - free_failures, 20);
  return std::min(longest_delay_ms, first_delay_ms << doublings);
}

Result<void> SignInAttempts::load() {
  auto text = platform::read_file(file_, max_attempts_bytes);
  if (!text && text.error().code == "file-missing") return {};
  if (!text) return fail(std::move(text));
  auto json = platform::JsonObject::parse(*text);
  for (nlohmann::json& one : json.list("failures")) {
    platform::JsonObject entry(std::move(one));
    const std::string key = entry.text("of");
    Failures failures;
    failures.count = static_cast<std::uint32_t>(std::clamp<std::int64_t>(entry.number("count", 0), 0, 1'000'000));
    failures.boot = sync::Id::parse(entry.text("boot")).value_or(sync::Id{});
    failures.at_ms = entry.number("at_boot_ms", 0);
    if (entry.checked() && !key.empty()) failures_[key] = failures;
  }
  return {};
}

Result<void> SignInAttempts::save() const {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& [key, failures] : failures_)
    list.push_back(
        {{"of", key}, {"count", failures.count}, {"boot", failures.boot.text()}, {"at_boot_ms", failures.at_ms}});
  return platform::replace_file(file_, nlohmann::json{{"failures", list}}.dump());
}

std::int64_t SignInAttempts::left_ms(const std::string& key, const sync::TimeReading& now) {
  const auto found = failures_.find(key);
  if (found == failures_.end()) return 0;
  Failures& last = found->second;
  // Nobody knows how long the machine was off: the whole delay begins again.
  if (last.boot != now.boot || now.boot_ms < last.at_ms) last = {last.count, now.boot, now.boot_ms};
  return std::max<std::int64_t>(0, delay_after(last.count) - (now.boot_ms - last.at_ms));
}

std::int64_t SignInAttempts::wait_ms(std::string_view place, std::string_view name, const sync::TimeReading& now) {
  return std::max(left_ms(of_person(name), now), left_ms(std::string(place), now));
}

Result<void> SignInAttempts::begin(std::string_view place, std::string_view name, bool known,
                                   const sync::TimeReading& now) {
  const auto count = [&](const std::string& key) {
    Failures& failures = failures_[key];
    failures = {failures.count + 1, now.boot, now.boot_ms};
  };
  count(std::string(place));
  if (known) count(of_person(name));
  while (failures_.size() > most_entries)
    failures_.erase(std::ranges::min_element(failures_, {}, [](const auto& entry) { return entry.second.count; }));
  return save();
}

Result<void> SignInAttempts::succeeded(std::string_view place, std::string_view name) {
  failures_.erase(std::string(place));
  failures_.erase(of_person(name));
  return save();
}

}  // namespace holdline::agent
