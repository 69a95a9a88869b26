#include "hub/setup/certificates.hpp"

#include <algorithm>

#include "platform/text/url.hpp"

namespace holdline::hub {

namespace {

using platform::CertificateAuthority;
using platform::CertificateInfo;
using platform::UnixTime;
using platform::Validity;

constexpr std::chrono::days last_day{1};
constexpr std::chrono::days worth_telling{30};
constexpr std::uint64_t max_authorities_bytes = 256 * 1024;

platform::Path file_of(const HubParts& hub, const char* name) { return hub.config.directory / name; }

std::optional<Validity> validity_of(const std::optional<CertificateAuthority>& authority) {
  return authority ? std::optional(authority->validity()) : std::nullopt;
}

std::string date(UnixTime time) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
  const auto two = [](unsigned number) { return (number < 10 ? "-0" : "-") + std::to_string(number); };
  return std::to_string(static_cast<int>(day.year())) + two(static_cast<unsigned>(day.month())) +
         two(static_cast<unsigned>(day.day()));
}

Error ended(const Validity& authority) {
  return {ErrorKind::ask_person, "authority-ended",
          "By this machine's clock the hub's certificate authority ended on " + date(authority.until) +
              ", and no certificate can be issued any more. Correct the clock. Only if it is right: holdline-hub "
              "authority replace, then give every workstation a code (holdline-hub enroll-code --for)."};
}

Result<void> change_authority(HubParts& hub) {
  // The old one is believed further before the new one signs; a start between the two takes the step again.
  HOLDLINE_TRY(platform::replace_file(file_of(hub, "ca-old.pem"), hub.authority.certificate_pem() + hub.old_pem));
  HOLDLINE_TRY(platform::replace_file(file_of(hub, "ca.pem"),
                                      hub.next_authority->certificate_pem() + hub.next_authority->key_pem()));
  HOLDLINE_TRY(platform::remove_file(file_of(hub, "ca-next.pem")));
  hub.authority = std::move(*hub.next_authority);
  return load_authorities(hub);
}

Result<void> prepare_authority(HubParts& hub, UnixTime now) {
  HOLDLINE_ASSIGN(auto next, CertificateAuthority::create("Holdline hub", now));
  HOLDLINE_TRY(next.save(file_of(hub, "ca-next.pem")));
  return load_authorities(hub);
}

// A private authority may date a certificate back, and this one does, to its own beginning: issued by a clock that is
// ahead, it must be good for workstations whose clocks are right. For clocks that are behind, its end never gets
// nearer.
Result<void> issue_server(HubParts& hub, UnixTime now) {
  const Validity authority = hub.authority.validity();
  UnixTime until = now + platform::server_lifetime;
  if (const auto old = platform::describe_certificate(hub.server.chain_pem)) until = std::max(until, old->not_after);
  HOLDLINE_ASSIGN(auto server, hub.authority.issue_server(certificate_names(hub.config), {authority.from, until}));
  HOLDLINE_TRY(platform::replace_file(file_of(hub, "server.pem"), server.chain_pem));
  HOLDLINE_TRY(platform::replace_file(file_of(hub, "server.key"), server.key_pem));
  hub.server = std::move(server);
  return {};
}

std::vector<CertificateInfo> chain_of(const HubParts& hub) {
  auto chain = platform::describe_chain(hub.server.chain_pem);
  return chain ? std::move(*chain) : std::vector<CertificateInfo>();
}

}  // namespace

AuthorityStep authority_step(const Validity& authority, const std::optional<Validity>& next, UnixTime now) {
  if (now < authority.from || now >= authority.until) return AuthorityStep::none;
  if (!next) return authority.until - now < authority_overlap ? AuthorityStep::prepare : AuthorityStep::none;
  const auto announced = now - next->from;
  const bool heard_of = announced >= authority_notice || (announced >= last_day && authority.until - now < last_day);
  return heard_of ? AuthorityStep::change : AuthorityStep::none;
}

