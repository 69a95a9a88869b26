#include "hub/server.hpp"

#include "hub/feed/sync_routes.hpp"
#include "hub/people/enrollment.hpp"
#include "hub/setup/certificates.hpp"
#include "platform/os/account.hpp"
#include "sync/base/limits.hpp"
#include "sync/session/probe.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace holdline::hub {

namespace {

using platform::HttpRequest;
using platform::HttpResponse;
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

// As the protocol says it: workstations of every version read it.
HttpResponse refusal(int status, const Error& error) {
  HttpResponse response;
  response.status = status;
  response.body = sync::encode_json(error);
  return response;
}
HttpResponse refusal(const Error& error) { return refusal(platform::http_status(error), error); }

HttpResponse sync_response(Result<sync::Bytes> body) {
  if (!body) return refusal(body.error());
  HttpResponse response;
  response.content_type = "application/octet-stream";
  response.body = std::move(*body);
  return response;
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
  services_.reset();
  write_proofs_.reset();
  ledger_thread_.reset();
  read_thread_.reset();
  if (const auto kept = fleet_.keep(); !kept) log_.error(kept.error());
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

void HubServer::keep_fleet() {
  fleet_timer_.expires_after(fleet_kept_every);
  fleet_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    ledger_thread_->run_beside_writes([this] {
      if (const auto kept = fleet_.keep(); !kept) log_.error(kept.error());
    });
    keep_fleet();
  });
}

Result<Admission> HubServer::authenticate(const HttpRequest& request) {
  const auto id = device_of(request.peer.certificate);
  std::optional<Device> device;
  if (id) {
    HOLDLINE_ASSIGN(device, hub_.ledger->device(*id));
  }
  return admit(request.peer.certificate, device, clock_.now().wall_ms);
}

void HubServer::answer(HttpRequest request, Respond respond) {
  if (request.method != "POST" && request.method != "GET")
    return respond(refusal(405, {ErrorKind::ask_person, "method", "Only GET and POST are served."}));
  if (request.path == sync::path::enroll) return enroll(std::move(request), std::move(respond));
  auto admission = authenticate(request);
  if (!admission) return respond(refusal(admission.error()));
  if (admission->change == Admission::Change::none) return serve(*admission, std::move(request), std::move(respond));
  admit_and_answer(std::move(*admission), std::move(request), std::move(respond));
}

void HubServer::admit_and_answer(Admission admission, HttpRequest request, Respond respond) {
  ledger_thread_->run([this, admission = std::move(admission), request = std::move(request),
                       respond = std::move(respond)](Ledger& ledger, Intake&) mutable {
    const auto settled = settle(ledger, admission);
    if (!settled) return respond(refusal(settled.error()));
    // Another request of the device was first: it comes again, and then nothing is left to change.
    if (!*settled)
      return respond(
          refusal({ErrorKind::retry_later, "changed-meanwhile", "Another request of this device was first."}));
    if (admission.change == Admission::Change::readmission)
      log_.warning("readmitted",
                   "a workstation that this ledger does not have was known by its certificate: the ledger is older",
                   {{"device", admission.device.name}});
    else
      log_.info("certificate-changed", "a workstation presents its next certificate",
                {{"device", admission.device.name}});
    boost::asio::post(
        io_, [this, admission = std::move(admission), request = std::move(request),
              respond = std::move(respond)]() mutable { serve(admission, std::move(request), std::move(respond)); });
  });
}

void HubServer::serve(const Admission& admission, HttpRequest request, Respond respond) {
  const bool renewal = request.path == sync::path::renew && admission.kind != Admission::Kind::refused;
  if (renewal) return renew(admission.device, std::move(request), std::move(respond));
  if (admission.kind != Admission::Kind::served) return respond(refusal(403, *admission.error));
  const std::int64_t now_ms = clock_.now().wall_ms;
  if (request.path == sync::path::report) {
    auto taken = fleet_.take(admission.device.id, request.body, now_ms);
    return respond(taken ? sync_response(sync::Bytes()) : refusal(taken.error()));
  }
  fleet_.heard(admission.device.id, now_ms);
  if (request.path == sync::path::fleet)
    return read_thread_->run([this, device = admission.device, now_ms, respond = std::move(respond)](SyncService&) {
      respond(sync_response(fleet_.list(device, now_ms)));
    });
  if (request.path == sync::path::callbacks)
    return callbacks_->ask(admission.device, std::move(request.body), [respond](Result<HttpResponse> answered) {
      if (!answered) return respond(refusal(answered.error()));
      answered->status = 200;  // what workstations take for an answer
      respond(*std::move(answered));
    });
  if (request.path == sync::path::push) return push(admission.device, std::move(request), std::move(respond));
  read(admission.device, std::move(request), std::move(respond));
}

void HubServer::renew(const Device& device, HttpRequest request, Respond respond) {
  ledger_thread_->run([this, device, body = std::move(request.body), respond = std::move(respond)](Ledger&, Intake&) {
    auto answer = hub::renew(hub_.enrollment(), device, body, clock_.now().wall_ms);
    if (!answer) return respond(refusal(answer.error()));
    log_.info("renewed", "a workstation was granted its next certificate", {{"device", device.name}});
    HttpResponse response;
    response.body = std::move(*answer);
    respond(std::move(response));
  });
}

