#include "hub/callbacks/desks.hpp"

#include <utility>

#include "contingency/callbacks/duties.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t most_together = 300;  // of one commit, beside claims that have moved on

Result<void> check_duty(const Person& person, std::string_view what) {
  const auto duty = contingency::callback_duty(what);
  if (!duty) return fail(ErrorKind::ask_person, "unknown-path", "This hub does not know this request.");
  if (!contingency::may(person.role, *duty))
    return fail(ErrorKind::ask_person, "role-refused",
                "The person's role does not allow this. A supervisor can decide it.");
  return {};
}

}  // namespace

Result<platform::HttpResponse> answer_desk(const CallbackDesk& desk, const Device& device,
                                           const sync::PersonQuestion& asked, std::int64_t sign_in_ms,
                                           GoodSignIns* good) {
  HOLDLINE_ASSIGN(const auto person, asking_person(desk.ledger, device, asked, sign_in_ms, desk.now_ms, good));
  HOLDLINE_TRY(check_duty(person, asked.what));
  const CallbackAsker asker{person.name, device.name, common_scopes(person, device)};
  CallbackDesk theirs = desk;
  theirs.asker = &asker;
  return answer_callbacks(theirs, asked.what, asked.body);
}

CallbackService::CallbackService(Parts parts) : parts_(parts), board_(parts.config), reading_(parts.clock) {}

// One way there for all who ask meanwhile: the busier the hub, the larger the groups.
void CallbackService::answer(Waiting one) {
  {
    const platform::MutexLock lock(mutex_);
    waiting_.push_back(std::move(one));
    if (std::exchange(coming_, true)) return;
  }
  reading_.post([this] {
    auto ahead = std::make_shared<Result<std::unique_ptr<CallbackRecords>>>(board_.read_ahead(parts_.ledger));
    if (!*ahead) {
      for (const Waiting& refused : take_waiting()) refused.respond(tl::unexpected<Error>(ahead->error()));
      return;
    }
    parts_.thread.run(
        [this, ahead](Ledger& ledger, Intake& intake) { answer_all(ledger, intake, std::move(**ahead)); });
  });
}

CallbackService::Group CallbackService::take_waiting() {
  const platform::MutexLock lock(mutex_);
  coming_ = false;
  return std::exchange(waiting_, {});
}

void CallbackService::answer_all(Ledger& ledger, Intake& intake, std::unique_ptr<CallbackRecords> ahead) {
  Group waiting = take_waiting();
  if (const auto desk = kept_up(ledger, intake, std::move(ahead)); !desk) {
    for (const Waiting& refused : waiting) refused.respond(tl::unexpected<Error>(desk.error()));
    return;
  }
  while (!waiting.empty()) {
    Group group;
    do {
      group.push_back(std::move(waiting.front()));
      waiting.pop_front();
    } while (group.back().gathers && !waiting.empty() && waiting.front().gathers && group.size() < most_together);
    if (group.size() > 1)
      answer_together(ledger, intake, group);
    else
      answer_alone(ledger, intake, group.front());
  }
}

Result<CallbackDesk> CallbackService::kept_up(Ledger& ledger, Intake& intake, std::unique_ptr<CallbackRecords> ahead) {
  const std::int64_t now_ms = parts_.clock.now().wall_ms;
  HOLDLINE_TRY(board_.keep_up(ledger, std::move(ahead), now_ms));
  return CallbackDesk{ledger, intake, parts_.entropy, board_, now_ms};
}

void CallbackService::answer_alone(Ledger& ledger, Intake& intake, const Waiting& one) {
  const auto desk = kept_up(ledger, intake);
  one.respond(desk ? one.work(*desk) : tl::unexpected<Error>(desk.error()));
}

// Nobody hears anything before the commit. One that cannot be kept must not fail the others': then each goes alone.
void CallbackService::answer_together(Ledger& ledger, Intake& intake, const Group& group) {
  std::vector<Result<platform::HttpResponse>> answers;
  if (auto desk = kept_up(ledger, intake)) {
    std::vector<OwnRow> rows;
    desk->gathered = &rows;
    for (const Waiting& one : group) answers.push_back(one.work(*desk));
    if (!keep_gathered(*desk, std::move(rows))) answers.clear();
  }
  for (std::size_t n = 0; n < group.size(); ++n)
    if (answers.empty())
      answer_alone(ledger, intake, group[n]);
    else
      group[n].respond(std::move(answers[n]));
}

void CallbackService::ask(const Device& device, std::string_view question, const Answer& respond) {
  auto asked = sync::decode_person_question(question);
  if (!asked) return respond(tl::unexpected<Error>(asked.error()));
  const bool gathers = asked->what == "next";
  answer({[this, device, asked = *std::move(asked)](const CallbackDesk& desk) {
            return answer_desk(desk, device, asked, sign_in_ms(parts_.config), &good_);
          },
          respond, gathers});
}

void CallbackService::administer(platform::HttpRequest request, Answer respond) {
  answer({[request = std::move(request)](const CallbackDesk& desk) { return answer_callbacks(desk, request); },
          std::move(respond)});
}

}  // namespace holdline::hub
