// Entries that a workstation could not send, carried here in the file that its root exported (`holdline outbox
// export`): its computer is broken, or will not reach the hub for long. They are the same actions as those it would
// send, at the same places of the same chains: whichever comes first takes effect, and the other changes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "hub/intake/intake.hpp"

namespace holdline::hub {

struct OutboxImportReport {
  Device device;
  std::uint64_t entries = 0;  // in the file, as far as it was taken
  std::uint64_t known = 0;    // of these the hub had before
  // What became of the others.
  std::uint64_t in_effect = 0, conflicts = 0, refused = 0, waiting = 0;
};

// After an error part of it may have taken effect: importing the file again goes on.
class OutboxImport {
 public:
  // Reads the whole file, on any thread. ask_person "not-an-export",
  // "part-of-an-export" (one that a person made holds nothing to import).
  static Result<OutboxImport> read(std::string_view document);

  // Takes at most `actions` (at least one) entries in one commit, durable when it returns, on the ledger's thread.
  // False: there are no more. ask_person "unknown-device", "device-revoked", "export-gap" (the hub lacks what comes
  // before: it was put back from a backup), "export-differs" (the hub has other entries at these places),
  Result<bool> take(Ledger& ledger, Intake& intake, std::size_t actions, std::int64_t now_ms);
  const OutboxImportReport& report() const { return report_; }

 private:
  OutboxImport() = default;
  Result<void> take_part(Ledger& ledger, Intake& intake, sync::Push part, std::int64_t now_ms);

  std::string named_;  // the device, as the file has it
  std::int64_t clock_offset_ms_ = 0;
  std::deque<sync::Push> pushes_;  // what is left
  OutboxImportReport report_;
};

}  // namespace holdline::hub
