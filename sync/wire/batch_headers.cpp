// The columns of action headers: times as differences from each other, people and incidents as dictionary numbers.
#include <limits>

#include "sync/base/limits.hpp"
#include "sync/wire/batch_actions.hpp"

namespace holdline::sync {

namespace {

// Both wrap instead of overflowing, so that any two numbers have a difference that adds up again.
std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

bool to_u32(std::int64_t value, std::uint32_t& out) {
  out = static_cast<std::uint32_t>(value);
  return value >= 0 && value <= std::numeric_limits<std::uint32_t>::max();
}

}  // namespace

std::string batch_check(const Maker& maker, const Hash& last) {
  const Hash hash = sha256({maker.device.view(), maker.incarnation.view(), last.view()});
  return std::string(hash.view().substr(0, check_bytes));
}

void HeaderWriter::add(const ActionHeader& h) {
  const std::int64_t wall = h.made.wall_ms;
  schema_.push_back(h.schema);
  wall_.push_back(wall);
  event_.push_back(minus(h.event_ms, wall));
  hybrid_.push_back(minus(h.hybrid.ms, wall));
  counter_.push_back(h.hybrid.counter);
  // Both clocks advance together, so their distance is the same for all actions of a boot.
  boot_ms_.push_back(minus(wall, h.made.boot_ms));
  boot_.push_back(h.made.boot);
  person_.push_back(h.person);
  assertion_.push_back(h.assertion);
  has_incident_.push_back(h.incident ? 1 : 0);
  if (h.incident) incident_.push_back(*h.incident);
  dependencies_.push_back(static_cast<std::int64_t>(h.depends_on.size()));
  for (const ActionRef& ref : h.depends_on) {
    dependency_lane_.push_back(ref.lane);
    dependency_distance_.push_back(static_cast<std::int64_t>(h.number - ref.number));
  }
}

void HeaderWriter::write(ColumnSink& sink) const {
  for (const auto* column : {&schema_, &wall_, &event_, &hybrid_, &counter_, &boot_ms_, &assertion_, &has_incident_,
                             &dependencies_, &dependency_lane_, &dependency_distance_})
    write_ints(sink, *column);
  for (const auto* column : {&boot_, &person_, &incident_}) write_ids(sink, *column);
}

HeaderReader::HeaderReader(ColumnSource& source) {
  for (auto* column : {&schema_, &wall_, &event_, &hybrid_, &counter_, &boot_ms_, &assertion_, &has_incident_,
                       &dependencies_, &dependency_lane_, &dependency_distance_})
    *column = IntReader(source);
  for (auto* column : {&boot_, &person_, &incident_}) *column = IdReader(source);
}

bool HeaderReader::next(Lane lane, std::uint64_t number, ActionHeader& h) {
  const std::int64_t wall = wall_.next();
  h.lane = lane;
  h.number = number;
  h.made.wall_ms = wall;
  h.event_ms = plus(wall, event_.next());
  h.hybrid.ms = plus(wall, hybrid_.next());
  h.made.boot_ms = minus(wall, boot_ms_.next());
  h.made.boot = boot_.next();
  h.person = person_.next();
  bool fits = to_u32(schema_.next(), h.schema);
  fits = to_u32(counter_.next(), h.hybrid.counter) && fits;
  fits = to_u32(assertion_.next(), h.assertion) && fits;
  h.incident.reset();
  if (has_incident_.next() != 0) h.incident = incident_.next();
  const auto dependencies = static_cast<std::uint64_t>(dependencies_.next());
  h.depends_on.clear();
  if (!fits || dependencies > limits::dependencies_per_action) return false;
  for (std::uint64_t i = 0; i < dependencies; ++i) {
    const auto dependency_lane = static_cast<Lane>(dependency_lane_.next());
    h.depends_on.push_back({dependency_lane, number - static_cast<std::uint64_t>(dependency_distance_.next())});
  }
  return true;
}

bool HeaderReader::done() const {
  for (const auto* column : {&schema_, &wall_, &event_, &hybrid_, &counter_, &boot_ms_, &assertion_, &has_incident_,
                             &dependencies_, &dependency_lane_, &dependency_distance_})
    if (!column->done()) return false;
  return boot_.done() && person_.done() && incident_.done();
}

}  // namespace holdline::sync
