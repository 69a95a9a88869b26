// A line of the table of commands. The table is plain data: parsing, help and the tests read the same.
// Internal to cli/commands.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/session.hpp"

namespace holdline::cli {

struct Positional {
  std::string name;  // as help shows it and Arguments knows it: "TEXT"
  std::string help;
  bool many = false;  // one or more, only for the last
  bool optional = false;
};

struct Option {
  std::string name;   // "--limit", or with a short form "-o,--output": the long one is the name
  std::string value;  // what follows it, as help shows it: "N"; empty for a switch
  std::string help;
  bool many = false;
};

struct Command {
  std::string group;  // "customer", or empty
  std::string name;
  std::string help;
  std::vector<Positional> positionals;
  std::vector<Option> options;
  bool writes = false;  // takes --idempotency-key
  Outcome (*run)(Session&);
};

// The options of a command that saves what somebody typed: the agent may ask whether it is meant so.
std::vector<Option> with_answers(std::vector<Option> own);
// Of one that adds something: in a drill it may be real.
std::vector<Option> with_answers_and_real(std::vector<Option> own);

// One function per file of commands.
std::vector<Command> status_commands();
std::vector<Command> person_commands();
std::vector<Command> search_commands();
std::vector<Command> customer_commands();
std::vector<Command> import_commands();
std::vector<Command> entry_commands();
std::vector<Command> change_commands();
std::vector<Command> outbox_commands();
std::vector<Command> conflict_commands();
std::vector<Command> conflict_rule_commands();
std::vector<Command> replica_commands();
std::vector<Command> do_not_call_commands();
std::vector<Command> schema_commands();
std::vector<Command> export_commands();
std::vector<Command> fleet_commands();
std::vector<Command> contingency_commands();
std::vector<Command> drill_commands();
std::vector<Command> certificate_commands();
std::vector<Command> report_commands();
std::vector<Command> paper_commands();
std::vector<Command> runbook_commands();
std::vector<Command> callback_commands();
std::vector<Command> posting_commands();
std::vector<Command> check_commands();

}  // namespace holdline::cli