// Strangers may come by the thousand, so not each of them is a line.
void HubServer::refuse_enrolment(const Error& error, const Respond& respond) {
  constexpr std::int64_t between_lines_ms = 10'000;
  const std::int64_t boot_ms = clock_.now().boot_ms;
  ++refused_since_line_;
  if (boot_ms >= next_refusal_line_ms_) {
    log_.warning("enroll-refused", "enrolments were refused",
                 {{"code", error.code}, {"attempts", std::to_string(refused_since_line_)}});
    refused_since_line_ = 0;
    next_refusal_line_ms_ = boot_ms + between_lines_ms;
  }
  respond(refusal(error));
}

// Pushes wait behind what is queued here, so it is little, and of those only whose code is good.
void HubServer::enroll(HttpRequest request, Respond respond) {
  constexpr std::size_t most_queued = 8;
  if (const auto good = check_code(*hub_.ledger, request.body, clock_.now().wall_ms); !good)
    return refuse_enrolment(good.error(), respond);
  if (enrolling_.fetch_add(1) >= most_queued) {
    --enrolling_;
    return respond(refusal({ErrorKind::retry_later, "busy",
                            "Many workstations are being enrolled at this moment. Wait a minute and try again."}));
  }
  ledger_thread_->run([this, body = std::move(request.body), respond = std::move(respond)](Ledger&, Intake&) {
    --enrolling_;
    auto answer = hub::enroll(hub_.enrollment(), body, entropy_, clock_.now().wall_ms);
    if (!answer) {
      log_.warning("enroll-refused", "an enrolment with a good code was refused", {{"code", answer.error().code}});
      return respond(refusal(answer.error()));
    }
    log_.info("enrolled", "a workstation was enrolled");
    HttpResponse response;
    response.status = 201;
    response.body = std::move(*answer);
    respond(std::move(response));
  });
}

void HubServer::push(const Device& device, HttpRequest request, Respond respond) {
  auto read = read_push_body(io_codec_, *hub_.ledger->schemas(), device, request.body);
  if (!read) {
    log_.warning("push-refused", "a push could not be read", {{"device", device.name}, {"code", read.error().code}});
    return respond(refusal(read.error()));
  }
  ledger_thread_->push(std::move(*read), [this, respond = std::move(respond)](Result<sync::PushReply> reply) {
    if (!reply) {
      log_.error(reply.error());
      return respond(refusal(reply.error()));
    }
    respond(sync_response(ledger_codec_.deflate(sync::encode_push_reply(*reply))));
  });
}

void HubServer::read(const Device& device, HttpRequest request, Respond respond) {
  if (request.path == sync::path::pull) {
    const auto pull = sync::decode_pull_request(request.body);
    if (!pull) return respond(refusal(pull.error()));
    return read_thread_->pull(device, *pull,
                              [respond](Result<sync::Bytes> body) { respond(sync_response(std::move(body))); });
  }
  if (request.path == sync::path::probe) {
    const auto probe = sync::decode_probe(request.body);
    if (!probe) return respond(refusal(probe.error()));
    if (probe->write) return prove_writes(std::move(respond));
  }
  // Asked only by a workstation whose chain is another than the ledger's.
  if (request.path == sync::path::compare)
    log_.warning("outbox-differs",
                 "a workstation's outbox is not the one it had: put back from an older copy, or cloned; what differs "
                 "comes again under a new incarnation",
                 {{"device", device.name}});
  if (request.path == sync::path::people && !request.body.empty())
    return tell_people(device, std::move(request), std::move(respond));
  read_thread_->run([this, device, request = std::move(request), respond = std::move(respond)](SyncService& service) {
    auto body = answer_reading(service, device, request.path, request.body, clock_.now().wall_ms);
    if (!body && body.error().code == "unknown-path") return respond(refusal(404, body.error()));
    respond(sync_response(std::move(body)));
  });
}

// What it asks for is written where everything is, and told by who reads.
void HubServer::tell_people(const Device& device, HttpRequest request, Respond respond) {
  ledger_thread_->run_beside_writes([this, device, body = std::move(request.body), respond = std::move(respond)] {
    auto taken = take_asked(*hub_.ledger, device, body, clock_.now().wall_ms);
    if (!taken) return respond(sync_response(fail(std::move(taken))));
    read_thread_->run([device, body, taken = *std::move(taken), respond](SyncService& service) {
      respond(sync_response(service.people_told(device, body, taken)));
    });
  });
}

void HubServer::prove_writes(Respond respond) {
  write_proofs_->ask([this, respond = std::move(respond)](const Result<void>& proved) {
    if (!proved) return respond(refusal(proved.error()));
    respond(sync_response(sync::encode_json(sync::Probed{true, clock_.now().wall_ms})));
  });
}

// Of these requests some take long to be read: not on the I/O thread, nor on the ledger's.
void HubServer::answer_admin(HttpRequest request, Respond respond) {
  if (is_about_callbacks(request))
    return callbacks_->administer(std::move(request), [respond](Result<HttpResponse> answered) {
      respond(answered ? *std::move(answered) : platform::error_response(answered.error()));
    });
  auto job = std::make_shared<AdminJob>(AdminJob{std::move(request)});
  admin_reading_->post([this, job = std::move(job), respond = std::move(respond)] {
    read_ahead(*job, hub_, entropy_, clock_);
    // What workstations told last is written once a minute, and whoever asks about it wants it now.
    if (job->request.path == "/admin/v1/certificate")
      ledger_thread_->run_beside_writes([this] {
        if (const auto kept = fleet_.keep(); !kept) log_.error(kept.error());
      });
    ledger_thread_->run_in_turns([this, job, respond](Ledger&, Intake& intake, Traffic traffic) {
      job->traffic = traffic;
      auto answer = Admin(hub_, intake, entropy_, clock_).turn(*job);
      if (answer) respond(*std::move(answer));
      return !answer;
    });
  });
}

}  // namespace holdline::hub
