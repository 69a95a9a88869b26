// The columns of the headers of a batch's actions.
// Internal to sync/wire.
#pragma once

#include <cstdint>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/wire/columns.hpp"

namespace holdline::sync {

// A batch's form; raised when the bytes of an older one no longer mean the same.
inline constexpr std::uint8_t batch_version = 1;
// How much of a hash over maker and last hash a batch carries, so that a batch that was read back otherwise than it was
// written is refused and never takes the place of what a person did.
inline constexpr std::size_t check_bytes = 8;
std::string batch_check(const Maker& maker, const Hash& last);

class HeaderWriter {
 public:
  void add(const ActionHeader& header);
  void write(ColumnSink& sink) const;

 private:
  std::vector<std::int64_t> schema_, wall_, event_, hybrid_, counter_, boot_ms_, assertion_, has_incident_,
      dependencies_;
  std::vector<std::int64_t> dependency_lane_, dependency_distance_;
  std::vector<Id> boot_, person_, incident_;
};

class HeaderReader {
 public:
  explicit HeaderReader(ColumnSource& source);
  // False when there is no such header.
  bool next(Lane lane, std::uint64_t number, ActionHeader& header);
  bool done() const;

 private:
  IntReader schema_, wall_, event_, hybrid_, counter_, boot_ms_, assertion_, has_incident_, dependencies_;
  IntReader dependency_lane_, dependency_distance_;
  IdReader boot_, person_, incident_;
};

}  // namespace holdline::sync
