// Cases handed over many at once: to a dialler of another maker, as a file. What goes along is claimed, and the intent
// to dial it is in the ledger, before a byte of the file is told, so no desk and no second file has it as well. What
// the dialler tells becomes the outcomes of those claims. Internal to hub/callbacks.
#pragma once

#include "hub/callbacks/requests.hpp"

namespace holdline::hub {

// {"format","scope","reasons"?,"zones"?,"languages"?,"most"?,"minutes"?,"list"?,"campaign"?,"details"?,"accept_missing"?,
// "batch"?,"by","reason"}. `batch` is an id of the asker's: the same again is a lost answer. With {"again"} instead of
// what follows "format", the cases of an export whose answer was lost, as far as they are still to be dialled.
// ask_person "unknown-format", "dialler-options", "reason-missing", "bad-scope", "scope-refused",
// "workstations-outstanding", "nothing-to-call", "no-such-export", "schema-older", and those of keep_all.
Result<platform::HttpResponse> export_cases(const CallbackDesk& desk, std::string_view body);
// {"format","content","meanings"?:{},"zone"?,"dry_run"?,"by"}: read into outcomes; what was read before changes
// nothing. ask_person "unknown-format", "unknown-outcome", "unknown-zone", "columns-missing", "too-much", and those of
// keep_all.
Result<platform::HttpResponse> read_dialler_outcomes(const CallbackDesk& desk, std::string_view body);
// {"batch","by"}: what was handed over with it was not called and will not be; it may be called by anybody again.
// ask_person "no-such-export".
Result<platform::HttpResponse> take_back(const CallbackDesk& desk, std::string_view body);

}  // namespace holdline::hub
