#include "agent/api/asking/asking.hpp"

#include "sync/session/person_question.hpp"

namespace holdline::agent {

void ask_in_name(Workstation& station, const Call& call, std::string_view path, std::string_view what,
                 const nlohmann::json& body, std::function<void(Result<std::string>)> then) {
  if (call.session->assertion == 0)
    return then(fail(ErrorKind::ask_person, "not-signed-in",
                     "The disk did not take this sign-in, so nothing can be asked under it. Sign in again."));
  station.aside([&station, path, number = call.session->assertion, what = std::string(what), text = body.dump(),
                 then = std::move(then)] {
    const auto sign_ins = station.outbox().run(
        [&](Outbox& outbox) { return outbox.assertions(std::span<const std::uint32_t>(&number, 1)); });
    if (!sign_ins) return then(tl::unexpected<Error>(sign_ins.error()));
    if (sign_ins->empty())
      return then(fail(ErrorKind::ask_person, "not-signed-in", "This sign-in is not kept here. Sign in again."));
    station.ask_hub(path, sync::encode_json(sync::PersonQuestion{sign_ins->front(), what, text}), then);
  });
}

}  // namespace holdline::agent
