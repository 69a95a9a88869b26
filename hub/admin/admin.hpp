// The administrator's requests and what each answers (/admin/v1, docs/api.md; hub/commands prints it). Runs on the
// ledger's thread while a hub serves, or directly in the program when none does.
#pragma once

#include <optional>

#include "hub/admin/export.hpp"
#include "hub/admin/outbox_import.hpp"
#include "hub/callbacks/requests.hpp"
#include "hub/import/duplicates.hpp"
#include "hub/import/import.hpp"
#include "hub/intake/intake.hpp"
#include "hub/intake/turn_size.hpp"
#include "hub/setup/parts.hpp"
#include "platform/http/http.hpp"

namespace holdline::hub {

// A request while it is being answered: an import takes many turns of the ledger's thread.
struct AdminJob {
  platform::HttpRequest request;
  std::optional<Result<CustomerImport>> import = {};
  std::optional<Result<OutboxImport>> outbox = {};
  std::optional<DataExport> exported = {};
  std::optional<Result<Rescan>> rescan = {};
  TurnSize turn_size = {};
  Traffic traffic = Traffic::none;  // while this turn runs
};

// What of the job takes time and writes nothing: for another thread, before the first turn, which does it otherwise.
void read_ahead(AdminJob& job, HubParts& hub, platform::Entropy& entropy, const platform::Clock& clock);

class Admin {
 public:
  Admin(HubParts& hub, Intake& intake, platform::Entropy& entropy, const platform::Clock& clock)
      : hub_(hub), intake_(intake), entropy_(entropy), clock_(clock) {}

  // All turns at once.
  platform::HttpResponse answer(platform::HttpRequest request);
  // One turn; the answer when it was the last. What an import took before stays when a later turn fails.
  std::optional<platform::HttpResponse> turn(AdminJob& job);

 private:
  using Response = Result<platform::HttpResponse>;
  Response respond(const platform::HttpRequest& request);
  Response status();
  Response add_code(const platform::HttpRequest& request);
  Response new_epoch();
  Response replace_authority();
  platform::UnixTime now() const;
  Result<std::optional<platform::HttpResponse>> import(AdminJob& job);
  Result<std::optional<platform::HttpResponse>> import_outbox(AdminJob& job);
  Result<std::optional<platform::HttpResponse>> export_data(AdminJob& job);
  Response callbacks(const platform::HttpRequest& request);
  Response duplicates(AdminJob& job);
  Response exports();
  Response digests();
  Response imports();
  Response conflicts(const platform::HttpRequest& request);

  HubParts& hub_;
  Intake& intake_;
  platform::Entropy& entropy_;
  const platform::Clock& clock_;
};

}  // namespace holdline::hub
