#include "hub/server.hpp"

#include "hub/feed/sync_routes.hpp"
#include "hub/people/enrollment.hpp"
#include "platform/os/account.hpp"
#include "sync/base/limits.hpp"

namespace holdline::hub {

namespace {

using platform::HttpRequest;
using platform::HttpResponse;
using platform::Respond;

constexpr std::size_t admin_body_bytes = 256 * 1024 * 1024;  // a CSV of a million customers

HttpResponse sync_response(Result<sync::Bytes> body) {
  if (!body) return platform::error_response(body.error());
  HttpResponse response;
  response.content_type = "application/octet-stream";
  response.body = std::move(*body);
  return response;
}

}  // namespace

HubServer::HubServer(HubParts& hub, platform::Entropy& entropy, const platform::Clock& clock, platform::Logger& log,
                     std::function<void()> ledger_lost)
    : hub_(hub),
      entropy_(entropy),
      clock_(clock),
      log_(log),
      snapshots_(*hub.ledger),
      io_codec_(*hub.ledger, snapshots_, entropy),
      ledger_codec_(*hub.ledger, snapshots_, entropy),
      read_thread_(std::make_unique<LedgerReadThread>(*hub.ledger, snapshots_, entropy, clock)),
      ledger_thread_(std::make_unique<LedgerThread>(
          *hub.ledger, entropy, clock,
          LedgerThread::Events{[this] { read_thread_->committed(); },
                               [this, ledger_lost = std::move(ledger_lost)](const Error& error) {
                                 log_.error(error);
                                 ledger_lost();
                               }})) {}

// Requests still come in until the listeners are gone, and the ledger's thread tells the reading one, so the order is
// theirs.
HubServer::~HubServer() {
  tls_.reset();
  admin_.reset();
  ledger_thread_.reset();
  read_thread_.reset();
}

Result<std::unique_ptr<HubServer>> HubServer::start(boost::asio::io_context& io, HubParts& hub,
                                                    platform::Entropy& entropy, const platform::Clock& clock,
                                                    platform::Logger& log, std::function<void()> ledger_lost) {
  std::unique_ptr<HubServer> server(new HubServer(hub, entropy, clock, log, std::move(ledger_lost)));
  HubServer* self = server.get();
  HOLDLINE_ASSIGN(auto context, platform::TlsServerContext::create(hub.server, hub.authority.certificate_pem()));
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
  admin_options.answer_deadline = std::chrono::minutes(30);
  HOLDLINE_ASSIGN(auto admin, platform::HttpServer::listen(
                                  io, platform::UnixEndpoint{hub.config.directory / "admin.sock", "", allow},
                                  [self](HttpRequest request, Respond respond) {
                                    self->answer_admin(std::move(request), std::move(respond));
                                  },
                                  admin_options));
  server->admin_ = std::make_unique<platform::HttpServer>(std::move(admin));
  return server;
}

std::uint16_t HubServer::port() const { return tls_->port(); }

void HubServer::stop(std::chrono::milliseconds limit, std::function<void()> done) {
  // Long polls hold their answers for up to 25 s: they are let go first.
  read_thread_->stop();
  tls_->stop(limit, [this, limit, done = std::move(done)] { admin_->stop(limit, done); });
}

Result<Device> HubServer::authenticate(const HttpRequest& request) {
  const auto refused = [](std::string code, std::string message) {
    return fail(ErrorKind::ask_person, std::move(code), std::move(message));
  };
  if (!request.peer.certificate) return refused("no-certificate", "Only enrolled workstations are served here.");
  const auto id = sync::Id::parse(request.peer.certificate->common_name);
  if (!id) return refused("unknown-device", "The certificate names no workstation.");
  HOLDLINE_ASSIGN(const auto device, hub_.ledger->device(*id));
  if (!device || device->certificate != sync::to_hex(request.peer.certificate->fingerprint.view()))
    return refused("unknown-device", "This hub does not know the workstation by this certificate; enrol it again.");
  if (device->state != DeviceState::active) return refused("device-revoked", "This workstation was revoked.");
  return *device;
}

void HubServer::answer(HttpRequest request, Respond respond) {
  if (request.method != "POST" && request.method != "GET")
    return respond(platform::error_response(405, "method", "Only GET and POST are served."));
  if (request.path == sync::path::enroll) return enroll(std::move(request), std::move(respond));
  const auto device = authenticate(request);
  if (!device) {
    const bool ours = device.error().kind == ErrorKind::ask_person;
    return respond(ours ? platform::error_response(403, device.error().code, device.error().message)
                        : platform::error_response(device.error()));
  }
  if (request.path == sync::path::push) return push(*device, std::move(request), std::move(respond));
  read(*device, std::move(request), std::move(respond));
}

void HubServer::enroll(HttpRequest request, Respond respond) {
  ledger_thread_->run([this, body = std::move(request.body), respond = std::move(respond)](Ledger&, Intake&) {
    auto answer = hub::enroll(hub_.enrollment(), body, entropy_, clock_.now().wall_ms);
    if (!answer) {
      log_.warning("enroll-refused", "an enrolment was refused", {{"code", answer.error().code}});
      return respond(platform::error_response(answer.error()));
    }
    log_.info("enrolled", "a workstation was enrolled");
    HttpResponse response;
    response.status = 201;
    response.body = std::move(*answer);
    respond(std::move(response));
  });
}

void HubServer::push(const Device& device, HttpRequest request, Respond respond) {
  auto read = read_push_body(io_codec_, hub_.ledger->schema(), device, request.body);
  if (!read) {
    log_.warning("push-refused", "a push could not be read", {{"device", device.name}, {"code", read.error().code}});
    return respond(platform::error_response(read.error()));
  }
  ledger_thread_->push(std::move(*read), [this, respond = std::move(respond)](Result<sync::PushReply> reply) {
    if (!reply) {
      log_.error(reply.error());
      return respond(platform::error_response(reply.error()));
    }
    respond(sync_response(ledger_codec_.deflate(sync::encode_push_reply(*reply))));
  });
}

void HubServer::read(const Device& device, HttpRequest request, Respond respond) {
  if (request.path == sync::path::pull) {
    const auto pull = sync::decode_pull_request(request.body);
    if (!pull) return respond(platform::error_response(pull.error()));
    return read_thread_->pull(device, *pull,
                              [respond](Result<sync::Bytes> body) { respond(sync_response(std::move(body))); });
  }
  // Asked only by a workstation whose chain is another than the ledger's.
  if (request.path == sync::path::compare)
    log_.warning("outbox-differs",
                 "a workstation's outbox is not the one it had: put back from an older copy, or cloned; what differs "
                 "comes again under a new incarnation",
                 {{"device", device.name}});
  read_thread_->run([this, device, request = std::move(request), respond = std::move(respond)](SyncService& service) {
    auto body = answer_reading(service, device, request.path, request.body, clock_.now().wall_ms);
    if (!body && body.error().code == "unknown-path")
      return respond(platform::error_response(404, body.error().code, body.error().message));
    respond(sync_response(std::move(body)));
  });
}

void HubServer::answer_admin(HttpRequest request, Respond respond) {
  ledger_thread_->run([this, request = std::move(request), respond = std::move(respond)](Ledger&, Intake& intake) {
    respond(Admin(hub_, intake, entropy_, clock_).answer(request));
  });
}

}  // namespace holdline::hub
