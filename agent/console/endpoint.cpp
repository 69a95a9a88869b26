#include "agent/console/endpoint.hpp"

#include <utility>

#include "platform/crypto/certificate.hpp"
#include "platform/os/files.hpp"

namespace holdline::agent {

Result<std::string> read_console_certificate(const ConsoleConfig& config) {
  constexpr std::size_t most_bytes = 256 * 1024;
  return platform::read_file(config.certificate, most_bytes);
}

Result<ConsoleEndpoint> console_endpoint(const ConsoleConfig& config, const std::string& credentials_directory) {
  if (config.certificate.empty())
    return ConsoleEndpoint{platform::LoopbackEndpoint{config.port}, console_here(config.port), {}};
  HOLDLINE_ASSIGN(std::string chain, read_console_certificate(config));
  HOLDLINE_ASSIGN(const auto key, platform::read_secret(config.key, credentials_directory));
  HOLDLINE_ASSIGN(const auto info, platform::describe_certificate(chain));
  ConsolePlace place = console_of(info.names, config.port);
  if (place.hosts.empty())
    return fail(ErrorKind::ask_person, "certificate-without-name",
                "The certificate of [console] names no host (subjectAltName), so no browser would take it.");
  const platform::Identity identity{chain, std::string(key.view())};
  HOLDLINE_ASSIGN(auto context, platform::TlsServerContext::create(identity, {}));
  return ConsoleEndpoint{platform::TlsEndpoint{config.address, config.port, std::move(context)}, std::move(place),
                         std::move(chain)};
}

}  // namespace holdline::agent
