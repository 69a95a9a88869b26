#include "hub/server.hpp"

#include "hub/setup/certificates.hpp"
#include "platform/os/account.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace holdline::hub {

namespace {

using platform::HttpRequest;
using platform::Respond;

// Dates are compared with a clock that somebody may set and that goes on while the machine sleeps.
constexpr std::chrono::seconds certificate_watch{2};
// What a hub that is killed forgets of who was there.
constexpr std::chrono::seconds fleet_kept_every{60};

constexpr std::size_t admin_body_bytes = 256 * 1024 * 1024;  // a CSV of a million customers

ServiceLimits limits_of(const HubConfig& config) {
  ServiceLimits limits;
  limits.sign_in_hours = config.sign_in_hours;
  limits.region = config.region;
  return limits;
}

}  // namespace

HubServer::HubServer(boost::asio::io_context& io, HubParts& hub, platform::Entropy& entropy,
                     const platform::Clock& clock, platform::Logger& log, std::function<void()> ledger_lost)
    : io_(io),
      hub_(hub),
      entropy_(entropy),
      clock_(clock),
      log_(log),
      snapshots_(*hub.ledger),
      fleet_(*hub.ledger),
      io_codec_(*hub.ledger, snapshots_, entropy),
      ledger_codec_(*hub.ledger, snapshots_, entropy),
      read_thread_(std::make_unique<LedgerReadThread>(
          *hub.ledger, snapshots_, entropy, clock,
          [this](const Device& device, bool ends_epoch) { tell_history_differs(device, ends_epoch); },
          limits_of(hub.config))),
      ledger_thread_(std::make_unique<LedgerThread>(
          *hub.ledger, entropy, clock,
          LedgerThread::Events{[this] { committed(); },
                               [this, ledger_lost = std::move(ledger_lost)](const Error& error) {
                                 log_.error(error);
                                 ledger_lost();
                               }},
          sign_in_ms(hub.config))),
      callbacks_(std::make_unique<CallbackService>(
          CallbackService::Parts{*hub.ledger, *ledger_thread_, hub.config, entropy, clock})),
      reports_(std::make_unique<ReportService>(
          ReportService::Parts{*hub.ledger, *ledger_thread_, hub.config, clock, [this] { keep_told(); }})),
      write_proofs_(std::make_shared<WriteProofs>(io, *ledger_thread_, clock, entropy)),
      services_(std::make_shared<ServiceWatch>(
          ServiceWatch::Parts{io, *hub.ledger, *ledger_thread_, clock, entropy, log}, hub.config.probes)),
      admin_reading_(std::make_unique<platform::TaskThread>(clock)),
      certificate_watch_(io),
      fleet_timer_(io) {}

// Requests still come in until the listeners are gone, and the ledger's thread tells the reading one, so the order is
// theirs.
HubServer::~HubServer() {
  tls_.reset();
  admin_.reset();
  admin_reading_.reset();
  callbacks_->stop();
  reports_->stop();
  services_.reset();
  write_proofs_.reset();
  ledger_thread_.reset();
  read_thread_.reset();
  keep_told();
  keep_mark(std::nullopt);
}

// On the ledger's thread.
void HubServer::committed() {
  read_thread_->committed();
  keep_mark(clock_.now().boot_ms);
}

void HubServer::keep_mark(std::optional<std::int64_t> now_ms) {
  if (const auto kept = hub_.mark.keep_up(*hub_.ledger, now_ms); !kept) log_.error(kept.error());
}

// On the reading thread.
void HubServer::tell_history_differs(const Device& device, bool ends_epoch) {
  if (ends_epoch)
    return log_.warning("new-epoch",
                        "several workstations know a later state than this ledger: it was put back from an older copy; "
                        "a new epoch begins, and every workstation offers again what is missing here",
                        {{"device", device.name}});
  log_.warning("history-differs",
               "a workstation names a position that this ledger never had, and offers again what is missing here; if "
               "the ledger was put back from a backup, run `holdline-hub new-epoch`",
               {{"device", device.name}});
}

