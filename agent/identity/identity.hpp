// Who this workstation is, kept as files beside the databases from enrolment on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/engine/engine.hpp"
#include "platform/crypto/certificate.hpp"
#include "platform/os/files.hpp"
#include "sync/base/id.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

struct WorkstationIdentity {
  sync::Id device;
  std::string name;
  std::string hub;                  // "https://hub.example:7443"
  std::vector<std::string> scopes;  // as granted last; the first is where new records go
  sync::VisibilitySet profile = 0xff;
  sync::Hash schema;                // the schema the databases are at; its text is in the library
  std::string ca_pem;               // the hub's authorities: the one that signs, and those before and after it
  platform::Identity certificate;   // client certificate and key
  std::int64_t outbox_lost_ms = 0;  // when the outbox that was here before was found to be lost; 0: never
};
// Until when the certificate is good; error "bad-certificate".
Result<sync::CertificateLife> certificate_life(const WorkstationIdentity& identity);

// Nothing when the workstation was never enrolled.
Result<std::optional<WorkstationIdentity>> load_identity(const platform::Path& directory);
// Durable when it returns; workstation.json is written last, so an interrupted enrolment never happened. Certificate
// and key are one file: whatever a crash leaves, they belong together.
Result<void> save_identity(const platform::Path& directory, const WorkstationIdentity& identity);

// What the hub grants now, in place of what it granted before; durable when it returns. The rest of workstation.json
// stays as it is.
Result<void> save_grant(const platform::Path& directory, const std::string& name,
                        const std::vector<std::string>& scopes, sync::VisibilitySet profile);

// Schemas and dictionaries as files named by their hash.
class FileLibrary final : public Library {
 public:
  explicit FileLibrary(platform::Path directory) : directory_(std::move(directory)) {}
  std::optional<sync::Bytes> load(const sync::Hash& hash) override;
  Result<void> store(const sync::Hash& hash, std::string_view bytes) override;

 private:
  platform::Path directory_;
};

}  // namespace holdline::agent
