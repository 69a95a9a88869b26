#include "hub/callbacks/desks.hpp"

#include "contingency/callbacks/duties.hpp"
#include "hub/people/asking.hpp"

namespace holdline::hub {

namespace {

Result<void> check_duty(const Person& person, std::string_view what) {
  const auto duty = contingency::callback_duty(what);
  if (!duty) return fail(ErrorKind::ask_person, "unknown-path", "This hub does not know this request.");
  if (!contingency::may(person.role, *duty))
    return fail(ErrorKind::ask_person, "role-refused",
                "The person's role does not allow this. A supervisor can decide it.");
  return {};
}

}  // namespace

Result<platform::HttpResponse> answer_desk(const CallbackDesk& desk, const Device& device, std::string_view question,
                                           std::int64_t sign_in_ms) {
  HOLDLINE_ASSIGN(const auto asked, sync::decode_person_question(question));
  HOLDLINE_ASSIGN(const auto person, asking_person(desk.ledger, device, asked, sign_in_ms, desk.now_ms));
  HOLDLINE_TRY(check_duty(person, asked.what));
  const CallbackAsker asker{person.name, device.name, common_scopes(person, device)};
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