Result<std::unique_ptr<HubServer>> HubServer::start(boost::asio::io_context& io, HubParts& hub,
                                                    platform::Entropy& entropy, const platform::Clock& clock,
                                                    platform::Logger& log, std::function<void()> ledger_lost) {
  std::unique_ptr<HubServer> server(new HubServer(io, hub, entropy, clock, log, std::move(ledger_lost)));
  HubServer* self = server.get();
  self->keep_certificates();
  HOLDLINE_ASSIGN(auto context, platform::TlsServerContext::create(hub.server, hub.trusted_pem));
  platform::HttpServerOptions options;
  options.body_bytes = sync::limits::push_bytes + sync::limits::control_bytes;
  HOLDLINE_ASSIGN(
      auto tls,
      platform::HttpServer::listen(
          io, platform::TlsEndpoint{hub.config.address, static_cast<std::uint16_t>(hub.config.port), context},
          [self](HttpRequest request, Respond respond) { self->answer(std::move(request), std::move(respond)); },
          options));
  server->tls_ = std::make_unique<platform::HttpServer>(std::move(tls));
  // Only the account the hub runs as, and root.
  const auto allow = [uid = platform::own_uid()](const platform::Peer& peer) {
    return peer.uid == uid || peer.uid == 0;
  };
  platform::HttpServerOptions admin_options;
  admin_options.body_bytes = admin_body_bytes;
  admin_options.unfinished_bytes = 2 * admin_body_bytes;
  admin_options.answer_deadline = std::chrono::minutes(30);
  HOLDLINE_ASSIGN(auto admin, platform::HttpServer::listen(
                                  io, platform::UnixEndpoint{hub.config.directory / "admin.sock", "", allow},
                                  [self](HttpRequest request, Respond respond) {
                                    self->answer_admin(std::move(request), std::move(respond));
                                  },
                                  admin_options));
  server->admin_ = std::make_unique<platform::HttpServer>(std::move(admin));
  server->watch_certificates();
  server->keep_fleet();
  server->services_->start();
  // What waited may have become possible when the hub ended, or by a command while it did not run.
  server->ledger_thread_->run([self](Ledger&, Intake& intake) {
    if (const auto settled = intake.settle_waiting(self->clock_.now().wall_ms); !settled)
      self->log_.error(settled.error());
  });
  return server;
}

std::uint16_t HubServer::port() const { return tls_->port(); }

void HubServer::stop(std::chrono::milliseconds limit, std::function<void()> done) {
  // Long polls hold their answers for up to 25 s: they are let go first.
  read_thread_->stop();
  boost::asio::post(io_, [this] {
    certificate_watch_.cancel();
    fleet_timer_.cancel();
    services_->stop();
  });
  tls_->stop(limit, [this, limit, done = std::move(done)] { admin_->stop(limit, done); });
}

// On the ledger's thread, or before there is anything else. True when others than before are to be presented.
bool HubServer::keep_certificates() {
  const auto kept = hub::keep_certificates(hub_, platform::unix_time_of(clock_.now().wall_ms));
  if (!kept) {
    log_.error(kept.error());
    return false;
  }
  if (kept->server_issued)
    log_.info("server-certificate", "the server's certificate was issued again", {{"url", hub_.config.url}});
  if (kept->authority_prepared)
    log_.warning("authority-announced", "the certificate authority has a successor; workstations hear of it now");
  if (kept->authority_changed)
    log_.warning("authority-changed", "the certificate authority's successor signs from now on");
  return kept->any();
}

void HubServer::watch_certificates() {
  certificate_watch_.expires_after(certificate_watch);
  certificate_watch_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    ledger_thread_->run_beside_writes([this] {
      if (!keep_certificates()) return;
      auto context = platform::TlsServerContext::create(hub_.server, hub_.trusted_pem);
      if (!context) return log_.error(context.error());
      boost::asio::post(io_, [this, context = std::move(*context)] { tls_->present(context); });
    });
    watch_certificates();
  });
}

void HubServer::keep_told() {
  if (const auto kept = fleet_.keep(); !kept) log_.error(kept.error());
}

void HubServer::keep_fleet() {
  fleet_timer_.expires_after(fleet_kept_every);
  fleet_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    ledger_thread_->run_beside_writes([this] { keep_told(); });
    keep_fleet();
  });
}

}  // namespace holdline::hub
