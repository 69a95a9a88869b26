// Who may work at a workstation, and what it may hold: asked of the hub whenever that changes there. With it every
// other question to the hub that is not part of synchronising.
#include <chrono>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "agent/workstation.hpp"

namespace holdline::agent {

bool Workstation::should_ask_hub(const SyncStatus& status) const {
  return status.connected && (status.roster != accounts_.roster() || references_.should_ask(deps_.clock.now().boot_ms));
}

void Workstation::sign_in(SignInRequest request, Authenticator::Done done) {
  authenticator_->sign_in(std::move(request), [this, done = std::move(done)](SignInAnswer answer) {
    if (answer.session)
      if (auto reserved = references_.reserve(outbox_->status().incarnation); !reserved)
        deps_.log.error(reserved.error());
    done(std::move(answer));
  });
}

std::optional<std::string> Workstation::next_reference() {
  auto reference = references_.next(outbox_->status().incarnation);
  if (references_.is_short())
    aside_.post([this] {
      if (auto reserved = references_.reserve(outbox_->status().incarnation); !reserved)
        deps_.log.error(reserved.error());
    });
  return reference;
}

Result<std::vector<std::string>> Workstation::take_references(std::size_t count) {
  const sync::Id incarnation = outbox_->status().incarnation;
  std::vector<std::string> taken;
  // What is at hand is given first; each time it runs out a piece comes out of the file.
  while (!incarnation.is_nil() && taken.size() < count && references_.left() >= count - taken.size())
    if (auto next = references_.next(incarnation))
      taken.push_back(*std::move(next));
    else
      HOLDLINE_TRY(references_.reserve(incarnation));
  if (taken.size() == count) return taken;
  return fail(ErrorKind::ask_person, "numbers-used-up",
              "This workstation has " + std::to_string(references_.left()) +
                  " numbers left until it reaches the hub. Print fewer forms, or print at another workstation.");
}

// Whoever is rostered then can sign in when the hub is away. Once at a time; what changes meanwhile is seen after.
void Workstation::fetch_people() {
  const SyncStatus status = sync_status();
  if (asking_people_ || !status.connected || (!should_ask_hub(status) && !claims_due_)) return;
  asking_people_ = true;
  const std::int64_t now_ms = deps_.clock.now().boot_ms;
  const std::string numbers =
      references_.should_ask(now_ms) ? references_.question(outbox_->status().incarnation, now_ms) : std::string();
  const bool asked = !numbers.empty();
  post_to_hub(sync::path::people, accounts_.question(numbers), [this, asked](Result<std::string> answer) {
    // Writing the file waits for the disk, which the I/O thread must not.
    syncing_.post([this, asked, answer = std::move(answer)]() mutable {
      if (answer && asked) keep_references(*answer);
      auto kept = answer ? accounts_.keep(*answer) : fail(std::move(answer));
      boost::asio::post(deps_.io, [this, kept = std::move(kept)] { people_fetched(kept); });
    });
  });
}

void Workstation::keep_references(std::string_view answer) {
  const sync::Id incarnation = outbox_->status().incarnation;
  auto kept = references_.keep(answer, incarnation);
  if (kept) kept = references_.reserve(incarnation);  // somebody may be waiting for one
  if (!kept)
    deps_.log.warning("references-not-kept", "numbers for references could not be kept; they are asked for again",
                      {{"because", kept.error().code}});
}

void Workstation::people_fetched(const Result<Accounts::Kept>& kept) {
  asking_people_ = false;
  if (kept) {
    people_told(*kept);
  } else {
    deps_.log.warning("people-not-fetched", "who may sign in could not be fetched; it is tried again",
                      {{"because", kept.error().code}});
  }
  // The mark may have moved on meanwhile, or the hub may be another by now.
  constexpr std::chrono::seconds pause{2};
  ask_again_->expires_after(pause);
  ask_again_->async_wait([this](const boost::system::error_code& ended) {
    if (!ended) fetch_people();
  });
}

void Workstation::people_told(const Accounts::Kept& kept) {
  if (kept.claims) {
    deps_.log.warning(
        "people-lost-by-hub",
        "the hub does not know people who work here; it is told of them, and an operator can recall them");
    claims_due_ = true;
    post_to_hub(sync::path::people, *kept.claims,
                [this](const Result<std::string>& told) { claims_due_ = !told.has_value(); });
  }
  if (kept.grant) syncing_.post([this, grant = *kept.grant] { granted(grant); });
}

void Workstation::granted(const Grant& grant) {
  if (grant == this->grant()) return;
  if (auto saved = save_grant(config_.directory, grant.name, grant.scopes, grant.profile); !saved)
    deps_.log.error(saved.error());
  deps_.log.info("grant-changed", "the hub changed what this workstation is called or holds", {{"name", grant.name}});
  {
    const platform::MutexLock lock(mutex_);
    identity_.name = grant.name;
    identity_.scopes = grant.scopes;
    identity_.profile = grant.profile;
  }
  look_at_incidents();
}

void Workstation::post_to_hub(std::string_view path, std::string body, Asked then) {
  platform::HttpClientRequest request;
  request.method = "POST";
  request.url = identity().hub + std::string(path);
  request.body = std::move(body);
  request.timeout_for = platform::TimeoutFor::answer;  // beside a first copy on a slow line
  side_client_->send(std::move(request), [then = std::move(then)](Result<platform::HttpClientResponse> response) {
    if (!response) return then(fail(std::move(response)));
    if (response->status != 200)
      return then(tl::unexpected<Error>(sync::decode_error(response->status, response->body)));
    then(std::move(response->body));
  });
}

void Workstation::ask_hub(std::string_view path, std::string body, Asked then) {
  boost::asio::post(deps_.io, [this, path = std::string(path), body = std::move(body), then = std::move(then)] {
    if (!sync_status().connected)
      return then(fail(ErrorKind::retry_later, "hub-away",
                       "Only the hub can tell this, and it does not answer at present. Try again when it is back."));
    post_to_hub(path, body, then);
  });
}

}  // namespace holdline::agent
