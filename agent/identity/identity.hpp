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
  std::vector<std::string> scopes;  // as granted at enrolment; the first is where new records go
  sync::Hash schema;                // the schema the databases are at; its text is in the library
  std::string ca_pem;
  platform::Identity certificate;  // client certificate and key
};

// Nothing when the workstation was never enrolled.
Result<std::optional<WorkstationIdentity>> load_identity(const platform::Path& directory);
// Durable when it returns; workstation.json is written last, so an interrupted enrolment never happened.
Result<void> save_identity(const platform::Path& directory, const WorkstationIdentity& identity);

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
