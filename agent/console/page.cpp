#include "agent/console/page.hpp"

#include <chrono>
#include <cstdlib>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "agent/console/endpoint.hpp"

namespace holdline::agent {

namespace {

constexpr std::chrono::minutes looks_again_after{1};
constexpr const char *not_there = "console-not-there", *not_renewed = "console-certificate-refused";

std::string credentials_directory() {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  return directory ? directory : "";
}

}  // namespace

ConsolePage::ConsolePage(boost::asio::io_context& io, const ConsoleConfig& config, LocalApi& api, platform::Logger& log)
    : io_(io), config_(config), api_(api), log_(log), timer_(io) {}

void ConsolePage::open() {
  if (config_.port == 0) return;
  look();
  again_later();
}

void ConsolePage::again_later() {
  timer_.expires_after(looks_again_after);
  timer_.async_wait([this](const boost::system::error_code& ended) {
    if (ended) return;
    look();
    again_later();
  });
}

void ConsolePage::look() {
  if (config_.port == 0) return;
  const char* code = server_ ? not_renewed : not_there;
  const auto done = server_ ? take_new_certificate() : listen();
  if (done) return api_.clear_health(code);
  const Error& error = done.error();
  log_.warning(
      code,
      server_ ? "the console goes on with its certificate of before" : "this workstation has no page for browsers",
      {{"listen", config_.listen()}, {"because", error.code}});
  api_.note_health(code, (server_ ? "The new certificate of the page at " + config_.listen() + " cannot be used: "
                                  : "There is no page for browsers at " + config_.listen() + ": ") +
                             error.message +
                             (server_ ? " Until it can, the one of before is shown."
                                      : " Mend it, or set another [console] listen in agent.toml."));
}

Result<void> ConsolePage::listen() {
  HOLDLINE_ASSIGN(auto at, console_endpoint(config_, credentials_directory()));
  auto console = std::make_unique<Console>(api_, io_, std::move(at.place));
  const auto answer = [page = console.get()](platform::HttpRequest request, platform::Respond respond) {
    page->answer(std::move(request), std::move(respond));
  };
  HOLDLINE_ASSIGN(auto server,
                  platform::HttpServer::listen(io_, std::move(at.endpoint), answer, Console::server_options()));
  server_.emplace(std::move(server));
  console_ = std::move(console);
  certificate_ = std::move(at.certificate);
  return {};
}

Result<void> ConsolePage::take_new_certificate() {
  if (config_.certificate.empty()) return {};
  HOLDLINE_ASSIGN(const std::string now, read_console_certificate(config_));
  if (now == certificate_) return {};
  HOLDLINE_ASSIGN(auto at, console_endpoint(config_, credentials_directory()));
  server_->present(std::get<platform::TlsEndpoint>(at.endpoint).context);
  console_->move_to(std::move(at.place));
  certificate_ = std::move(at.certificate);
  log_.info("console-certificate", "the console shows its new certificate", {{"listen", config_.listen()}});
  return {};
}

}  // namespace holdline::agent
