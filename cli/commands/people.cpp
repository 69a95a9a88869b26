// holdline enroll, login, logout: who this workstation and the person at it are.
#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr std::size_t longest_password = 1024;

Outcome enroll_at(Session& session, const char* path) {
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", path, {{"code", session.arguments().get("CODE")}}));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  session.world().out << escape("This workstation is " + text_of(document, "name") + " (" +
                                text_of(document, "device") + ") of " + text_of(document, "hub"))
                      << "\nSign in with: holdline login PERSON\n";
  return ExitCode::ok;
}

Outcome enroll(Session& session) { return enroll_at(session, "/enroll"); }
Outcome reenroll(Session& session) { return enroll_at(session, "/reenroll"); }

// The first line of the file: editors put a line break behind a password that is not part of it.
Result<std::string> password_from_file(Session& session) {
  HOLDLINE_ASSIGN(std::string content,
                  read_input(session.world(), session.arguments().get("--password-file"), longest_password));
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  return content;
}

Result<std::string> password_of(Session& session, const std::string& person) {
  if (session.arguments().has("--password-file")) return password_from_file(session);
  HOLDLINE_ASSIGN(const auto typed, session.world().ask_secret("Password of " + escape(person) + ": "));
  return std::string(typed.view());
}

Outcome login(Session& session) {
  const std::string person = session.arguments().get("PERSON");
  auto password = password_of(session, person);
  if (!password) {
    if (password.error().code == "no-terminal")
      return usage("There is no terminal to ask at — use --password-file FILE");
    return fail(std::move(password));
  }
  if (!sync::is_utf8(*password)) return usage("The password is not UTF-8");
  json body = {{"person", person}, {"password", *password}};
  if (session.arguments().has("--take-over")) body["take_over"] = true;
  platform::wipe(*password);
  auto answer = session.write("POST", "/login", body);
  platform::wipe(body["password"].get_ref<std::string&>());
  if (!answer) return fail(std::move(answer));
  const json document = answer->document();
  if (auto kept = session.keep_token(text_of(document, "token")); !kept)
    return fail(ErrorKind::ask_person, "refused",
                "The sign-in cannot be kept for the next command — " + kept.error().message +
                    " Or name a file for it in $HOLDLINE_SESSION");
  if (session.printed_json(*answer)) return ExitCode::ok;
  const json& who = member(document, "person");
  session.world().out << escape("Signed in as " + text_of(who, "name") + " (" + text_of(who, "role") + ")") << '\n';
  if (is_set(document, "for_reading"))
    session.world().out << "This PC's disk takes nothing now, so this is for looking things up. To save, sign in again "
                           "when it does: holdline status\n";
  return ExitCode::ok;
}

Outcome logout(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/logout", json::object()));
  session.drop_token();
  if (!session.printed_json(answer)) session.world().out << "Signed out. What was saved here goes on to the hub.\n";
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> person_commands() {
  return {
      {"",
       "enroll",
       "Make this PC a workstation of a hub",
       {{"CODE", "The one-use code from the hub's administrator"}},
       {},
       true,
       enroll},
      {"",
       "reenroll",
       "Give this PC another certificate; what it has saved is kept",
       {{"CODE", "The code made for it: holdline-hub enroll-code --for WORKSTATION"}},
       {},
       true,
       reenroll},
      {"",
       "login",
       "Say who is at this PC; works with the hub away",
       {{"PERSON", "Sign-in name"}},
       {{"--password-file", "FILE", "Read the password from a file, - for standard input (default: ask)"},
        {"--take-over", "", "Sign out whoever else is signed in at this terminal"}},
       true,
       login},
      {"", "logout", "Sign out; nothing that was saved is lost", {}, {}, true, logout},
  };
}

}  // namespace holdline::cli
