// What the administrator's documents share, and their parts that tell how long certificates are good and what IT has to
// look at.
// Internal to hub/admin.
#pragma once

#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

#include "hub/setup/certificates.hpp"
#include "platform/http/http.hpp"

namespace holdline::hub {

// Of one list; a document tells how many there are in all.
inline constexpr std::size_t list_limit = 1'000;

platform::HttpResponse json_response(int status, const nlohmann::json& json);

nlohmann::json to_json(const HealthNote& note);
nlohmann::json to_json(const CertificateReport& report, platform::UnixTime now);
// {"ends","days_left"} of the one it presents.
nlohmann::json certificate_json(const Device& device, platform::UnixTime now);
nlohmann::json time_or_null(std::int64_t ms);

// Workstations that IT has to look at: "device-certificate-ends", "device-certificate-expired", "device-readmitted",
// "device-outbox-lost". Each note names at most a few of them.
std::vector<HealthNote> report_devices(const std::vector<Device>& devices, platform::UnixTime now);
// "people-remembered": what these people did waits until an operator recalls them.
std::optional<HealthNote> report_remembered(const std::vector<PersonClaim>& claims);

}  // namespace holdline::hub
