#include "cli/commands/commands.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/errors.hpp"
#include "platform/config/units.hpp"
#include "platform/http/http.hpp"
#include "sync/base/syntax.hpp"

namespace holdline::cli {
namespace {

constexpr std::size_t longest_key = 64;

constexpr const char* footer = R"(Values:
  FIELD=TEXT    the agent decides the type      FIELD=        no value
  FIELD=@FILE   the content of a file           FIELD:=JSON   a number, true, a list

Exit codes:
  0 done   1 failed   2 wrong command line   3 it ran and found something: rejected rows, digests that differ
  69 the agent does not answer   75 not now, try again   77 sign in or ask for the right
  status --exit-code: 10 degraded   11 contingency   12 the agent does not answer
  Any other code means failure.

Environment: HOLDLINE_SOCKET, NO_COLOR)";

Outcome version(Session& session) {
  std::ostream& out = session.world().out;
  if (session.json())
    out << nlohmann::json{{"schema", "holdline.version/1"}, {"version", HOLDLINE_VERSION}}.dump() << '\n';
  else
    out << "holdline " << HOLDLINE_VERSION << '\n';
  return ExitCode::ok;
}

const std::vector<Option>& common_options() {
  static const std::vector<Option> options = {
      {"--json", "", "Print the agent's document unchanged"},
      {"--utc", "", "Times in UTC instead of how long ago"},
      {"--socket", "PATH", "Socket of the agent (default: $HOLDLINE_SOCKET or /run/holdline/agent.sock)"},
  };
  return options;
}

const Option key_option = {"--idempotency-key", "KEY", "Repeating with the same key saves nothing twice"};

// "-o,--output" is known as "--output".
std::string long_name(const std::string& name) { return name.substr(name.rfind(',') + 1); }

// One argument and no more: with extra ones allowed, CLI11 reads a value in brackets as a list.
CLI::Option* add_valued(CLI::App& app, const std::string& spelling, const std::string& name, const std::string& help,
                        Arguments& arguments) {
  const auto take = [&arguments, name](const std::vector<std::string>& values) {
    for (const std::string& value : values) arguments.add(name, value);
  };
  return app.add_option_function<std::vector<std::string>>(spelling, take, help)->expected(1)->allow_extra_args(false);
}

void add_option(CLI::App& app, const Option& option, Arguments& arguments) {
  const std::string name = long_name(option.name);
  if (option.value.empty()) {
    app.add_flag_callback(
        option.name, [&arguments, name] { arguments.add(name, "yes"); }, option.help);
    return;
  }
  CLI::Option* added = add_valued(app, option.name, name, option.help, arguments)->type_name(option.value);
  if (option.many) added->take_all();  // one value each time it is given
}

void add_positional(CLI::App& app, const Positional& positional, Arguments& arguments) {
  CLI::Option* added = add_valued(app, positional.name, positional.name, positional.help, arguments);
  added->required(!positional.optional)->type_name("");
  if (positional.many) added->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args();
}

// The CLI11 tree of the table. What was typed goes into `arguments`, and the command it names into `chosen`.
std::unique_ptr<CLI::App> build(const std::vector<Command>& commands, Arguments& arguments, const Command*& chosen) {
  auto app = std::make_unique<CLI::App>("Works with the agent of this workstation, with or without the centre.");
  app->name("holdline");
  app->require_subcommand(1);
  app->footer(footer);
  app->set_help_flag("-h,--help", "This help");
  for (const Option& option : common_options()) add_option(*app, option, arguments);  // also before the command
  std::map<std::string, CLI::App*> groups;
  for (const Command& command : commands) {
    CLI::App* parent = app.get();
    if (!command.group.empty()) {
      CLI::App*& group = groups[command.group];
      if (group == nullptr) group = app->add_subcommand(command.group)->require_subcommand(1);
      parent = group;
      group->description(group->get_description() + (group->get_description().empty() ? "" : ", ") + command.name);
    }
    CLI::App* sub = parent->add_subcommand(command.name, command.help);
    for (const Positional& positional : command.positionals) add_positional(*sub, positional, arguments);
    for (const Option& option : command.options) add_option(*sub, option, arguments);
    for (const Option& option : common_options()) add_option(*sub, option, arguments);
    if (command.writes) add_option(*sub, key_option, arguments);
    sub->callback([&chosen, &command] { chosen = &command; });
  }
  return app;
}

// The words of a command line that are no options, up to the command.
std::vector<std::string> words_typed(const std::vector<std::string>& typed) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < typed.size() && words.size() < 2; ++i) {
    if (!typed[i].starts_with('-'))
      words.push_back(typed[i]);
    else if (typed[i] == "--socket")
      ++i;
  }
  return words;
}

