// A workstation's road to the hub over the years: its certificate is renewed, it is enrolled again, or begins another
// outbox where one was lost; the hub is then greeted over the new road.
#include <algorithm>
#include <chrono>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "agent/workstation.hpp"
#include "sync/base/limits.hpp"
#include "sync/session/probe.hpp"

namespace holdline::agent {

platform::HttpClientOptions Workstation::client_options(const WorkstationIdentity& identity) const {
  platform::HttpClientOptions options;
  options.trust.ca_pem = identity.ca_pem;
  // A computer whose battery is dead wakes in another year. It was enrolled after that, and has heard from the hub.
  options.trust.has_passed = [this, life = certificate_life(identity).value_or(sync::CertificateLife{})] {
    return platform::unix_time_of(std::max(life.from_ms, sync_status().replica.as_of_ms));
  };
  options.identity = identity.certificate;
  options.proxy = config_.proxy;
  // Connecting and shaking hands takes two round trips of seconds on a slow line, and longer beside an upload.
  options.connect_timeout = std::chrono::seconds(20);
  // A long poll is silent for as long as the hub may hold it.
  options.stall_timeout = std::chrono::milliseconds(sync::limits::pull_wait_ms + 10'000);
  return options;
}

void Workstation::renew_certificate() {
  const WorkstationIdentity own = identity();
  auto made = make_renewal(own);
  if (!made) return engine([error = made.error()](Engine& engine, Replica&) { engine.renewal_failed(error); });
  platform::HttpClientRequest request;
  request.method = "POST";
  request.url = own.hub + std::string(sync::path::renew);
  request.body = made->body;
  boost::asio::post(deps_.io, [this, made = std::move(*made), request = std::move(request)]() mutable {
    side_client_->send(std::move(request), [this, made](Result<platform::HttpClientResponse> answer) {
      syncing_.post([this, made, answer = std::move(answer)]() mutable { renewed(made, std::move(answer)); });
    });
  });
}

void Workstation::renewed(const RenewalRequest& request, Result<platform::HttpClientResponse> answer) {
  const auto keep = [&]() -> Result<WorkstationIdentity> {
    if (!answer) return fail(std::move(answer));
    if (answer->status != 200) return tl::unexpected<Error>(sync::decode_error(answer->status, answer->body));
    // Whoever enrolled this computer again meanwhile has put another certificate there: that one stays.
    HOLDLINE_ASSIGN(const auto there, load_identity(config_.directory));
    if (!there || there->certificate.chain_pem != identity().certificate.chain_pem)
      return fail(ErrorKind::retry_later, "changed-meanwhile", "This computer was enrolled again meanwhile.");
    return keep_renewal(identity(), request, answer->body, config_.directory);
  };
  auto next = keep();
  if (!next) {
    deps_.log.warning("not-renewed", "the certificate could not be renewed yet", {{"code", next.error().code}});
    return engine_->renewal_failed(next.error());
  }
  const auto life = certificate_life(*next).value_or(sync::CertificateLife{});
  deps_.log.info("renewed", "the workstation has its next certificate");
  take_road(std::move(*next), [life](Engine& engine) { engine.certificate_renewed(life); });
}

void Workstation::enrolled_again(WorkstationIdentity identity) {
  const auto life = certificate_life(identity).value_or(sync::CertificateLife{});
  const std::int64_t lost_ms = identity.outbox_lost_ms;
  deps_.log.info("enrolled-again", "the workstation was enrolled again");
  take_road(std::move(identity), [life, lost_ms](Engine& engine) { engine.enrolled_again(life, lost_ms); });
}

void Workstation::begin_outbox_anew(std::function<void(Result<void>)> done) {
  syncing_.post([this, done = std::move(done)] {
    auto begun = note_loss_and_begin();
    if (begun) engine_->outbox_begun_anew(identity().outbox_lost_ms);
    done(std::move(begun));
  });
}

// The loss is kept first: an outbox that was begun without would hide it.
Result<void> Workstation::note_loss_and_begin() {
  if (outbox_->status().code != "outbox-missing")
    return fail(ErrorKind::ask_person, "outbox-there",
                "The outbox of this workstation is there. What is in it is not given up.");
  WorkstationIdentity own = identity();
  own.outbox_lost_ms = deps_.clock.now().wall_ms;
  HOLDLINE_TRY(save_identity(config_.directory, own));
  {
    const platform::MutexLock lock(mutex_);
    identity_ = own;
  }
  HOLDLINE_TRY(outbox_->run([](Outbox& outbox) { return outbox.begin_anew(); }));
  authenticator_->sessions().end_all();
  deps_.log.warning("outbox-lost", "the outbox was lost; another one was begun");
  return {};
}

DeskProbes::Roads Workstation::probe_roads() {
  DeskProbes::Roads roads;
  roads.hub = [this](std::string body, std::chrono::milliseconds timeout, platform::HttpClient::Callback then) {
    platform::HttpClientRequest request;
    request.method = "POST";
    request.url = identity().hub + std::string(sync::path::probe);
    request.body = std::move(body);
    request.timeout = timeout;
    request.max_response_bytes = sync::limits::control_bytes;
    side_client_->send(std::move(request), std::move(then));
  };
  roads.sync_now = [this] { engine([](Engine& running, Replica&) { running.wake(); }); };
  roads.link = [this](const contingency::LinkStatus& link) { contingency_.link_stands(link); };
  roads.service = [this](const contingency::Probe& probe) { contingency_.take(probe); };
  roads.time_passed = [this] { contingency_.pass_time(); };
  return roads;
}

void Workstation::take_road(WorkstationIdentity next, std::function<void(Engine&)> then) {
  {
    const platform::MutexLock lock(mutex_);
    identity_ = next;
  }
  boost::asio::post(deps_.io, [this, next = std::move(next), then = std::move(then)]() mutable {
    side_client_ = std::make_unique<platform::HttpClient>(deps_.io, client_options(next));
    asking_people_ = false;  // what was being asked over the old road is not answered any more
    transport_->use(client_options(next), next.hub);
    fetch_people();
    syncing_.post([this, then = std::move(then)] { then(*engine_); });
  });
}

}  // namespace holdline::agent
