// "CRM not working": what a person says does not work, kept like every entry and counted by every desk of the scope.
#include <utility>

#include "agent/api/input.hpp"
#include "agent/api/route.hpp"
#include "agent/api/save.hpp"

namespace holdline::agent {

namespace {

void report(Workstation& station, Call call) {
  const sync::Collection* collection = station.schema().collection("outage_report");
  if (collection == nullptr)
    return call.respond(platform::error_response(
        409, "no-reports", "The hub's forms are of an earlier version, without such reports. Tell your supervisor."));
  auto addition = addition_of(station.schema(), *collection, station.default_scope(call.rights()),
                              desk_of(station, call), call.request.body);
  if (!addition) return call.respond(platform::error_response(addition.error()));
  save(station, call, std::move(addition->ops),
       {addition->event_ms, {}, std::move(addition->findings), std::move(addition->accept)});
}

}  // namespace

std::span<const Route> outage_report_routes() {
  static constexpr Route table[] = {{"POST", "/contingency/reports", report}};
  return table;
}

}  // namespace holdline::agent
