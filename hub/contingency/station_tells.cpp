#include "hub/contingency/station_tells.hpp"

#include <algorithm>

#include "contingency/incident/name.hpp"

namespace holdline::hub {

std::optional<sync::Refusal> refuse_station(const sync::Schema& schema, const Device& device,
                                            std::span<const sync::Op> ops) {
  if (auto refusal = sync::refuse(schema, {"station", device.scopes}, ops)) return refusal;
  const std::string own = contingency::incident_name(device.id);
  for (const sync::Op& op : ops) {
    const auto field = schema.collection(op.record.collection)->field("device");
    const auto change = std::ranges::find(op.changes, field.value_or(0), &sync::FieldChange::field);
    const auto* said = field && change != op.changes.end() ? std::get_if<std::string>(&change->value) : nullptr;
    if (said == nullptr || *said != own)
      return sync::Refusal{"not-own-claim", "A workstation tells of the plan's actions what it did itself."};
  }
  return std::nullopt;
}

}  // namespace holdline::hub