std::string listed(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

// "declair is no command of contingency. Did you mean declare?"
std::string no_command(const std::string& word, const std::string& group, const std::vector<std::string>& known) {
  std::string text = word + " is no command" + (group.empty() ? "" : " of " + group) + ".";
  if (const auto meant = platform::nearest(word, known); !meant.empty())
    return text + " Did you mean " + std::string(meant) + "?";
  return group.empty() ? text : text + " There are: " + listed(known);
}

// Of a command line that names no command, or one that it does not fit: what is wrong, and where help is.
std::string say_wrong(const std::vector<Command>& commands, const std::vector<std::string>& typed,
                      const std::string& otherwise) {
  const auto words = words_typed(typed);
  std::vector<std::string> top, within;
  for (const Command& command : commands) {
    const std::string& name = command.group.empty() ? command.name : command.group;
    if (std::ranges::find(top, name) == top.end()) top.push_back(name);
    if (!words.empty() && command.group == words.front()) within.push_back(command.name);
  }
  if (words.empty()) return otherwise + " — see: holdline --help";
  const std::string& first = words.front();
  if (std::ranges::find(top, first) == top.end()) return no_command(first, "", top) + " — see: holdline --help";
  const std::string group_help = " — see: holdline " + first + " --help";
  if (within.empty()) return otherwise + group_help;
  if (words.size() < 2) return first + " needs one of: " + listed(within) + group_help;
  if (std::ranges::find(within, words[1]) == within.end()) return no_command(words[1], first, within) + group_help;
  return otherwise + " — see: holdline " + first + " " + words[1] + " --help";
}

Result<void> check(const std::vector<std::string>& typed, const Arguments& arguments) {
  if (!std::ranges::all_of(typed, sync::is_utf8)) return usage("The command line is not UTF-8 — check the locale");
  const std::string key = arguments.get("--idempotency-key");
  const bool printable = std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
  if (arguments.has("--accept-hint") != arguments.has("--because"))
    return usage("--accept-hint and --because go together: what is meant so, and why");
  if (arguments.has("--idempotency-key") && (key.empty() || key.size() > longest_key || !printable))
    return usage("--idempotency-key takes 1 to 64 printable characters without spaces");
  return {};
}

// What a program reads of an error: what the agent said about it, or the same form by this program.
std::string document_of(const Error& error, const std::string& refused_with) {
  if (nlohmann::json::parse(refused_with, nullptr, false).is_object()) return refused_with;
  return platform::problem_json(0, error.code, error.message)
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// `error_document` is set when the person asked for documents.
Outcome parse_and_run(const std::vector<std::string>& typed, Environment& environment, std::string& error_document) {
  Arguments arguments;
  const Command* chosen = nullptr;
  const std::vector<Command> commands = all_commands();
  const auto app = build(commands, arguments, chosen);
  try {
    app->parse(std::vector<std::string>(typed.rbegin(), typed.rend()));  // CLI11 takes them from the back
  } catch (const CLI::CallForHelp&) {
    environment.out << app->help();
    return ExitCode::ok;
  } catch (const CLI::ParseError& error) {
    return usage(say_wrong(commands, typed, error.what()));
  }
  HOLDLINE_TRY(check(typed, arguments));
  Session session(environment, std::move(arguments));
  Outcome outcome = chosen->run(session);
  if (!outcome && session.json()) error_document = document_of(outcome.error(), session.refused_with());
  return outcome;
}

}  // namespace

std::vector<Option> with_answers(std::vector<Option> own) {
  own.push_back(
      {"--accept-hint", "CODE", "It is meant so: the code of a question that kept it from being saved", true});
  own.push_back({"--because", "TEXT", "Why it is meant so; kept with it"});
  return own;
}

std::vector<Option> with_answers_and_real(std::vector<Option> own) {
  own.push_back({"--real", "", "While a drill is on: this is real, and no practice"});
  return with_answers(std::move(own));
}

std::vector<Command> all_commands() {
  std::vector<Command> all;
  for (const auto group :
       {status_commands,        person_commands,   search_commands,      customer_commands,    import_commands,
        entry_commands,         change_commands,   do_not_call_commands, outbox_commands,      conflict_commands,
        conflict_rule_commands, schema_commands,   replica_commands,     export_commands,      fleet_commands,
        contingency_commands,   callback_commands, posting_commands,     certificate_commands, report_commands,
        paper_commands,         runbook_commands,  drill_commands,       check_commands}) {
    for (Command& command : group()) all.push_back(std::move(command));
  }
  all.push_back({"", "version", "The version of this program", {}, {}, false, version});
  return all;
}

ExitCode run(const std::vector<std::string>& arguments, Environment& environment) {
  Outcome outcome = ExitCode::failed;
  std::string error_document;
  try {
    outcome = parse_and_run(arguments, environment, error_document);
  } catch (const std::exception& bug) {
    outcome = fail(ErrorKind::stop, "bug", std::string("This should not happen — please report it: ") + bug.what());
  }
  environment.out.flush();
  if (outcome && !environment.out)
    outcome = fail(ErrorKind::ask_person, "refused", "The output could not be written — is the disk full?");
  if (outcome) return *outcome;
  if (error_document.empty())
    complain(environment.err, outcome.error());
  else
    environment.err << error_document << '\n';
  return exit_code_of(outcome.error());
}

}  // namespace holdline::cli
