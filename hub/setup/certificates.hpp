// The hub's own certificates over the years: its server certificate is issued again before it ends or when its names
// change, and its authority is followed by another one, which workstations are told of for a year before it is used.
//
// Decided by functions of dates; made durable file by file, so that a run that is cut short anywhere is gone on with:
//   ca.pem        the authority that signs        ca-next.pem  the one that will, announced already
//   ca-old.pem    those that signed before, certificates only, believed until they end
//   server.pem, server.key   of the TLS listener
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "hub/setup/parts.hpp"

namespace holdline::hub {

// The authority's successor is made two years before its end and signs from its second year on. Meanwhile every
// workstation renews its certificate, and is told of it then; one that was away for longer needs a code anyway.
inline constexpr std::chrono::days authority_overlap{730};
inline constexpr std::chrono::days authority_notice{365};

enum class AuthorityStep {
  none,
  prepare,  // make the successor, and announce it
  change,   // sign with it from now on
};
// With a clock that shows a time before the authority began, or after its end, nothing is decided: the clock is more
// likely wrong than the hub was off for years, and workstations that have not heard of a successor could not come back.
AuthorityStep authority_step(const platform::Validity& authority, const std::optional<platform::Validity>& next,
                             platform::UnixTime now);

// Whether to issue the server's certificate again: it ends within a third of its life, its names are others, or
// another authority signs. `chain` is what the listener presents, the leaf first; empty: nothing usable.
bool server_certificate_due(const std::vector<platform::CertificateInfo>& chain, const std::vector<std::string>& names,
                            const sync::Hash& authority_fingerprint, const platform::Validity& authority,
                            platform::UnixTime now);

// The names of hub.toml and the host of its url.
std::vector<std::string> certificate_names(const HubConfig& config);

// What keep_certificates() changed.
struct CertificateUpkeep {
  bool server_issued = false, authority_prepared = false, authority_changed = false;
  bool any() const { return server_issued || authority_prepared || authority_changed; }
};
// Does what is due; durable when it returns. Who serves then presents `hub.server` and believes `hub.trusted_pem`.
// On the thread that signs. Error "authority-ended": by this machine's clock nothing can be issued any more.
Result<CertificateUpkeep> keep_certificates(HubParts& hub, platform::UnixTime now);

// Signs with the successor at once, made if there is none. For an authority that ended, or that somebody else may
// hold: workstations that have not heard of it need a code each.
Result<void> replace_authority(HubParts& hub, platform::UnixTime now);

// What IT has to know, by code: see docs/api.md.
struct HealthNote {
  std::string code, message;
};
struct CertificateReport {
  platform::Validity server, authority;
  std::optional<platform::Validity> next_authority;
  std::vector<HealthNote> health;
};
CertificateReport report_certificates(const HubParts& hub, platform::UnixTime now);

// Rounded down; negative when it has ended.
std::int64_t days_left(platform::UnixTime end, platform::UnixTime now);

// Of the parts as they are opened: ca-next.pem and ca-old.pem, which are there only sometimes, and what is to be
// believed in all.
Result<void> load_authorities(HubParts& hub);

}  // namespace holdline::hub
