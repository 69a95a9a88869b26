#include "hub/callbacks/desks.hpp"

#include <algorithm>

#include "contingency/callbacks/duties.hpp"
#include "hub/intake/authority.hpp"
#include "sync/session/person_question.hpp"

namespace holdline::hub {

namespace {

Error refused_question(std::string code, std::string text) {
  return {ErrorKind::ask_person, std::move(code), std::move(text)};
}

// Who asks, when they may.
Result<Person> person_of(Ledger& ledger, const Device& device, const sync::PersonQuestion& question,
                         std::int64_t sign_in_ms, std::int64_t now_ms) {
  Authority authority([&](const Id& id) { return ledger.person(id); });
  HOLDLINE_ASSIGN(const auto refusal, authority.check(device.id, question.sign_in));
  if (refusal) return tl::unexpected(refused_question(refusal->code, refusal->text));
  HOLDLINE_ASSIGN(auto person, ledger.person(question.sign_in.person));
  if (!person || person->state == PersonState::disabled)
    return tl::unexpected(refused_question("person-disabled", "This person may not work here any more."));
  if (sign_in_ms != 0 && now_ms - question.sign_in.at_ms > sign_in_ms)
    return tl::unexpected(refused_question("sign-in-too-old", "This sign-in is too old. Sign in again."));
  const auto duty = contingency::callback_duty(question.what);
  if (!duty) return tl::unexpected(refused_question("unknown-path", "This hub does not know this request."));
  if (!contingency::may(person->role, *duty))
    return tl::unexpected(
        refused_question("role-refused", "The person's role does not allow this. A supervisor can decide it."));
  return *std::move(person);
}

}  // namespace

Result<platform::HttpResponse> answer_desk(const CallbackDesk& desk, const Device& device, std::string_view question,
                                           std::int64_t sign_in_ms) {
  HOLDLINE_ASSIGN(const auto asked, sync::decode_person_question(question));
  HOLDLINE_ASSIGN(const auto person, person_of(desk.ledger, device, asked, sign_in_ms, desk.now_ms));
  CallbackAsker asker{person.name, device.name, person.scopes};
  std::erase_if(asker.scopes, [&](const std::string& scope) { return !sync::is_within(scope, device.scopes); });
  CallbackDesk theirs = desk;
  theirs.asker = &asker;
  return answer_callbacks(theirs, asked.what, asked.body);
}

CallbackService::CallbackService(Parts parts) : parts_(parts), board_(parts.config), reading_(parts.clock) {}

void CallbackService::answer(Work work, Answer respond) {
  reading_.post([this, work = std::move(work), respond = std::move(respond)] {
    auto ahead = std::make_shared<Result<std::unique_ptr<CallbackRecords>>>(board_.read_ahead(parts_.ledger));
    if (!*ahead) return respond(tl::unexpected<Error>(ahead->error()));
    parts_.thread.run([this, work, respond, ahead](Ledger& ledger, Intake& intake) {
      const std::int64_t now_ms = parts_.clock.now().wall_ms;
      if (auto kept = board_.keep_up(ledger, std::move(**ahead), now_ms); !kept)
        return respond(tl::unexpected<Error>(kept.error()));
      respond(work({ledger, intake, parts_.entropy, board_, now_ms}));
    });
  });
}

void CallbackService::ask(const Device& device, std::string question, Answer respond) {
  answer([this, device, question = std::move(question)](
             const CallbackDesk& desk) { return answer_desk(desk, device, question, sign_in_ms(parts_.config)); },
         std::move(respond));
}

void CallbackService::administer(platform::HttpRequest request, Answer respond) {
  answer([request = std::move(request)](const CallbackDesk& desk) { return answer_callbacks(desk, request); },
         std::move(respond));
}

}  // namespace holdline::hub