bool server_certificate_due(const std::vector<CertificateInfo>& chain, const std::vector<std::string>& names,
                            const sync::Hash& authority_fingerprint, const Validity& authority, UnixTime now) {
  if (chain.empty()) return true;
  if (now < authority.from || now >= authority.until) return false;
  const CertificateInfo& leaf = chain.front();
  if (leaf.names != platform::sorted_names(names)) return true;
  if (chain.back().fingerprint != authority_fingerprint) return true;
  return leaf.not_after < authority.until && leaf.not_after - now < platform::server_lifetime / 3;
}

std::vector<std::string> certificate_names(const HubConfig& config) {
  std::vector<std::string> names = config.names;
  const auto url = platform::parse_https_origin(config.url);
  if (url && std::ranges::find(names, url->host) == names.end()) names.push_back(url->host);
  return names;
}

Result<CertificateUpkeep> keep_certificates(HubParts& hub, UnixTime now) {
  CertificateUpkeep done;
  const auto step = authority_step(hub.authority.validity(), validity_of(hub.next_authority), now);
  if (step == AuthorityStep::prepare) {
    HOLDLINE_TRY(prepare_authority(hub, now));
    done.authority_prepared = true;
  }
  if (step == AuthorityStep::change) {
    HOLDLINE_TRY(change_authority(hub));
    done.authority_changed = true;
  }
  const Validity authority = hub.authority.validity();
  if (server_certificate_due(chain_of(hub), certificate_names(hub.config), hub.authority.fingerprint(), authority,
                             now)) {
    HOLDLINE_TRY(issue_server(hub, now));
    done.server_issued = true;
  }
  if (now >= authority.until) return tl::unexpected<Error>(ended(authority));
  return done;
}

Result<void> replace_authority(HubParts& hub, UnixTime now) {
  if (!hub.next_authority) HOLDLINE_TRY(prepare_authority(hub, now));
  HOLDLINE_TRY(change_authority(hub));
  return issue_server(hub, now);
}

std::int64_t days_left(UnixTime end, UnixTime now) { return std::chrono::floor<std::chrono::days>(end - now).count(); }

CertificateReport report_certificates(const HubParts& hub, UnixTime now) {
  CertificateReport report;
  report.authority = hub.authority.validity();
  report.next_authority = validity_of(hub.next_authority);
  const auto chain = chain_of(hub);
  if (!chain.empty()) report.server = {chain.front().not_before, chain.front().not_after};
  const auto note = [&](const char* code, std::string message) { report.health.push_back({code, std::move(message)}); };
  if (now < report.authority.from)
    note("clock-behind",
         "This machine's clock shows a time before the hub was set up. Correct it: until then no "
         "certificate can be judged.");
  if (now >= report.authority.until)
    note("authority-ended", ended(report.authority).message);
  else if (!report.next_authority && report.authority.until - now < authority_notice)
    note("authority-ends",
         "The hub's certificate authority ends on " + date(report.authority.until) + " and has no successor yet.");
  if (now >= report.server.until)
    note("server-certificate-expired",
         "By this machine's clock the server's certificate ended on " + date(report.server.until) + ".");
  else if (report.server.until - now < worth_telling)
    note("server-certificate-ends", "The server's certificate ends on " + date(report.server.until) + ".");
  return report;
}

Result<void> load_authorities(HubParts& hub) {
  const auto file = file_of(hub, "ca-next.pem");
  auto next = CertificateAuthority::load(file);
  if (!next && next.error().code != "file-missing") return fail(std::move(next));
  hub.next_authority.reset();
  if (next && next->fingerprint() != hub.authority.fingerprint())
    hub.next_authority = std::move(*next);
  else if (next)  // a change that was cut short: it signs already
    HOLDLINE_TRY(platform::remove_file(file));
  auto old = platform::read_file(file_of(hub, "ca-old.pem"), max_authorities_bytes);
  if (!old && old.error().code != "file-missing") return fail(std::move(old));
  hub.old_pem = old ? std::move(*old) : std::string();
  hub.trusted_pem = hub.authority.certificate_pem() +
                    (hub.next_authority ? hub.next_authority->certificate_pem() : std::string()) + hub.old_pem;
  return {};
}

}  // namespace holdline::hub
