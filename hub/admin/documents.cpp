#include "hub/admin/documents.hpp"

#include <functional>
#include <set>

#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

// Half of the third in which workstations renew by themselves: by then it should have happened.
constexpr std::int64_t late_days = 15;
constexpr std::size_t most_named = 5;
// What happened once is told for so long; the list of workstations goes on telling it.
constexpr std::int64_t told_days = 30;

Json end_json(platform::UnixTime end, platform::UnixTime now) {
  return {{"ends", sync::format_time(platform::unix_ms_of(end))}, {"days_left", days_left(end, now)}};
}

void note(std::vector<HealthNote>& notes, const std::vector<Device>& devices, const char* code, const std::string& what,
          const std::function<bool(const Device&)>& concerned) {
  std::string names;
  std::size_t count = 0;
  for (const Device& device : devices) {
    if (device.state != DeviceState::active || !concerned(device)) continue;
    if (++count <= most_named) names += (names.empty() ? "" : ", ") + device.name;
  }
  if (count > most_named) names += " and " + std::to_string(count - most_named) + " more";
  if (count != 0) notes.push_back({code, std::to_string(count) + what + names});
}

}  // namespace

platform::HttpResponse json_response(int status, const Json& json) {
  platform::HttpResponse response;
  response.status = status;
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

nlohmann::json to_json(const HealthNote& note) { return {{"code", note.code}, {"message", note.message}}; }

nlohmann::json to_json(const CertificateReport& report, platform::UnixTime now) {
  return {{"server", end_json(report.server.until, now)},
          {"authority", end_json(report.authority.until, now)},
          {"next_authority", report.next_authority ? end_json(report.next_authority->until, now) : Json()}};
}

nlohmann::json certificate_json(const Device& device, platform::UnixTime now) {
  if (device.certificates.until_ms == 0) return Json();
  return end_json(platform::unix_time_of(device.certificates.until_ms), now);
}

nlohmann::json time_or_null(std::int64_t ms) { return ms == 0 ? Json() : Json(sync::format_time(ms)); }

std::vector<HealthNote> report_devices(const std::vector<Device>& devices, platform::UnixTime now) {
  std::vector<HealthNote> notes;
  const auto left = [&](const Device& device) {
    return days_left(platform::unix_time_of(device.certificates.until_ms), now);
  };
  const auto lately = [&](std::int64_t ms) {
    return ms != 0 && days_left(now, platform::unix_time_of(ms)) < told_days;
  };
  const auto known = [](const Device& device) { return device.certificates.until_ms != 0; };
  note(notes, devices, "device-certificate-expired",
       " workstations were away so long that their certificates have expired: ", [&](const Device& device) {
         return known(device) && left(device) < 0;
       });
  note(notes, devices, "device-certificate-ends", " workstations have not renewed their certificates yet: ",
       [&](const Device& device) { return known(device) && left(device) >= 0 && left(device) < late_days; });
  note(notes, devices, "device-readmitted",
       " workstations were known by their certificates only, because this ledger is older: see that nobody revoked "
       "them or changed their scopes since: ",
       [&](const Device& device) { return lately(device.readmitted_ms); });
  note(notes, devices, "device-outbox-lost", " workstations lost an outbox, with what they had not sent: ",
       [&](const Device& device) { return lately(device.outbox_lost_ms); });
  return notes;
}

std::optional<HealthNote> report_remembered(const std::vector<PersonClaim>& claims) {
  std::set<std::string> names;
  for (const PersonClaim& claim : claims) names.insert(claim.person.name);
  if (names.empty()) return std::nullopt;
  std::string told;
  std::size_t count = 0;
  for (const std::string& name : names)
    if (++count <= most_named) told += (told.empty() ? "" : ", ") + name;
  if (count > most_named) told += " and " + std::to_string(count - most_named) + " more";
  return HealthNote{"people-remembered", std::to_string(count) +
                                             " people are known to workstations only, because this ledger is older; "
                                             "what they did waits for holdline-hub person recall: " +
                                             told};
}

}  // namespace holdline::hub
