#include "sync/session/person_question.hpp"

#include "sync/base/limits.hpp"
#include "sync/wire/json_reader.hpp"

namespace holdline::sync {

std::string encode_json(const PersonQuestion& question) {
  return nlohmann::json{{"sign_in",
                         {{"number", question.sign_in.number},
                          {"person", question.sign_in.person.text()},
                          {"at_ms", question.sign_in.at_ms},
                          {"signature", to_hex(question.sign_in.signature)}}},
                        {"what", question.what},
                        {"body", question.body}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<PersonQuestion> decode_person_question(std::string_view text) {
  constexpr std::size_t signature_digits = 128;
  const auto json = parse_json(text, limits::control_bytes);
  JsonReader r(json);
  PersonQuestion question;
  JsonReader in = r.object("sign_in");
  question.sign_in.number = in.integer<std::uint32_t>("number");
  question.sign_in.person = in.id("person");
  question.sign_in.at_ms = in.integer<std::int64_t>("at_ms");
  r.require(from_hex(in.text("signature", signature_digits), question.sign_in.signature) && in.ok());
  question.what = r.text("what", 40);
  question.body = r.text("body", limits::control_bytes);
  if (!r.ok()) return malformed_message();
  return question;
}

}  // namespace holdline::sync
