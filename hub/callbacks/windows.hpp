// The list with everything that has to be looked up for it: hours, zones, countries of numbers.
// Internal to hub/callbacks.
#pragma once

#include <nlohmann/json.hpp>

#include "hub/callbacks/requests.hpp"
#include "platform/time/country_zones.hpp"
#include "platform/time/zones.hpp"
#include "sync/text/phone_country.hpp"

namespace holdline::hub {

inline constexpr std::int64_t look_ahead_ms = 8LL * 24 * 3'600'000;  // a week: every next opening is in it

class Listing {
 public:
  Listing(const CallbackDesk& desk, const CallbackList& list)
      : zones_{platform::zone_offset_ms, platform::zones_of_country, sync::country_of_number},
        rules_{desk.ledger.schema(), zone_of_site(desk.config)},
        windows_(desk.ledger.schema(), zones_, {desk.now_ms, desk.now_ms + look_ahead_ms}),
        list_(list),
        now_ms_(desk.now_ms) {}

  // In order, all that need a call.
  std::vector<contingency::ListedCase> listed() {
    return contingency::list_cases(list_.cases, rules_, windows_, now_ms_);
  }
  contingency::Screening screened(const contingency::CallbackCase& of) {
    return contingency::screen(of, list_.cases, rules_, windows_, now_ms_);
  }

 private:
  // Where nothing else says what the clock shows: the site's country, when its clocks all show the same.
  static std::string zone_of_site(const HubConfig& config) {
    const auto zones = platform::zones_of_country(config.region);
    return zones.size() == 1 ? zones.front() : std::string();
  }

  const contingency::ZoneRules zones_;
  const contingency::CallRules rules_;
  contingency::CallingWindows windows_;
  const CallbackList& list_;
  const std::int64_t now_ms_;
};

inline platform::HttpResponse callback_answer(int status, const nlohmann::json& json) {
  platform::HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = json.dump();
  return response;
}

}  // namespace holdline::hub
