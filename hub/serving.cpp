// What the hub is asked, request by request: by workstations over TLS, by the administrator over a socket.
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "hub/convergence/convergence.hpp"
#include "hub/feed/sync_routes.hpp"
#include "hub/people/enrollment.hpp"
#include "hub/server.hpp"
#include "sync/base/limits.hpp"
#include "sync/session/probe.hpp"

namespace holdline::hub {

namespace {

using platform::HttpRequest;
using platform::HttpResponse;
using platform::Respond;

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
  if (serve_beside_feed(admission.device, request, respond)) return;
  if (request.path == sync::path::push) return push(admission.device, std::move(request), std::move(respond));
  read(admission.device, std::move(request), std::move(respond));
}

bool HubServer::serve_beside_feed(const Device& device, HttpRequest& request, Respond& respond) {
  const std::int64_t now_ms = clock_.now().wall_ms;
  if (request.path == sync::path::report) {
    auto taken = fleet_.take(device.id, request.body, now_ms);
    respond(taken ? sync_response(sync::Bytes()) : refusal(taken.error()));
    return true;
  }
  fleet_.heard(device.id, now_ms);
  // Whatever it is about: 200 is what workstations take for an answer.
  const auto answered = [respond](Result<HttpResponse> answer) {
    if (!answer) return respond(refusal(answer.error()));
    answer->status = 200;
    respond(*std::move(answer));
  };
  if (request.path == sync::path::fleet)
    read_thread_->run(
        [this, device, now_ms, respond](SyncService&) { respond(sync_response(fleet_.list(device, now_ms))); });
  else if (request.path == sync::path::callbacks)
    callbacks_->ask(device, request.body, answered);
  else if (request.path == sync::path::incident_report)
    reports_->ask(device, std::move(request.body), answered);
  else
    return false;
  return true;
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
  const auto answered = [respond](Result<HttpResponse> answer) {
    respond(answer ? *std::move(answer) : platform::error_response(answer.error()));
  };
  if (is_about_callbacks(request)) return callbacks_->administer(std::move(request), answered);
  if (is_about_reports(request)) return reports_->administer(std::move(request), answered);
  auto job = std::make_shared<AdminJob>(AdminJob{std::move(request)});
  admin_reading_->post([this, job = std::move(job), respond = std::move(respond)] {
    read_ahead(*job, hub_, entropy_, clock_);
    // What workstations told last is written once a minute, and whoever asks about it wants it now.
    if (is_about_convergence(job->request)) ledger_thread_->run_beside_writes([this] { keep_told(); });
    ledger_thread_->run_in_turns([this, job, respond, services = services_](Ledger&, Intake& intake, Traffic traffic) {
      job->traffic = traffic;
      auto answer = Admin(hub_, intake, entropy_, clock_).turn(*job);
      if (answer && job->request.path == "/admin/v1/plan") services->look_at_plan();
      if (answer) respond(*std::move(answer));
      return !answer;
    });
  });
}

}  // namespace holdline::hub
