// What workstations told of themselves.
#include "hub/ledger/sqlite/directory.hpp"

namespace holdline::hub::sqlite {

using platform::Blob;

Result<void> Directory::keep_reports(std::span<const DeviceReport> reports) {
  const platform::MutexLock lock(changing_.mutex);
  HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(changing_.db));
  HOLDLINE_ASSIGN(auto* put, changing_.statements.get("INSERT OR REPLACE INTO device_report(device, heard, reported, "
                                                      "report) VALUES (?, ?, ?, ?)"));
  for (const DeviceReport& told : reports)
    HOLDLINE_TRY(put->run(Blob{told.device.view()}, told.heard_ms, told.reported_ms, told.report));
  return transaction.commit();
}

Result<std::vector<DeviceReport>> Directory::reports() {
  const platform::MutexLock lock(asking_.mutex);
  std::vector<DeviceReport> found;
  HOLDLINE_ASSIGN(auto* find, asking_.statements.get("SELECT device, heard, reported, report FROM device_report"));
  auto rows = find->rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    found.push_back({Id::from(rows.blob(0)), rows.i64(1), rows.i64(2), std::string(rows.text(3))});
  }
}

}  // namespace holdline::hub::sqlite
